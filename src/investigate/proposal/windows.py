"""Baseline and incident, from the change point of daily AUC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from investigate.analyses.dating import dated
from investigate.counts.table import Counts
from investigate.proposal.parts import Sure
from investigate.question.question import Question, Window

CUTS = (0.5, 0.75, 0.9, 0.25)
"""Where an incident might begin, as shares of the span: the kit dates what shows from there on."""
LAST = 0.2
"""Share of the span that is compared with the rest where nothing surely fell."""
ALPHA = 0.05


@dataclass(frozen=True)
class Windows:
    """Two windows as a question writes them, how sure they are, and why."""

    baseline: dict[str, str]
    incident: dict[str, str]
    sure: Sure
    why: str


def ends(times: "pd.Series[Any]", timezone: str) -> tuple[datetime, datetime, timedelta]:
    """First and last bucket of a log's times, as local starts, and a bucket's length.

    The end is that of the last bucket. Days, or hours where the span is under a fortnight.
    """
    known = times.dropna()
    local = known.dt.tz_convert(ZoneInfo(timezone))
    step = timedelta(days=1) if local.max() - local.min() >= timedelta(14) else timedelta(hours=1)
    if step == timedelta(days=1):
        first, last = local.min().normalize(), local.max().normalize()
    else:
        first, last = known.min().floor("h"), known.max().floor("h")
        return first.to_pydatetime(), (last + step).to_pydatetime(), step
    return first.to_pydatetime(), (last + pd.DateOffset(days=1)).to_pydatetime(), step


def halves(start: datetime, end: datetime, step: timedelta, share: float) -> tuple[Window, Window]:
    """Two windows that part start to end at about `share` of it."""
    cut = _placed(start, start + (end - start) * share, step)
    return _window(start, cut, step), _window(cut, end, step)


def windows(
    counts: Counts, question: Question, start: datetime, end: datetime, step: timedelta
) -> Windows:
    """The windows around the clearest fall; the last fifth and what was before without one.

    `counts` hold the timeline of the whole log, whatever the windows of `question`.
    """
    falls = []
    for share in CUTS:
        baseline, incident = halves(start, end, step, share)
        tried = question.model_copy(update={"baseline": baseline, "incident": incident})
        found = dated(counts, tried)
        if found and found["p_value"] <= ALPHA and found["after"] < found["before"]:
            falls.append(found)
    if falls:
        # Of equally clear ones the deepest.
        best = min(falls, key=lambda f: (f["p_value"], f["after"] - f["before"], f["date"]))
        zone = ZoneInfo(question.timezone)
        cut = _moment(best["date"], zone)
        stop = end
        if best["shape"] == "temporary" and best["to"]:
            stop = min(end, _placed(start, _moment(best["to"], zone) + step, step))
        if start < cut < stop:
            why = (
                f"daily AUC fell from {best['before']:.3f} to {best['after']:.3f} on "
                f"{best['date']} [{best['low']}, {best['high']}], p = {best['p_value']:.3f}"
            )
            if step < timedelta(days=1):
                why = why.replace("daily", "hourly")
            return Windows(_written(start, cut, step), _written(cut, stop, step), "likely", why)
    cut = _placed(start, start + (end - start) * (1 - LAST), step)
    why = "no sure fall was found: the last fifth is compared with what was before"
    return Windows(_written(start, cut, step), _written(cut, end, step), "a guess", why)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _placed(start: datetime, moment: datetime, step: timedelta) -> datetime:
    """The start of the bucket of `moment`; days begin at local midnight."""
    if step == timedelta(days=1):
        moment = moment.astimezone(start.tzinfo) + timedelta(hours=1)
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _written(start: datetime, end: datetime, step: timedelta) -> dict[str, str]:
    if step == timedelta(days=1):
        return {"start": start.date().isoformat(), "end": end.date().isoformat()}
    return {"start": _hour(start), "end": _hour(end)}


def _hour(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M+00:00")


def _window(start: datetime, end: datetime, step: timedelta) -> Window:
    return Window.model_validate(_written(start, end, step))
