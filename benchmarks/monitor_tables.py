"""What the monitor's benchmark counts, and its tables.

Alarms are counted alike for all: what overlaps, or follows without a fine day, is one.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

LEARN, YEAR, AFTER = 60, 365, 28
"""Days of the baseline, of a history without a fault after it, and of a fault."""
QUIET = (0, 120)
"""Days between the baseline and a fault."""
DAILY = (300, 1200)
"""Answers a day: in the first half of the histories, in the second."""
SIZES = (0.01, 0.02, 0.04, 0.08, 1.0)
"""Upper ends of the classes of drops, from the first on."""
PEERS = "NannyML and 3 sigma"


def cases(seen: list[dict[str, Any]]) -> list[str]:
    """The days on which the monitor opened a case."""
    found: list[str] = []
    until = ""
    for one in sorted(seen, key=lambda s: s["raised"]):
        if not found or one["since"] > until:
            found.append(one["raised"])
        until = max(until, one["ended"] or "9")
    return found


def episodes(values: np.ndarray, limit: float) -> np.ndarray:
    """The places of days below `limit` after a day that was not; days without a value are fine."""
    below = np.nan_to_num(values, nan=np.inf) < limit
    return np.flatnonzero(below & ~np.concatenate([[False], below[:-1]]))


def threshold(result: dict[str, Any]) -> tuple[np.ndarray, float, float]:
    """Daily AUC from the onset on; mean and standard deviation of the baseline's days."""
    days = np.array(result["auc"], dtype=float)
    return (
        days[LEARN + result["quiet"] :],
        float(np.nanmean(days[:LEARN])),
        float(np.nanstd(days[:LEARN])),
    )


def apart(results: list[dict[str, Any]]) -> tuple[int, float]:
    """Histories that NannyML was asked about, and how far its numbers are from `threshold`'s."""
    off = [0.0]
    asked = [r for r in results if r["nannyml"]]
    for result in asked:
        nannyml, (values, mean, deviation) = result["nannyml"], threshold(result)
        theirs = np.array([nannyml["days"].get(day, np.nan) for day in result["dates"]])
        off.append(float(np.nanmax(np.abs(theirs - values))))
        off.append(abs(nannyml["threshold"] - (mean - 3 * deviation)))
        if not np.array_equal(np.isnan(theirs), np.isnan(values)):
            off.append(np.inf)
    return len(asked), max(off)


def rate(quiet: list[dict[str, Any]], multiple: float) -> float:
    """False alarms a year with a limit so many standard deviations below the mean."""
    found = 0
    for result in quiet:
        values, mean, deviation = threshold(result)
        found += len(episodes(values, mean - multiple * deviation))
    return found / len(quiet)


def equal(quiet: list[dict[str, Any]], wanted: float) -> float:
    """The multiple at which a fixed threshold raises no more than so many false alarms a year."""
    multiples = np.arange(1.5, 6.0, 0.01)
    return float(next(m for m in multiples if rate(quiet, float(m)) <= wanted))


def delay(result: dict[str, Any], way: str, multiple: float = 3.0) -> float:
    """Days of data from the onset to the first alert, 1: on the first day; infinite: none."""
    dates = result["dates"]
    if way in ("monitor", "monitor, AUC of all rows"):
        raised = [
            s["raised"]
            for s in result["seen"]
            if s["raised"] >= dates[0]
            if way == "monitor" or (s["measure"] == "AUC" and s["by"] == "all")
        ]
        return 1 + dates.index(min(raised)) if raised else np.inf
    values, mean, deviation = threshold(result)
    below = np.flatnonzero(np.nan_to_num(values, nan=np.inf) < mean - multiple * deviation)
    return 1 + int(below[0]) if len(below) else np.inf


def tables(results: list[dict[str, Any]]) -> str:
    """The Markdown of both tables."""
    quiet = [r for r in results if r["scenario"] == "none"]
    faults = [r for r in results if r["scenario"] != "none"]
    asked, off = apart(results)
    same = (
        f"NannyML's daily values and thresholds on {asked} of these histories lie within "
        f"{off:.1g} of daily AUC and of its mean less three standard deviations over the "
        "baseline's days: the two are one method, and one column above."
    )
    lines = [*_quiet(quiet)]
    for before in QUIET:
        late = [r for r in faults if r["quiet"] == before]
        for number in DAILY:
            own = [[r for r in kind if r["daily"] == number] for kind in (quiet, late)]
            # Of a few histories alone, not every table has any.
            if all(own):
                lines += ["", *_delays(*own, number, before)]
    return "\n".join([*lines, "", same])


def _quiet(quiet: list[dict[str, Any]]) -> Iterator[str]:
    years = len(quiet) * YEAR / 365
    opened = [len(cases(r["seen"])) for r in quiet]
    yield f"### {len(quiet)} histories of a year without a fault"
    yield ""
    yield "| | false alarms a year | histories without any |"
    yield "| --- | ---: | ---: |"
    error = np.std(opened) / np.sqrt(len(opened))
    yield (
        f"| the monitor: cases opened (1 is stated) | {sum(opened) / years:.2f} ± {error:.2f} "
        f"| {np.mean(np.array(opened) == 0):.0%} |"
    )
    for label, chosen in (
        ("AUC of all rows (0.5)", lambda s: s["measure"] == "AUC" and s["by"] == "all"),
        ("AUC of groups (0.3)", lambda s: s["measure"] == "AUC" and s["by"] != "all"),
        ("rows, base rate, missing (0.2)", lambda s: s["measure"] != "AUC"),
    ):
        found = [sum(map(chosen, r["seen"])) for r in quiet]
        none = np.mean(np.array(found) == 0)
        yield f"| its alerts on {label} | {sum(found) / years:.2f} | {none:.0%} |"
    found = [
        len(episodes(values, mean - 3 * deviation))
        for values, mean, deviation in map(threshold, quiet)
    ]
    none = np.mean(np.array(found) == 0)
    yield f"| {PEERS} as they come, on AUC of all rows | {sum(found) / years:.2f} | {none:.0%} |"


def _delays(
    quiet: list[dict[str, Any]], faults: list[dict[str, Any]], number: int, before: int
) -> Iterator[str]:
    wanted = sum(len(cases(r["seen"])) for r in quiet) / len(quiet)
    multiple = equal(quiet, wanted)
    ways = [("monitor", 0.0), ("monitor, AUC of all rows", 0.0), ("3 sigma", multiple)]
    names = ["the monitor", "its AUC of all rows alone", f"{PEERS}, at {multiple:.2f} deviations"]
    when = f"{before} days after the baseline" if before else "right after the baseline"
    yield f"### A fault {when}, {number:,} answers a day, {wanted:.2f} false alarms a year"
    yield ""
    yield f"| AUC fell by | incidents | {' | '.join(names)} |"
    yield "| --- | ---: |" + " ---: |" * len(names)
    for low, high in pairwise(SIZES):
        own = [r for r in faults if low <= r["drop"] < high]
        cells = [_cell([delay(r, way, multiple) for r in own]) for way, multiple in ways]
        size = f"{low:g} to {high:g}" if high < 1 else f"{low:g} and more"
        yield f"| {size} | {len(own)} | {' | '.join(cells)} |"


def _cell(delays: list[float]) -> str:
    if not delays:
        return "–"
    found = np.array(delays)
    median = float(np.median(found)) if np.isfinite(np.median(found)) else np.inf
    text = f"{median:g}" if np.isfinite(median) else f"over {AFTER}"
    mean = np.minimum(found, AFTER + 1).mean()
    return f"{text} (mean {mean:.1f}; {np.isfinite(found).mean():.0%} found)"
