"""What happened, to whom and since when, in AUC and in plain words."""

from investigate.kinds import kind
from investigate.updates.facts import NO_DROP, Facts, too_small, where
from investigate.updates.parts import Grade, Statement, TextPiece, date, say, whole_number

COIN = 0.5
"""The AUC of a score that knows nothing."""
NEAR = 0.05


def headline(facts: Facts) -> Statement:
    """The whole in a few words, for a first line."""
    change = facts.change
    if change.low is None or change.high is None:
        return say(Grade.UNCLEAR, "There is too little data to tell whether AUC fell")
    if _fell(facts):
        both = {"before": _value(facts.baseline.level()), "after": _value(facts.incident.level())}
        return say(Grade.SURE, "AUC fell from {before} to {after}", **both)
    if change.low > 0:
        return say(Grade.SURE, "AUC rose")
    if too_small(facts):
        return say(Grade.SURE, "AUC fell by less than was asked about")
    if change.high < 0:
        return say(Grade.UNCLEAR, "Whether AUC fell cannot be told")
    return say(Grade.UNCLEAR, "AUC did not measurably fall")


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
    if _fell(facts):
        return say(Grade.SURE, "AUC fell from {before} to {after}, a change of {change}.", **parts)
    if change.low > 0:
        return say(Grade.SURE, "AUC rose from {before} to {after}, a change of {change}.", **parts)
    if too_small(facts):
        words = (
            "AUC went from {before} to {after}, a change of {change}: "
            "less than the smallest drop that was asked about."
        )
        return say(Grade.SURE, words, **parts)
    if change.high < 0:
        words = (
            "AUC went from {before} to {after}, a change of {change}; "
            "whether that is a drop cannot be told."
        )
        return say(Grade.UNCLEAR, words, **parts)
    words = (
        "AUC did not measurably fall: it went from {before} to {after}, "
        "and the change of {change} is within its interval."
    )
    return say(Grade.UNCLEAR, words, **parts)


def in_words(facts: Facts, now: bool = True) -> Statement | None:
    """What AUC means: how often a pair with different outcomes is put in the right order.

    Not ``now``: the incident is over, or may be.
    """
    before, after = facts.baseline, facts.incident
    if before.value is None or after.value is None:
        return None
    same = round(100 * before.value) == round(100 * after.value)
    shares = {"after": after.percent(int(same)), "before": before.percent(int(same))}
    words = (
        "Of two cases with different outcomes, the score now ranks the right one higher "
        "{after} of the time; before, {before}."
        if now
        else "Of two cases with different outcomes, the score then ranked the right one higher "
        "{after} of the time; before that, {before}."
    )
    if coin := coin_toss(after.low, after.high):
        words += coin
    elif _within_its_interval(facts):
        words += " The difference is no larger than chance allows."
    return say(Grade.SURE, words, **shares)


def coin_toss(low: float | None, high: float | None) -> str:
    """What an AUC near one half means, by its interval, as a sentence; empty where it is not."""
    if low is None or high is None or low > COIN:
        return ""
    if high < COIN:
        return " That is worse than a coin toss."
    if high <= COIN + NEAR:
        return " That is no better than a coin toss."
    return " It may be no better than a coin toss."


def since(facts: Facts, alpha: float) -> Statement:
    """The date of the change, as surely as its p-value and interval allow."""
    onset = facts.onset
    if too_small(facts):
        words = "The drop is smaller than was asked about, so no start date is given."
        return say(Grade.SURE, words)
    if facts.verdict.kind == NO_DROP:
        return say(Grade.SURE, "No drop was measured, so it has no start date.")
    if facts.verdict.kind == "late_outcomes" and facts.verdict.onset:
        words = "Outcomes are not all in from {day} on."
        return say(Grade.SURE, words, day=date(facts.verdict.onset, "verdict.onset"))
    if kind(facts.verdict.kind).undo == "windows" and facts.verdict.supported:
        return say(Grade.LIKELY, "On no day: at such times of the week or day it was so before.")
    own = facts.verdict
    if own.onset_low and own.onset_high:
        day, low, high = (
            date(getattr(own, name), f"verdict.{name}")
            for name in ("onset", "onset_low", "onset_high")
        )
        if own.onset_low == own.onset_high:
            return say(Grade.SURE, "Since {day}.", day=day)
        words = "Likely since {day} (between {low} and {high})."
        return say(Grade.LIKELY, words, day=day, low=low, high=high)
    if onset is None or onset.p.value is None:
        return say(Grade.UNKNOWN, "When it began is not known.")
    ends = {"low": date(onset.low, "onset.low"), "high": date(onset.high, "onset.high")}
    day = date(onset.date, "onset.date")
    if onset.p.value > alpha:
        words = (
            "It is unclear when it began: no date stands out. "
            "The best guess is {day} ({low} to {high})."
        )
        return say(Grade.UNCLEAR, words, day=day, **ends)
    if onset.low == onset.high:
        return say(Grade.SURE, "Since {day}.", day=day)
    return say(Grade.LIKELY, "Likely since {day} (between {low} and {high}).", day=day, **ends)


def affected(facts: Facts) -> Statement:
    """Whom the finding is about."""
    verdict = facts.verdict
    everyone = TextPiece("all rows")
    if facts.rows is not None:
        counted = whole_number(facts.rows, "auc.incident.rows")
        everyone = TextPiece(f"all {counted.text} rows of the period asked about", counted.cites)
    if verdict.kind == NO_DROP:
        words = "No drop was measured over {everyone}, so no group is named."
        if too_small(facts):
            words = "The drop over {everyone} is smaller than was asked about: no group is named."
        return say(Grade.SURE, words, everyone=everyone)
    scope = where(verdict.system, verdict.cohort)
    if verdict.is_broken and verdict.supported and scope:
        return say(
            Grade.LIKELY, "Likely the rows of {scope}; the AUC given here is that of {everyone}.",
            scope=scope, everyone=everyone,
        )  # fmt: skip
    return say(
        Grade.UNCLEAR, "The finding names no narrower group than {everyone}.",
        everyone=everyone,
    )  # fmt: skip


def _fell(facts: Facts) -> bool:
    """Whether the finding tells of a drop, and its interval does."""
    high = facts.change.high
    return facts.verdict.kind != NO_DROP and high is not None and high < 0


def _within_its_interval(facts: Facts) -> bool:
    low, high = facts.change.low, facts.change.high
    return low is not None and high is not None and low <= 0 <= high


def _value(part: TextPiece) -> TextPiece:
    """The value of a part that goes on with an interval."""
    return TextPiece(part.text.split(" ")[0], part.cites[:1])
