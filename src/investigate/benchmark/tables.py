"""The tables of a benchmark, from its results."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from investigate.benchmark.measure import WAYS
from investigate.benchmark.scoring import MOVED, Score, false_alarm, size
from investigate.benchmark.sheet import Sheet, share
from investigate.kinds import kind

TITLES = {"with": "With the difficulty history", "without": "With the history withheld"}
SIZES = (0.0, 0.01, 0.03, 0.06, 0.12, 1.0)
TOTAL = "**all**"

Result = Mapping[str, Any]


def tables(results: Sequence[Result]) -> list[Sheet]:
    """By scenario in both ways, by size, controls, and what was said where it was wrong."""
    incidents = [result for result in results if not result["control"]]
    controls = [result for result in results if result["control"]]
    return [
        *(_by_scenario(incidents, way) for way in WAYS),
        _by_size(incidents),
        _controls(controls),
        _wrong(incidents),
    ]


def _by_scenario(incidents: Sequence[Result], way: str) -> Sheet:
    def row(name: str, chosen: Sequence[Result]) -> tuple[str, ...]:
        # An incident without an answer has no size; it stays in, or failing would pay.
        moved = [r for r in chosen if (size(r) or MOVED) >= MOVED]
        scores = [Score.of(r, way) for r in moved]
        days = [abs(s.days) for s in scores if s.days is not None]
        errors = [s.points for s in scores if s.points is not None]
        return (
            name,
            f"{len(moved)} of {len(chosen)}",
            _right(scores, lambda s: s.kind),
            _right(scores, lambda s: s.system),
            _right(scores, lambda s: s.cause),
            _right((s for s in scores if s.scoped), lambda s: s.cohort),
            _right((s for s in scores if not s.scoped), lambda s: s.cohort),
            _right(scores, lambda s: s.dated),
            f"{median(days):g}" if days else "–",
            f"{median(errors):.3f}" if errors else "–",
        )

    return Sheet(
        title=TITLES[way],
        columns=(
            "scenario",
            "judged",
            "kind",
            "system",
            "kind and system",
            "cohort",
            "no cohort",
            "onset ≤ 1 day",
            "median days",
            "AUC points off",
        ),
        rows=(
            *(row(name, chosen) for name, chosen in _grouped(incidents, "scenario")),
            row(TOTAL, incidents),
        ),
    )


def _by_size(incidents: Sequence[Result]) -> Sheet:
    def row(name: str, chosen: Sequence[Result]) -> tuple[str, ...]:
        scores = {way: [Score.of(r, way) for r in chosen] for way in WAYS}
        quiet = [r for r in chosen if "error" not in r and not r["said"]["with"]["fell"]]
        return (
            name,
            str(len(chosen)),
            share(len(quiet), len(chosen)),
            *(_right(scores[way], lambda s: s.cause) for way in WAYS),
            *(_right(scores[way], lambda s: s.cohort) for way in WAYS),
            _right(scores["with"], lambda s: s.dated),
        )

    known = [(size(r), r) for r in incidents]
    rows = [
        row(
            f"{low:g}–{high:g}" if high < 1 else f"over {low:g}",
            [r for moved, r in known if moved is not None and low <= moved < high],
        )
        for low, high in pairwise(SIZES)
    ]
    if failed := [r for moved, r in known if moved is None]:
        rows.append(row("no answer", failed))
    return Sheet(
        title="By how far AUC moved",
        columns=(
            "AUC points",
            "incidents",
            "no sure drop",
            "kind and system, with history",
            "kind and system, without",
            "cohort or none, with history",
            "cohort or none, without",
            "onset ≤ 1 day",
        ),
        rows=tuple(rows),
    )


def _controls(controls: Sequence[Result]) -> Sheet:
    def row(name: str, chosen: Sequence[Result]) -> tuple[str, ...]:
        return (
            name,
            str(len(chosen)),
            *(share(sum(false_alarm(r, way) for r in chosen), len(chosen)) for way in WAYS),
            *(share(sum(_innocent(r, way) for r in chosen), len(chosen)) for way in WAYS),
        )

    return Sheet(
        title="Controls: nothing is broken",
        columns=(
            "scenario",
            "controls",
            "false alarms, with history",
            "false alarms, without",
            "called innocent, with history",
            "called innocent, without",
        ),
        rows=(
            *(row(name, chosen) for name, chosen in _grouped(controls, "scenario")),
            row(TOTAL, controls),
        ),
    )


def _wrong(incidents: Sequence[Result]) -> Sheet:
    rows = []
    for result in incidents:
        moved = size(result)
        scores = [Score.of(result, way) for way in WAYS]
        if (moved or MOVED) >= MOVED and not all(s.cause and s.cohort for s in scores):
            rows.append(
                (
                    f"{result['scenario']}, {result['strength']:g}, {result['seed']}",
                    "–" if moved is None else f"{moved:.3f}",
                    _told(result["truth"]) if "truth" in result else "–",
                    *(_said(result, way) for way in WAYS),
                )
            )
    return Sheet(
        title="What was said where kind, system or cohort were wrong",
        columns=("scenario, strength, seed", "moved", "truth", "with history", "without"),
        rows=tuple(rows) or (("none", "", "", "", ""),),
    )


def _said(result: Result, way: str) -> str:
    if "error" in result:
        return f"no answer: {result['error']}".replace("|", "/").replace("\n", " ")
    score = Score.of(result, way)
    return "right" if score.cause and score.cohort else _told(result["said"][way])


def _told(cause: Mapping[str, Any]) -> str:
    parts = [cause["kind"], cause["system"] or ""]
    parts += [f"{column} {value}" for column, value in (cause["cohort"] or {}).items()]
    return ", ".join(part for part in parts if part).replace("|", "/")


def _innocent(result: Result, way: str) -> bool:
    return "error" not in result and kind(result["said"][way]["kind"]).innocent


def _right(scores: Iterable[Score], right: Callable[[Score], bool]) -> str:
    judged = [right(score) for score in scores]
    return share(sum(judged), len(judged))


def _grouped(results: Iterable[Result], by: str) -> list[tuple[str, list[Result]]]:
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result[by], []).append(result)
    return list(found.items())
