"""What a monitor's alert says, and what says that it is over, in a sentence each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from investigate.ledger.entry import ALERT, ALERT_END, Entry
from investigate.measures import VAST
from investigate.measures import measure as registered
from investigate.records.documents import instant, mapping, number, words

EVERYTHING, FIXED = "all", "fixed limit"
WITHDRAWN = "the rows and the watch as they are now would not raise it"
"""Why an alert is withdrawn: late rows, or a watch that somebody edited; it never came back."""
Named = Callable[[str], str]
"""How a name out of a log is written in the text at hand."""


def alerts(entries: Iterable[Entry]) -> dict[int, Mapping[str, Any]]:
    """The bodies of alerts and their ends by their place among `entries`, from 0.

    An end tells of the measure and rows of the alert that it names, if there was one.
    """
    found: dict[int, Mapping[str, Any]] = {}
    about: dict[str, dict[str, Any]] = {}
    for place, entry in enumerate(entries):
        body, which = mapping(entry.body), words(entry.body.get("alert"), 100)
        if entry.kind == ALERT:
            found[place] = body
            about[which] = {key: body[key] for key in ("measure", "stream", "why") if key in body}
        elif entry.kind == ALERT_END:
            found[place] = {**(about.get(which, {}) if which else {}), **body}
    return found


def ends(entries: Sequence[Entry]) -> dict[int, int | None]:
    """The place of each alert's end by its own, from 0; none while it goes on.

    An end is that of the newest alert of its number before it.
    """
    found: dict[int, int | None] = {}
    over: dict[str, int] = {}
    for place in reversed(range(len(entries))):
        entry, which = entries[place], words(entries[place].body.get("alert"), 100)
        if entry.kind == ALERT_END and which:
            over[which] = place
        elif entry.kind == ALERT:
            found[place] = over.pop(which, None)
    return dict(sorted(found.items()))


def raised(body: Mapping[str, Any], named: Named = str) -> str:
    """The sentence for the body of an alert; what the body does not tell is left out."""
    found = alert_text(body, named)
    return f"An alert was raised: {found}" if found else "An alert was raised"


def alert_text(body: Mapping[str, Any], named: Named = str) -> str:
    """What an alert is on, what was found and since when; empty where its body names nothing."""
    about = subject(body, named)
    if not about:
        return ""
    found = _numbers(body)
    # Beyond a fixed limit is not since when it changed.
    began = "" if body.get("why") == FIXED else day(body.get("since"))
    return (
        about
        + (f" was {found}" if found else "")
        + (f"; the change began on {began}" if began else "")
    )


def ended(body: Mapping[str, Any], named: Named = str) -> str:
    """The sentence for the body of an alert's end, as `alerts` gives it."""
    if withdrawn(body):
        return f"The alert on {subject(body, named) or 'this score'} was withdrawn: {WITHDRAWN}"
    about = sentence(subject(body, named)) or "What an alert was about"
    found = _numbers(body)
    return f"{about} is back: {found}" if found else f"{about} is back inside its bounds"


def withdrawn(body: Mapping[str, Any]) -> bool:
    """Whether the body of an alert's end says that the alert was withdrawn."""
    return body.get("withdrawn") is True


def subject(body: Mapping[str, Any], named: Named = str) -> str:
    """The measure and its rows, such as "AUC of all rows"; empty where the body names none."""
    measure = words(body.get("measure"), 40)
    if not measure:
        return ""
    known = registered(measure)
    measure_words = known.words if known else measure if _plain_words(measure) else named(measure)
    stream = words(body.get("stream"), 120)
    if known and not known.groups and stream in ("", EVERYTHING):
        return measure_words
    return f"{measure_words} of {_rows(stream, named)}"


def sentence(text: str) -> str:
    """`text` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def day(value: Any) -> str:
    """A date, with its time of day where that is not midnight; empty where it is none.

    Hours are those of UTC, and say so; days are those of their watch.
    """
    found = instant(value)
    if found is None:
        return ""
    if datetime.fromisoformat(value).tzinfo is not None:
        return f"{found:%Y-%m-%d %H:%M} UTC"
    return f"{found:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def _rows(stream: str, named: Named) -> str:
    column, between, value = stream.partition(": ")
    if stream in ("", EVERYTHING):
        return "all rows"
    if not between:
        return named(stream)
    return f"{column if column == 'system' else named(column)} {named(value)}"


def _numbers(body: Mapping[str, Any]) -> str:
    measure = words(body.get("measure"), 40)
    value, expected = (number(body.get(key)) for key in ("value", "expected"))
    parts = [_form(value, measure)] if value is not None else []
    if expected is not None:
        usual = _form(expected, measure)
        parts.append(f"its limit {usual}" if body.get("why") == FIXED else f"{usual} expected")
    return ", ".join(parts)


def _form(value: float, measure: str) -> str:
    known = registered(measure)
    if known and not (known.unit == "auc" and abs(value) > 1):
        return known.number(value)
    if abs(value) >= VAST:
        return f"{value:.3g}"
    return f"{value:,.0f}" if value.is_integer() and abs(value) > 1 else f"{value:.3f}"


def _plain_words(text: str) -> bool:
    return all(c.isascii() and (c.islower() or c == " ") for c in text)
