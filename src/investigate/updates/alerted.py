"""The alerts of a case as updates tell them, before anyone has investigated it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from investigate.ledger.entry import Entry
from investigate.measures import AUC
from investigate.measures import measure as registered
from investigate.records.documents import instant, number, words
from investigate.site.alerts import (
    EVERYTHING,
    FIXED,
    WITHDRAWN,
    alerts,
    day,
    ends,
    sentence,
    subject,
    withdrawn,
)
from investigate.updates.evidence import CaseEvidence
from investigate.updates.happened import coin_toss
from investigate.updates.parts import (
    CitedNumber,
    Grade,
    Statement,
    TextPiece,
    at_minute,
    date,
    joined,
    name,
    say,
    whole_number,
)


@dataclass(frozen=True)
class CitedAlert:
    """An alert, and its end where it is over.

    ``expected`` is what was expected, or the limit where the alert is on a ``fixed`` one;
    ``after`` what it was when it was back. Numbers are below ``ledger.jsonl entry N``.
    """

    entry: Entry
    end: Entry | None
    about: str
    measure: str
    everything: bool
    fixed: bool
    found: CitedNumber
    expected: CitedNumber
    after: CitedNumber
    since: TextPiece | None
    back: TextPiece | None
    withdrawn: bool

    @property
    def direction(self) -> int:
        """-1 where what was found lies below what was expected by its whole interval, 1 above."""
        low, high, expected = self.found.low, self.found.high, self.expected.value
        if low is None or high is None or expected is None:
            return 0
        return int(low > expected) - int(high < expected)

    @property
    def overall(self) -> bool:
        """Whether it is on AUC of all rows."""
        return self.measure == AUC.key and self.everything

    @property
    def opening(self) -> TextPiece:
        """What it is about, to begin a sentence with."""
        return TextPiece(sentence(self.about))

    def figure(self, number: CitedNumber) -> TextPiece:
        """One of its numbers in the unit of its measure, with its interval if it has one."""
        known = registered(self.measure)
        if known and known.unit == "count":
            return number.whole()
        return number.share() if known and known.unit == "share" else number.level()


def alarms(case: CaseEvidence) -> list[CitedAlert]:
    """The alerts of `case` in the order raised."""
    bodies = alerts(case.entries)
    return [
        _alarm(case.entries[place], bodies[place], None if end is None else case.entries[end])
        for place, end in ends(case.entries).items()
    ]


def leading(found: list[CitedAlert]) -> CitedAlert | None:
    """The one that is named first: what goes on before what is over, AUC of all rows first."""
    return min(found, key=_place, default=None)


def named(found: list[CitedAlert]) -> list[TextPiece]:
    """What alerts are on, each once."""
    return [TextPiece(about) for about in dict.fromkeys(alarm.about for alarm in found)]


def lost(found: list[CitedAlert]) -> float | None:
    """AUC points that all rows lost, by the leading alert; none where that is another."""
    first = leading([alarm for alarm in found if not alarm.fixed])
    if (
        first is None
        or not first.overall
        or first.found.value is None
        or first.expected.value is None
    ):
        return None
    return first.expected.value - first.found.value


def _place(alarm: CitedAlert) -> tuple[bool, bool, bool, bool, int]:
    other = alarm.measure != AUC.key
    return alarm.end is not None, other, not alarm.everything, alarm.fixed, alarm.entry.n


def _alarm(entry: Entry, body: Mapping[str, Any], end: Entry | None) -> CitedAlert:
    at = f"ledger.jsonl entry {entry.n}"
    value, low, high, expected = (
        number(body.get(key)) for key in ("value", "low", "high", "expected")
    )
    over: Mapping[str, Any] = end.body if end else {}
    until = f"ledger.jsonl entry {end.n if end else ''}"
    since, back = day(body.get("since")), day(over.get("back"))
    return CitedAlert(
        entry=entry,
        end=end,
        about=subject(body, lambda text: name(text).text) or "this score",
        measure=words(body.get("measure"), 40),
        everything=words(body.get("stream"), 120) in ("", EVERYTHING),
        fixed=body.get("why") == FIXED,
        found=CitedNumber(value, low, high, at),
        expected=CitedNumber(expected, None, None, at, ("expected", "", "")),
        after=CitedNumber(number(over.get("value")), None, None, until),
        since=date(since, f"{at}.since") if since else None,
        back=date(back, f"{until}.back") if back else None,
        withdrawn=withdrawn(over),
    )


FEW = 3
"""Alerts beside the leading one that are named."""


def headline(alarm: CitedAlert) -> Statement:
    """The leading alert in a few words, for a first line."""
    parts = {
        "about": TextPiece(alarm.about),
        "value": alarm.figure(alarm.found.alone()),
        "expected": alarm.figure(alarm.expected),
    }
    over = ", and it is back inside its bounds" if alarm.end and not alarm.withdrawn else ""
    if alarm.withdrawn:
        return say(Grade.UNCLEAR, "An alert on {about} was withdrawn", about=parts["about"])
    if alarm.found.value is None or alarm.expected.value is None:
        return say(Grade.UNCLEAR, "An alert on {about} is being looked at", about=parts["about"])
    if alarm.fixed:
        words = f"A monitor saw {{about}} at {{value}}, {_side(alarm)} the limit of {{expected}}"
    else:
        verb = {-1: "fall", 0: "go", 1: "rise"}[alarm.direction]
        words = f"A monitor saw {{about}} {verb} from {{expected}} to {{value}}"
    return say(Grade.LIKELY, words + over, **parts)


def happened(alarm: CitedAlert, others: list[CitedAlert], end: bool) -> tuple[Statement, ...]:
    """What the leading alert says, which others there are and, with ``end``, how it ended."""
    found = [_raised(alarm)]
    also = named([other for other in others if other.about != alarm.about])
    if also:
        listed = also[:FEW]
        if len(also) > FEW:
            more = whole_number(len(also) - FEW, "alerts of ledger.jsonl")
            listed.append(TextPiece(f"{more.text} more", more.cites))
        found.append(say(Grade.SURE, "It also raised alerts on {them}.", them=joined(listed)))
    if end and alarm.end is not None:
        found.append(over(alarm))
    return tuple(found)


def over(alarm: CitedAlert) -> Statement:
    """That an alert is over, and what it was then."""
    if alarm.withdrawn:
        return say(Grade.SURE, f"The alert was withdrawn: {WITHDRAWN}.")
    parts = {"about": alarm.opening}
    words = "{about} is back inside its bounds"
    if alarm.back is not None:
        words, parts["back"] = words + " since {back}", alarm.back
    if alarm.after.value is not None and alarm.expected.value is not None:
        words += ": {after}, inside the limit of {expected} again." if alarm.fixed else (
            ": it is {after}, where {expected} is expected."
        )  # fmt: skip
        parts["after"] = alarm.figure(alarm.after)
        parts["expected"] = alarm.figure(alarm.expected)
        return say(Grade.SURE, words, **parts)
    return say(Grade.SURE, f"{words}.", **parts)


def in_words(alarm: CitedAlert) -> tuple[Statement, ...]:
    """What an AUC means: how often a pair with different outcomes is put in the right order."""
    if alarm.measure != AUC.key or alarm.found.value is None or alarm.withdrawn:
        return ()
    parts = {"share": alarm.found.percent(0)}
    words = (
        "Of two cases with different outcomes, the score then ranked the right one higher "
        "{share} of the time"
    )
    if not alarm.fixed and alarm.expected.value is not None:
        words += "; {usual} was expected"
        parts["usual"] = alarm.expected.percent(0)
    low, high = alarm.found.low, alarm.found.high
    words += f".{coin_toss(low, high)}"
    return (say(Grade.SURE, words, **parts),)


def since(alarm: CitedAlert) -> Statement:
    """When it began, as the monitor has it."""
    if alarm.withdrawn or alarm.since is None:
        return say(Grade.UNKNOWN, "When it began is not known.")
    if alarm.fixed:
        words = "First seen on {day}; when it began is not known."
        return say(Grade.UNCLEAR, words, day=alarm.since)
    words = "Likely since {day}, according to the monitor's counts."
    return say(Grade.LIKELY, words, day=alarm.since)


def affected(alarm: CitedAlert) -> Statement:
    """Which rows the alert is on."""
    words = "The alert is on {about}; who is affected most has not been investigated."
    return say(Grade.UNCLEAR, words, about=TextPiece(alarm.about))


def unknown(alarm: CitedAlert) -> Statement:
    """What no alert tells."""
    if alarm.withdrawn:
        return say(Grade.UNKNOWN, "Whether anything was wrong is not known.")
    return say(Grade.UNKNOWN, "Why it changed is not known.")


def _raised(alarm: CitedAlert) -> Statement:
    parts = {"about": TextPiece(alarm.about)}
    raised, on = instant(alarm.entry.time), ""
    if raised is not None:
        on = " on {moment}"
        parts["moment"] = date(at_minute(raised), f"ledger.jsonl entry {alarm.entry.n}")
    if alarm.found.value is None or alarm.expected.value is None:
        return say(Grade.SURE, f"An alert on {{about}} was raised{on}.", **parts)
    parts |= {"value": alarm.figure(alarm.found), "expected": alarm.figure(alarm.expected)}
    if alarm.fixed:
        sentence = f"{{about}} was {{value}}, {_side(alarm)} the limit of {{expected}}"
    else:
        sentence = "{about} was {value}, and {expected} was expected"
    return say(Grade.SURE, f"A monitor raised an alert{on}: {sentence}.", **parts)


def _side(alarm: CitedAlert) -> str:
    return "below" if (alarm.found.value or 0) < (alarm.expected.value or 0) else "above"
