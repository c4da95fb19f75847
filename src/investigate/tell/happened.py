"""What happened, to whom and since when, in AUC and in plain words."""

from investigate.tell.facts import Facts
from investigate.tell.kinds import BROKEN, NO_DROP, where
from investigate.tell.parts import Grade, Part, Statement, date, say, whole_number


def headline(facts: Facts) -> Statement:
    """The whole in a few words, for a first line."""
    if facts.verdict.kind == NO_DROP:
        return say(Grade.SURE if _no_less(facts) else Grade.UNCLEAR, _no_drop_headline(facts))
    both = {"before": _value(facts.baseline.level()), "after": _value(facts.incident.level())}
    return say(Grade.SURE, "AUC fell from {before} to {after}", **both)


def in_auc(facts: Facts) -> Statement:
    """The change in AUC with its intervals."""
    change = facts.change
    parts = {
        "before": facts.baseline.level(),
        "after": facts.incident.level(),
        "change": change.change(),
    }
    if change.low is None or change.high is None:
        words = "AUC went from {before} to {after}; there is too little data to tell how far."
        return say(Grade.UNCLEAR, words, before=parts["before"], after=parts["after"])
    if facts.verdict.kind != NO_DROP and change.high < 0:
        return say(Grade.SURE, "AUC fell from {before} to {after}, a change of {change}.", **parts)
    if change.low > 0:
        return say(Grade.SURE, "AUC rose from {before} to {after}, a change of {change}.", **parts)
    if change.high < 0:
        words = (
            "AUC went from {before} to {after}, a change of {change}: "
            "less than the smallest drop that was asked about."
        )
        return say(Grade.SURE, words, **parts)
    words = (
        "AUC did not measurably fall: it went from {before} to {after}, "
        "and the change of {change} is within its interval."
    )
    return say(Grade.UNCLEAR, words, **parts)


def in_words(facts: Facts) -> Statement | None:
    """What AUC means: how often a pair with different outcomes is put in the right order."""
    before, after = facts.baseline, facts.incident
    if before.value is None or after.value is None:
        return None
    same = round(100 * before.value) == round(100 * after.value)
    shares = {"after": after.percent(same), "before": before.percent(same)}
    words = (
        "Of two cases with different outcomes, the score now puts the right one first "
        "{after} of the time; before, {before}."
    )
    if after.low is not None and after.high is not None and after.low <= 0.5 <= after.high:
        words += " That cannot be told from chance."
    elif facts.verdict.kind == NO_DROP and not _no_less(facts):
        words += " The difference is no larger than chance allows."
    return say(Grade.SURE, words, **shares)


def since(facts: Facts, alpha: float) -> Statement:
    """The date of the change, as surely as its p-value and interval allow."""
    onset = facts.onset
    if facts.verdict.kind == NO_DROP:
        return say(Grade.SURE, "There is no drop to date.")
    if onset is None or onset.p.value is None:
        return say(Grade.UNKNOWN, "Since when is not known.")
    ends = {"low": date(onset.low, "onset.low"), "high": date(onset.high, "onset.high")}
    day = date(onset.date, "onset.date")
    if onset.p.value > alpha:
        words = "Since when is unclear: no date stands out; the best is {day} ({low} to {high})."
        return say(Grade.UNCLEAR, words, day=day, **ends)
    if onset.low == onset.high:
        return say(Grade.SURE, "Since {day}.", day=day)
    return say(Grade.LIKELY, "Likely since {day}, surely between {low} and {high}.", day=day, **ends)


def affected(facts: Facts) -> Statement:
    """Whom the finding speaks of."""
    verdict = facts.verdict
    rows = Part("")
    if facts.rows is not None:
        counted = whole_number(facts.rows, "auc.incident.rows")
        rows = Part(f" ({counted.text} rows in the period asked about)", counted.cites)
    if verdict.kind == NO_DROP:
        return say(Grade.SURE, "Affected: nobody, as far as AUC tells{rows}.", rows=rows)
    scope = where(verdict.system, verdict.cohort)
    if verdict.kind in BROKEN and verdict.stands and scope:
        return say(
            Grade.LIKELY, "Affected: likely {scope}; AUC is that of all rows{rows}.",
            scope=scope, rows=rows,
        )  # fmt: skip
    return say(
        Grade.UNCLEAR, "Affected: the finding names no narrower group than all rows{rows}.",
        rows=rows,
    )  # fmt: skip


def _no_less(facts: Facts) -> bool:
    return facts.change.low is not None and facts.change.low > 0


def _no_drop_headline(facts: Facts) -> str:
    return "AUC rose" if _no_less(facts) else "AUC did not measurably fall"


def _value(part: Part) -> Part:
    """The value of a part that goes on with an interval."""
    return Part(part.text.split(" ")[0], part.cites[:1])
