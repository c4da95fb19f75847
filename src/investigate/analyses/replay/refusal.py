"""Whether a replay is possible: do scores follow from the history, do enough rows have a value."""

from collections.abc import Mapping
from typing import Any

from investigate.analyses.replay.arms import Arms
from investigate.analyses.wording import percent
from investigate.counts.table import Counts

NO_HISTORY = "the question names no difficulty history"
LEAST = 0.5
"""Share of rows that must be covered."""
ALL = 0.995
SHIFTED = 0.05
"""So many more of the scores that follow at other times show that the history's are wrong."""
FEWEST, FOLLOWED = 30, 0.9
"""So many scores, and of those before so large a part, show that the history tells the scores."""
OVERRULES = 0.5
"""Replay overrules the log alone when it recovers at least this part of what the log tells."""
FOLLOWING = (1 + OVERRULES) / 2
"""Share of scores that must follow from the history.

Of a loss that the writes made, undoing them gives back about the share q of the rows whose scores
follow, since AUC is linear in the rows of either side. The others are moved by differences that
are not theirs: as far as the writes moved what follows, so that at worst their share is lost once
more. What it surely shows of such a loss is 2q - 1; below `OVERRULES` it could neither
overrule the log nor exclude a cause when it shows nothing.
"""


def refusal(counts: Counts, arms: Arms | None) -> str | None:
    """Why the replay is not possible, as the end of a sentence; `None` where it is."""
    if counts.weighted and counts.meta["weights"]["history"]:
        return "rows have weights (columns.weight), which a replay does not carry"
    meta = counts.meta.get("replay")
    if meta is None or arms is None:
        return f"{NO_HISTORY} (history: in the params)"
    if counts.meta.get("item") is False:
        return "no column says which item a row is about; name columns.item"
    coverage = meta["coverage"]
    incident = coverage["incident"]
    if not incident["rows"]:
        return "no row of the incident comes after the freeze; choose an earlier replay.freeze"
    if arms.incident[-1, 0] != arms.incident[-1, 0]:
        return "the rows after the freeze all have one outcome"
    lost = unmatched(coverage)
    if lost and coverage["unmatched"]["rows"] > LEAST * coverage["unmatched"]["of"]:
        return f"{lost}; write ids alike in both"
    if incident["covered"] < LEAST * incident["rows"]:
        share = percent(incident["covered"] / incident["rows"])
        return (
            f"only {share} of the incident's rows have an item with a value from before the "
            f"freeze ({meta['freeze'][:10]}); give an earlier history, or a later replay.freeze"
        )
    followed = following(coverage)
    if followed is not None and _too_few(coverage, followed):
        if changed := spoilt(coverage):
            return changed
        return (
            f"only {percent(followed)} of the scores that can be checked follow from the history "
            f"by {meta['formula']}; {remedy(coverage)}"
        )
    return None


def misfit(counts: Counts, arms: Arms | None) -> str | None:
    """Why the history that the question names does not tell the scores; `None` where it does."""
    if counts.weighted and counts.meta["weights"]["history"]:
        return "rows have weights (columns.weight), which a replay does not carry"
    meta = counts.meta.get("replay")
    if meta is None or arms is None:
        return None
    coverage = meta["coverage"]
    followed = following(coverage)
    lost = unmatched(coverage)
    if lost and coverage["unmatched"]["rows"] > LEAST * coverage["unmatched"]["of"]:
        return lost
    if followed is not None and _too_few(coverage, followed) and not spoilt(coverage):
        share = percent(followed)
        return f"only {share} of the scores that can be checked follow from it; {remedy(coverage)}"
    return None


def spoilt(coverage: Mapping[str, Any]) -> str | None:
    """That scores were changed after they had been computed, in words; `None` where not shown.

    Those of the placebo follow from the history, and surely fewer of the incident do. Labels that
    are wrong leave that as it is.
    """
    check = max(
        (c for c in (coverage["ability"], coverage["pairs"]) if c and c.get("checked_before")),
        key=lambda c: float(c["following_before"] / c["checked_before"]),
        default=None,
    )
    if check is None:
        return None
    rows = check["checked_before"], check["checked"] - check["checked_before"]
    follow = check["following_before"], check["following"] - check["following_before"]
    if min(rows) < FEWEST or follow[0] < FOLLOWED * rows[0]:
        return None
    before, now = (part / of for part, of in zip(follow, rows, strict=True))
    if before - now < SHIFTED:
        return None
    return (
        f"of the scores before, {percent(before)} follow from the history, and {percent(now)} of "
        "those since: scores were changed after they had been computed from its values"
    )


def _too_few(coverage: Mapping[str, Any], followed: float) -> bool:
    """Whether too few scores follow, or surely more would with other times."""
    shift = coverage.get("shift")
    return followed < FOLLOWING or bool(shift and shift["following"] - followed > SHIFTED)


def remedy(coverage: Mapping[str, Any]) -> str:
    """What to look at where scores do not follow; the time zone alone, where that explains it."""
    shift = coverage.get("shift")
    if not shift:
        return "check history.columns, the time zone of its times, score_formula and precedence"
    share = "all" if shift["following"] >= ALL else percent(shift["following"])
    return (
        f"{share} would if its times were {_long(abs(shift['seconds']))} "
        f"{'earlier' if shift['seconds'] < 0 else 'later'}: write them in UTC, or with their zone"
    )


def unmatched(coverage: Mapping[str, Any]) -> str | None:
    """How many rows have an item that the history lacks; `None` where none has."""
    lost = coverage.get("unmatched")
    if not lost:
        return None
    return (
        f"{percent(lost['rows'] / lost['of'])} of the rows have one of {lost['items']:,} items "
        f"that the history does not name; the log writes {lost['log']!r}, the history "
        f"{lost['history']!r}"
    )


def _long(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{hours} hour{'s' if hours > 1 else ''}"] if hours else []
    parts += [f"{minutes} minutes"] if minutes else []
    return " and ".join(parts).replace("1 hour", "an hour") if hours == 1 else " and ".join(parts)


def recoverable_share(coverage: Mapping[str, Any]) -> float:
    """The part of a loss that undoing the writes that made it surely gives back; see `FOLLOWING`.

    Of the rows covered, twice the share of scores that follow less one; all where none can be
    checked.
    """
    incident, share = coverage["incident"], following(coverage)
    covered = incident["covered"] / incident["rows"] if incident["rows"] else 0.0
    return float(covered * (1.0 if share is None else max(2 * share - 1, 0.0)))


def following(coverage: Mapping[str, Any]) -> float | None:
    """Share of the checked scores that follow from the history, by the kinder check."""
    shares = [
        check["following"] / check["checked"]
        for check in (coverage["ability"], coverage["pairs"])
        if check and check["checked"]
    ]
    return max(shares) if shares else None
