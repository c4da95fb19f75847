"""A join that fails: rows of a group no longer find their outcomes, and are missing in AUC.

Where it fails for several groups of one column, they are one suspect as well.
"""

from collections.abc import Sequence
from itertools import groupby

from investigate.analyses.join_loss import Loss, began, failing
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.analyses.whole import estimated
from investigate.analyses.wording import percent
from investigate.counts.table import Counts
from investigate.question.question import Question

MOST = 3
"""Groups that are looked at by themselves, those that lost most rows first."""


def unjoined(counts: Counts, question: Question) -> list[Suspect]:
    """`join_loss`, for the groups whose join fails, or all rows where it fails alike."""
    found = list(failing(counts))
    by_column = groupby(sorted(found, key=lambda one: one.by), key=lambda one: one.by)
    several = [tuple(own) for _by, own in by_column]
    tried = [(one,) for one in found[:MOST]] + [own for own in several if len(own) > 1]
    return [_suspect(counts, question, own) for own in tried]


def _suspect(counts: Counts, question: Question, own: Sequence[Loss]) -> Suspect:
    first, alone = own[0], len(own) == 1
    key = (first.system, first.cohort) if alone and first.by != "all" else None
    areas = Undoing(counts).areas([UndoingArm(first.by, key, "outcomes")])
    points = estimated(counts, areas[1] - areas[0], question.thresholds.confidence)
    since = min(filter(None, (began(counts, question, one) for one in own)), default=None)
    return Suspect(
        kind="join_loss",
        points=points,
        evidence=(
            f"{_lost(counts, own, since)} They are put back as rows of the same group and score "
            "that found theirs, or as the baseline's; this says nothing against the score."
        ),
        supported=recovers(points),
        system=(first.system or None) if alone else None,
        cohort={first.by: first.cohort} if alone and first.cohort else None,
        onset=since,
    )


def outcome_news(counts: Counts, question: Question) -> str:
    """That a join fails, as a sentence to add where no cause that is named says so, or nothing."""
    own = next(failing(counts), None)
    if own is None:
        return ""
    text = _lost(counts, [own], began(counts, question, own))
    return f" Look at the outcomes all the same: {text[0].lower()}{text[1:]}"


def _lost(counts: Counts, own: Sequence[Loss], since: str | None) -> str:
    days = counts.join_days
    total = int(days.loc[(days["by"] == "all") & (days["window"] == 1), "lost"].sum())
    rows, lost = (
        [sum(getattr(one, name)[window] for one in own) for window in (0, 1)]
        for name in ("rows", "lost")
    )
    before, after = (gone / max(size, 1) for size, gone in zip(rows, lost, strict=True))
    names = [one.name for one in own if one.name]
    where = f"In {' and '.join(names)} " if names else "Everywhere "
    # Of counts in which other groups are undone, what all rows lost is not known.
    part = f", which are {percent(lost[1] / total)} of all lost rows" if names and total else ""
    dated = f", from {since} on" if since else ""
    return (
        f"{where}{lost[1]:,} rows of the incident ({percent(after)}) find no outcome{dated}, and "
        f"{percent(before)} in the baseline{part}."
    )
