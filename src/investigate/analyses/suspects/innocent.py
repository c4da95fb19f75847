"""Other rows are scored now, or scores lie closer together: innocent where that is shown.

Scores lie closer together when rows became more alike, and also when a score lost an input,
was made from a default or was rounded. The signal audit tells the two apart. Where it has no
say, nothing is cleared; nor by groups that came with the incident.
"""

from scipy import special

from investigate.analyses import whole as windows
from investigate.analyses.certificate import POWER
from investigate.analyses.contributions import contributions
from investigate.analyses.mechanism import PARTS, mechanism, parts_of
from investigate.analyses.score_tiers import follows_score, tiers_told
from investigate.analyses.signal import audits, explained, sentence
from investigate.analyses.suspects.confined import confined
from investigate.analyses.suspects.cut_off import cut_off, gained_in_bands, left_out
from investigate.analyses.suspects.groups_left import unmatched, went, went_told
from investigate.analyses.suspects.handover import released, served_told, took_over
from investigate.analyses.suspects.hosts import nearly_new, new_groups, newest
from investigate.analyses.suspects.losses import Losses
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.newcomers import newcomers, share_told
from investigate.analyses.suspects.other_rows import other_rows
from investigate.analyses.suspects.own_noise import NOISE, own_noise
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.relabelled import Doubt, doubtful
from investigate.analyses.suspects.rows_a_day import as_many
from investigate.analyses.suspects.scopes import undo_of, width_and_validity
from investigate.analyses.suspects.struck import in_reverse
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.unlike_groups import no_group
from investigate.analyses.suspects.were_there import were_there
from investigate.analyses.suspects.worse_system import ranks_worse, successor
from investigate.analyses.wording import level, two_digits
from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered
from investigate.counts.numbers import rows_of
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

MOST_BORROWED = 0.5
"""Beyond this share of rows without a counterpart, mix and validity cannot be told apart."""
BESIDE = 1 / 4
"""Scores that became narrower have lost their meaning too where validity is surely so large a
part of both."""
MOST_LEFT = 1 / 2
"""The audit clears only where no larger part of the drop is left as broken."""
MOST_INVALID = 1 / 2
"""It is lost validity alone where validity is surely so large a part of both."""
CLEARED = "what is left unexplained is surely small"
"""Said of a cause that by itself leaves nothing to explain."""
NOTHING = 0.0005
"""AUC points that are written as none."""
NEARLY = 0.8
"""Other rows account for nearly all of a drop where they do for so large a part."""


def innocent(counts: Counts, question: Question) -> list[Suspect]:
    """`population_mix` by the column that explains most, and what narrower scores are.

    That is `score_spread` where the rows became more alike, `lost_resolution` where they did
    not, and `cannot_tell` where neither is shown.
    """
    columns = _columns(counts)
    found = []
    if by := mixed(counts, question):
        found.append(_mix(counts, question, by, mechanism(counts, question, by)))
    if doubt := _doubt(counts, question, columns):
        found.append(_doubted(counts, question, doubt))
    return [*found, _narrower(counts, question, columns)]


def _doubt(counts: Counts, question: Question, columns: list[str]) -> Doubt | None:
    """The one whose group grew most."""
    found = [doubt for by in columns if (doubt := doubtful(counts, question, by))]
    return max(found, key=lambda one: one.grew, default=None)


def _columns(counts: Counts) -> list[str]:
    return [by for by in counts.groupings() if by != "all" and "*" not in by]


@remembered
def usable(counts: Counts, question: Question) -> tuple[str, ...]:
    """Columns whose groups were there before, changed in no place alone, and are not of scores."""
    columns = _columns(counts)
    # A system that takes over items which others served is no other population.
    if displaced(counts, question):
        columns.remove("system")
    return tuple(
        by
        for by in columns
        if unmatched(counts, question, by) <= MOST_BORROWED
        and (
            were_there(counts, question, by, _alike(counts, question))
            or (by == "system" and successor(counts, question))
        )
        and not confined(counts, by)
        and not (by != "system" and follows_score(counts, by))
        and not doubtful(counts, question, by)
    )


@remembered
def displaced(counts: Counts, question: Question) -> bool:
    """Whether a system took over rows of others, and the drop is more than that it ranks worse.

    Traffic that moved between systems of which each ranks as it did is a mix like any other.
    """
    if not took_over(counts, None) or successor(counts, question):
        return False
    if new_groups(counts, "system") or nearly_new(counts, "system"):
        return True
    mix = -(mechanism(counts, question, "system").numbers["mix"].value or 0.0)
    left = _left(counts, question, "system")
    quiet = left.low is not None and left.low <= 0
    return not (quiet and mix >= NEARLY * float(-windows.whole(counts).change[0]))


def _doubted(counts: Counts, question: Question, doubt: Doubt) -> Suspect:
    """A group that grew, of which it cannot be told whether it holds other rows."""
    points = -mechanism(counts, question, next(iter(doubt.cohort))).numbers["mix"]
    return Suspect(
        kind="cannot_tell",
        points=points,
        evidence=doubt.evidence,
        supported=recovers(points),
        cohort=doubt.cohort,
    )


def mixed(counts: Counts, question: Question) -> str | None:
    """The column by which most is mix, of those that may say so."""
    mix = {
        by: mechanism(counts, question, by).numbers["mix"].value or 0.0
        for by in usable(counts, question)
        # One group is the whole log.
        if len(grouping(counts, by).keys) > 1
    }
    return min(mix, key=lambda by: mix[by]) if mix else None


def excused(counts: Counts, question: Question, by: str) -> bool:
    """Whether other rows account for nearly all of the drop, by another column than ``by``."""
    column = mixed(counts, question)
    if column is None or column in by.split("*"):
        return False
    mix = -(mechanism(counts, question, column).numbers["mix"].value or 0.0)
    return mix >= NEARLY * float(-windows.whole(counts).change[0])


def _alike(counts: Counts, question: Question) -> bool:
    found = explained(counts, question.thresholds.confidence)
    return found is not None and found.by_rows


def _lost(counts: Counts, question: Question) -> bool:
    """Whether the score, not the rows, surely explains that it knows less."""
    found = explained(counts, question.thresholds.confidence)
    answers = {one.says for one in audits(counts, question.thresholds.confidence)}
    if found is None or "lost" not in answers:
        return False
    return found.by_score or "alike" not in answers


def _left(counts: Counts, question: Question, by: str) -> Estimate:
    """What is left as broken: lost validity, and narrower scores unless the rows are more alike.

    Where groups left, it is measured in the rows that stayed: the others cannot have lost any.
    """
    confidence, parts = question.thresholds.confidence, parts_of(grouping(counts, by))
    narrower = not _alike(counts, question)
    if went(counts, question, by):
        lost = undo_of(counts).everywhere(by, with_spread=narrower)
        return windows.estimated(counts, lost, confidence)
    broken = [PARTS.index("validity")] + [PARTS.index("spread")] * narrower
    return windows.estimated(counts, -parts[:, broken].sum(axis=1), confidence)


def _clear(counts: Counts, question: Question, left: Estimate) -> bool:
    """Whether what is left as broken is surely less than the tolerance.

    By what is left of the change; or by the audit, where it covers most of what the score knew:
    where rows are alike, noise of the score weighs more and looks like lost validity.
    """
    tolerance = question.thresholds.tolerance
    if left.high is not None and left.high < tolerance:
        return True
    # An audit of groups cannot clear a drop most of which is something else.
    lost = float(-windows.whole(counts).change[0])
    if left.value is None or left.value > MOST_LEFT * lost:
        return False
    found = explained(counts, question.thresholds.confidence)
    area = float(windows.whole(counts).auc[0, 0])
    return found is not None and found.most_missing(area) < tolerance


def _rest(counts: Counts, question: Question, left: Estimate, points: Estimate) -> str:
    """What is not accounted for as innocent, in words; ``points``: what the cause accounts for."""
    if _clear(counts, question, left):
        return CLEARED
    if left.value is None or left.high is None or left.low is None:
        return "what else was lost cannot be told"
    if left.low > 0:
        return f"another {level(left)} is not accounted for by that, and is not cleared"
    tolerance = question.thresholds.tolerance
    shown = f"nothing else is shown: what is left, {level(left)}, is within its interval"
    # Beside narrower scores of rows that are more alike, other rows are a part of it alone.
    lost = float(-windows.whole(counts).change[0])
    if left.value <= 0 and (points.value or 0.0) >= lost:
        shown = f"that is all of the drop. What is left, {level(left)}, is within its interval"
    if left.value >= tolerance:
        return f"{shown}; so few rows cannot rule it out"
    rows = int(rows_of(counts, windows.whole(counts).counts).sum())
    # Intervals shrink with the root of the rows. What is left varies as well: in four such logs of
    # five its interval ends below the tolerance.
    sure = special.ndtri((1 + question.thresholds.confidence) / 2)
    reach = (left.high - left.value) * (1 + special.ndtri(POWER) / sure)
    needed = two_digits(rows * (reach / (tolerance - left.value)) ** 2)
    return f"{shown}. To show that it is below {tolerance:.3f} takes about {needed:,} rows"


def _mix(counts: Counts, question: Question, by: str, finding: Finding) -> Suspect:
    points = -finding.numbers["mix"]
    if not recovers(points) and abs(points.value or 0.0) < NOTHING:
        none = "The mix of groups is as before, or tells nothing: it explains none of the drop."
        return Suspect("population_mix", points, none, supported=False)
    row, left = contributions(counts, question, by).table[0], _left(counts, question, by)
    alike, worse = "", ranks_worse(counts, question) if by == "system" else ""
    told = went_told(counts, question, by) or share_told(counts, by, row)
    if by == "system" and took_over(counts, None):
        ends = row["auc_baseline"], row["auc_incident"]
        own = "" if None in ends else f" ({row['group']}: AUC {ends[0]:.3f}, now {ends[1]:.3f})"
        alike = (
            f". By itself each system ranks as it did{own}: ask who moved rows from one to another"
        )
    return Suspect(
        kind="population_mix",
        points=points,
        evidence=f"{told}{alike}; {_rest(counts, question, left, points)}.{worse}",
        supported=recovers(points),
        system=row["system"] if by == "system" else None,
        cohort=row["cohort"],
        # A worse system on more rows is no all-clear.
        either=bool(worse) or not _clear(counts, question, left),
    )


def _narrower(counts: Counts, question: Question, columns: list[str]) -> Suspect:
    """Scores that lie closer together: innocent, a fault, or neither is shown."""
    confidence, undo = question.thresholds.confidence, undo_of(counts)
    # Scores of other rows lie closer together too: nothing is blamed beyond what is left within
    # the groups that say most. What is cleared is listed by system.
    # Of a system that took over rows of others, none of its own of before tell.
    choices = ["all" if displaced(counts, question) else "system"]
    if not _alike(counts, question):
        choices += [by for by in usable(counts, question) if by != "system"]
    least = min(choices, key=lambda by: undo.everywhere(by, folds=False, with_spread=True)[0])
    finding = mechanism(counts, question, least)
    points = -finding.numbers["spread"]
    audit = _evidence_text(counts, question)
    if _alike(counts, question):
        left = _left(counts, question, least)
        crowd = newcomers(counts, question, [by for by in columns if by != "system"])
        also = f"; {crowd[1]}" if crowd else ""
        return Suspect(
            kind="score_spread",
            points=points,
            evidence=f"{audit.rstrip('.')}{also}; {_rest(counts, question, left, points)}.",
            supported=recovers(points),
            cohort=crowd[0] if crowd else None,
            either=not _clear(counts, question, left),
        )
    release = released(counts)
    doubt, both = _doubt(counts, question, columns), undo.everywhere(least, with_spread=True)
    spread, ordered = width_and_validity(counts, least)
    points, validity = (windows.estimated(counts, lost, confidence) for lost in (spread, ordered))
    all_of_it = float(both[0])
    # A release that came with the drop is news of the score.
    noisy = not release and recovers(points) and recovers(validity) and own_noise(counts)
    invalid = (validity.low or 0.0) > BESIDE * max(all_of_it, 0.0) and not noisy
    # Where most of it is validity, scores lost their order, not their width.
    whole = Scope("all", "", "", 0)
    ranks = (validity.low or 0.0) > MOST_INVALID * all_of_it or bool(in_reverse(counts, whole))
    # Of rows that a filter on scores left, a sound score knows less of what groups differ in.
    filtered = "" if gained_in_bands(counts, question) else left_out(counts, question)
    lost = _lost(counts, question) and not filtered
    shift = rates(counts, whole, confidence)
    off, gained = shift.tells == "scores", windows.estimated(counts, both, confidence)
    narrower = recovers(points) and (lost or invalid)
    if not ranks and (narrower or (off and recovers(gained))):
        told = f"at the same score outcomes come out differently too ({level(validity)} of it)"
        if off:
            told = f"they no longer fit: {shift.sentence()}. Other rows would move both"
        audit = audit or f"Scores lie closer together, and {told}"
        place = doubt.evidence if doubt else f"{no_group(counts, question)}."
        return Suspect(
            kind="lost_resolution",
            points=gained,
            evidence=f"{audit.rstrip('.')}; {place}{served_told(counts, release)}",
            supported=recovers(gained),
            system=release,
        )
    news = doubt or any(
        new_groups(counts, by) or nearly_new(counts, by) or confined(counts, by) for by in columns
    )
    # Rows of some kind that became alike: that they were exchanged is no news.
    shown = any(one.says == "alike" for one in audits(counts, confidence))
    # So that outcomes moved as far as sound scores say.
    shown |= shift.moved_alike or _came_to_a_group(counts, question)
    if recovers(points) and not (ranks or news or shown) and _none_left_out(counts, question):
        return Suspect(
            kind="lost_resolution",
            points=gained,
            evidence=(
                f"Scores lie closer together and {no_group(counts, question)}; rows a day are as "
                "many as before and more of them have middling scores, so high and low ones were "
                "not left out. That the rows became more alike is not shown. "
                f"{_wanted(counts, question)}{served_told(counts, release)}"
            ),
            supported=recovers(points),
            system=release,
        )
    told = newest(counts, columns) + (cut_off(counts) or filtered) + _wanted(counts, question)
    points = gained if noisy else points
    return Suspect("cannot_tell", points, told + NOISE * noisy, supported=recovers(points))


def _came_to_a_group(counts: Counts, question: Question) -> bool:
    """Whether other rows may have come to the one group that lost, so that no score is blamed."""
    scope = Losses(counts, question, undo_of(counts)).narrowed(with_spread=True)
    return bool(other_rows(counts, scope, question.thresholds.confidence))


def _none_left_out(counts: Counts, question: Question) -> bool:
    """Whether scores moved to the middle: rows a day are as many, and some bands gained many."""
    return as_many(counts, question) and gained_in_bands(counts, question)


def _evidence_text(counts: Counts, question: Question) -> str:
    """What the audit says where it says most, in each direction."""
    found = [one for one in audits(counts, question.thresholds.confidence) if one.informative]
    texts = []
    for says, part in (("alike", "alike"), ("lost", "missing")):
        own = [one for one in found if one.says == says]
        if own:
            texts.append(sentence(max(own, key=lambda one: getattr(one, part).value or 0.0)))
    return " ".join(texts)


def _wanted(counts: Counts, question: Question) -> str:
    """Which column would tell whether rows or scores changed."""
    named = {"item": counts.meta["item"], "cluster": counts.meta["clustered"],
             "cell": bool(question.cohorts) and not tiers_told(counts)}  # fmt: skip
    wanted = {
        "item": "items (columns.item)",
        "cluster": "clusters such as customers (columns.cluster)",
        "cell": "cohorts whose outcomes differ (cohorts)",
    }
    missing = [text for by, text in wanted.items() if not named[by]]
    tried = [by for by, known in named.items() if known]
    words = {"item": "items", "cluster": "clusters", "cell": "cohorts"}
    between = " or ".join(words[by] for by in tried)
    none = f"Outcomes differ too little between {between} to tell; " if tried else ""
    if any(one.informative for one in audits(counts, question.thresholds.confidence)):
        shared = " or ".join({"item": "an item", "cluster": "a cluster", "cell": "cohorts"}[by]
                             for by in tried)  # fmt: skip
        none = (
            f"Rows that share {shared} do not show whether rows became alike or the score lost "
            "information; "
        )
    column = tiers_told(counts)
    column += f"a column of {' or '.join(missing)}" if missing else "other cohorts"
    text = f"{none}{column} would tell, and so would a look at the inputs of the score."
    return text[0].upper() + text[1:]
