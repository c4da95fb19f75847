"""The alerts of a case as updates tell of them, each with its end, and which speaks for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from investigate.ledger.entry import Entry
from investigate.measures import AUC
from investigate.measures import measure as registered
from investigate.records.documents import number, words
from investigate.site.alerts import (
    EVERYTHING,
    FIXED,
    alerts,
    day,
    ends,
    sentence,
    subject,
)
from investigate.updates.evidence import Evidence
from investigate.updates.parts import Number, Part, date, name


@dataclass(frozen=True)
class Alarm:
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
    found: Number
    expected: Number
    after: Number
    since: Part | None
    back: Part | None
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
    def opening(self) -> Part:
        """What it is about, to begin a sentence with."""
        return Part(sentence(self.about))

    def figure(self, told: Number) -> Part:
        """One of its numbers in the unit of its measure, with its interval if it has one."""
        known = registered(self.measure)
        if known and known.unit == "count":
            return told.whole()
        return told.share() if known and known.unit == "share" else told.level()


def alarms(case: Evidence) -> list[Alarm]:
    """The alerts of `case` in the order raised."""
    bodies = alerts(case.entries)
    return [
        _alarm(case.entries[place], bodies[place], None if end is None else case.entries[end])
        for place, end in ends(case.entries).items()
    ]


def speaks(found: list[Alarm]) -> Alarm | None:
    """The one that speaks for all: what goes on before what is over, AUC of all rows first."""
    return min(found, key=_place, default=None)


def named(found: list[Alarm]) -> list[Part]:
    """What alerts are on, each once."""
    return [Part(about) for about in dict.fromkeys(alarm.about for alarm in found)]


def lost(found: list[Alarm]) -> float | None:
    """AUC points that all rows lost, by the alert that speaks; none where that is another."""
    one = speaks([alarm for alarm in found if not alarm.fixed])
    if one is None or not one.overall or one.found.value is None or one.expected.value is None:
        return None
    return one.expected.value - one.found.value


def _place(alarm: Alarm) -> tuple[bool, bool, bool, bool, int]:
    other = alarm.measure != AUC.key
    return alarm.end is not None, other, not alarm.everything, alarm.fixed, alarm.entry.n


def _alarm(entry: Entry, body: Mapping[str, Any], end: Entry | None) -> Alarm:
    at = f"ledger.jsonl entry {entry.n}"
    value, low, high, expected = (
        number(body.get(key)) for key in ("value", "low", "high", "expected")
    )
    over: Mapping[str, Any] = end.body if end else {}
    until = f"ledger.jsonl entry {end.n if end else ''}"
    since, back = day(body.get("since")), day(over.get("back"))
    return Alarm(
        entry=entry,
        end=end,
        about=subject(body, lambda text: name(text).text) or "this score",
        measure=words(body.get("measure"), 40),
        everything=words(body.get("stream"), 120) in ("", EVERYTHING),
        fixed=body.get("why") == FIXED,
        found=Number(value, low, high, at),
        expected=Number(expected, None, None, at, ("expected", "", "")),
        after=Number(number(over.get("value")), None, None, until),
        since=date(since, f"{at}.since") if since else None,
        back=date(back, f"{until}.back") if back else None,
        withdrawn=over.get("withdrawn") is True,
    )
