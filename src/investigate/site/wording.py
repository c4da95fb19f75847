"""Numbers and states in words, the same on every page."""

from investigate.kinds import kind
from investigate.site.facts import Facts, Level

NONE = "–"


def level(number: Level) -> str:
    """A value such as ``0.755``."""
    return NONE if number.value is None else _form(number.value, ".3f")


def interval(number: Level, *, signed: bool = False) -> str:
    """Its interval, such as ``[0.750, 0.760]``; empty where it has none."""
    if number.low is None or number.high is None:
        return ""
    form = "+.3f" if signed else ".3f"
    return f"[{_form(number.low, form)}, {_form(number.high, form)}]"


def change(number: Level) -> str:
    """A difference with its sign, such as ``−0.250``."""
    return NONE if number.value is None else _form(number.value, "+.3f")


def kind_words(name: str, either: bool = False) -> str:
    """A verdict's kind as a label, such as ``system interaction``."""
    return kind(name).told(either).badge


def kind_plainly(name: str, either: bool = False) -> str:
    """What a verdict's kind means, for people who read no code."""
    return kind(name).told(either).plainly


TONES = {"broken": "bad", "innocent": "good", "open": "open"}


def plain_number(value: float | None) -> str:
    """A number of AUC that has no interval."""
    return NONE if value is None else _form(value, ".3f")


def grouped(value: int | None) -> str:
    """A count such as ``28,471``."""
    return NONE if value is None else f"{value:,}"


def state_tone(state: str) -> str:
    """How alarming it is how a record stands to its ledger."""
    return {"whole": "good", "unfinished": "none"}.get(state, "bad")


def verdict(facts: Facts) -> tuple[str, str]:
    """What a run came to, in a word or two, and its tone: bad, good, open or none."""
    if facts.status == "running":
        return "unfinished", "none"
    if facts.status != "succeeded":
        return facts.status, "none"
    if not facts.kind:
        return "no verdict", "none"
    # What may be the scores or the labels is shown as that, in words and in tone.
    known = kind(facts.kind)
    # What may be a drop or none, or has a broken part as well, is no all-clear.
    clears = known.state == "innocent" and not facts.either and not facts.part_broken
    tone = "open" if known.state == "innocent" and not clears else TONES[known.state]
    return kind_words(facts.kind, facts.either), tone


def _form(value: float, form: str) -> str:
    text = f"{value:{form}}" if abs(value) < 1e6 else f"{value:.3g}"
    # A change that rounds to nothing has no sign.
    return text.lstrip("+-") if form[0] == "+" and not float(text) else text.replace("-", "−")
