"""The tables of a benchmark, from its results."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from benchmarks.incidents.families import family
from benchmarks.incidents.incident import Incident
from benchmarks.incidents.measure import WAYS
from benchmarks.incidents.scoring import Score, called, false_alarm, judged, misleading, size
from benchmarks.incidents.sheet import Sheet, share
from investigate.kinds import kind

TITLES = {"with": "With the difficulty history", "without": "Without a difficulty history"}
SIZES = (0.0, 0.01, 0.03, 0.06, 0.12, 1.0)
TOTAL = "**all**"
INTERVAL, WIDTH = "interval holds it", "its days, median"

Result = Mapping[str, Any]


def tables(results: Sequence[Result]) -> list[Sheet]:
    """By family, by scenario in both ways, by size, controls, and what was wrong."""
    incidents = [result for result in results if not result["control"]]
    controls = [result for result in results if result["control"]]
    return [
        _by_family(results),
        *(_by_scenario(_asked(incidents, way), way) for way in WAYS),
        _by_size(incidents),
        _controls(controls),
        _misleading(results),
        _wrong(incidents),
    ]


def _furthest(results: Sequence[Result], way: str) -> float | None:
    """By how much any account misses the change in AUC that it accounts for."""
    misses = [result["said"][way].get("off") for result in results if "error" not in result]
    return max((off for off in misses if off is not None), default=None)


def _asked(results: Iterable[Result], way: str) -> list[Result]:
    """What was asked about in this way; what failed was asked in all."""
    return [result for result in results if "error" in result or way in result["said"]]


def _by_family(results: Sequence[Result]) -> Sheet:
    def row(name: str, way: str, asked: Sequence[Result]) -> tuple[str, ...]:
        counted = [r for r in asked if not r["control"] and judged(r)]
        # Of two causes each is held to the account, not to one verdict.
        pairs = [s for r in counted if (s := Score.of(r, way)).both is not None]
        alone = [s for r in counted if (s := Score.of(r, way)).both is None]
        wrong = [m for r in asked if "error" not in r and (m := misleading(r, way))]
        return (
            f"{name}, {way}",
            str(len(counted)),
            _right(alone, lambda s: s.cause),
            _right(alone, lambda s: s.cause and s.cohort),
            _right([s for s in alone if s.dates], lambda s: s.dated),
            *_intervals(alone),
            share(wrong.count("cleared"), len(asked)),
            share(wrong.count("accused"), len(asked)),
            _right(pairs, lambda s: bool(s.both)),
            f"{off:.0e}" if (off := _furthest(asked, way)) is not None else "–",
        )

    rows = []
    for name, chosen in _grouped(results, lambda r: family(r["scenario"])):
        rows += [row(name, way, asked) for way in WAYS if (asked := _asked(chosen, way))]
    return Sheet(
        title="By family",
        columns=(
            "family, history",
            "judged",
            "kind and system",
            "and cohort",
            "onset ≤ 1 day with rows",
            INTERVAL,
            WIDTH,
            "cleared though broken",
            "accused though nothing is",
            "pairs: both named",
            "account off by",
        ),
        rows=tuple(rows) or (("none", *[""] * 10),),
    )


def _intervals(scores: Sequence[Score]) -> tuple[str, str]:
    """Of how many the interval that was told holds the onset, and the median width."""
    widths = [s.width for s in scores if s.holds is not None and s.width is not None]
    return (
        _right([s for s in scores if s.holds is not None], lambda s: bool(s.holds)),
        f"{median(widths):g}" if widths else "–",
    )


def _by_scenario(incidents: Sequence[Result], way: str) -> Sheet:
    def row(name: str, chosen: Sequence[Result]) -> tuple[str, ...]:
        counted = [r for r in chosen if judged(r)]
        scores = [Score.of(r, way) for r in counted]
        days = [abs(s.days) for s in scores if s.days is not None]
        errors = [s.points for s in scores if s.points is not None]
        return (
            name,
            f"{len(counted)} of {len(chosen)}",
            _right(scores, lambda s: s.kind),
            _right(scores, lambda s: s.system),
            _right(scores, lambda s: s.cause),
            _right((s for s in scores if s.scoped), lambda s: s.cohort),
            _right((s for s in scores if not s.scoped), lambda s: s.cohort),
            _right((s for s in scores if s.dates), lambda s: s.dated),
            f"{median(days):g}" if days else "–",
            *_intervals(scores),
            f"{median(errors):.3f}" if errors else "–",
            _right((s for s in scores if s.both is not None), lambda s: bool(s.both)),
            str(sum(s.misleading is not None for s in scores)),
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
            INTERVAL,
            WIDTH,
            "AUC points off",
            "both named",
            "misleading",
        ),
        rows=(
            *(row(name, chosen) for name, chosen in _grouped(incidents, lambda r: r["scenario"])),
            row(TOTAL, incidents),
        ),
    )


def _by_size(incidents: Sequence[Result]) -> Sheet:
    def row(name: str, chosen: Sequence[Result]) -> tuple[str, ...]:
        scores = {way: [Score.of(r, way) for r in _asked(chosen, way)] for way in WAYS}
        quiet = [
            r for r in chosen if "error" not in r and not next(iter(r["said"].values()))["fell"]
        ]
        dates = [s for way in WAYS for s in scores[way] if s.dates]
        return (
            name,
            str(len(chosen)),
            share(len(quiet), len(chosen)),
            *(_right(scores[way], lambda s: s.cause) for way in WAYS),
            *(_right(scores[way], lambda s: s.cohort) for way in WAYS),
            _right(dates, lambda s: s.dated),
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
        asked = {way: _asked(chosen, way) for way in WAYS}
        return (
            name,
            str(len(chosen)),
            *(share(sum(false_alarm(r, way) for r in asked[way]), len(asked[way])) for way in WAYS),
            *(share(sum(_innocent(r, way) for r in asked[way]), len(asked[way])) for way in WAYS),
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
            *(row(name, chosen) for name, chosen in _grouped(controls, lambda r: r["scenario"])),
            row(TOTAL, controls),
        ),
    )


def _misleading(results: Sequence[Result]) -> Sheet:
    rows = []
    for result in results:
        for way in WAYS if "error" not in result else ():
            if way in result["said"] and (how := misleading(result, way)):
                answer = result["said"][way]
                rows.append(
                    (
                        Incident.of(result).command(),
                        f"{answer['baseline']:.3f} → {answer['incident']:.3f}",
                        _cause_text(result["truth"]),
                        how,
                        f"{_cause_text(answer)} ({way} history)",
                    )
                )
    return Sheet(
        title="Misleading: cleared though broken, or accused though nothing is",
        columns=("made by", "AUC", "truth", "how", "said"),
        rows=tuple(rows) or (("none", "", "", "", ""),),
    )


def _wrong(incidents: Sequence[Result]) -> Sheet:
    rows = []
    for result in incidents:
        ways = [way for way in WAYS if "error" in result or way in result["said"]]
        scores = [Score.of(result, way) for way in ways]
        if judged(result) and not all(s.cause and s.cohort for s in scores):
            moved = size(result)
            rows.append(
                (
                    f"{result['scenario']}, {result['strength']:g}, {result['seed']}",
                    "–" if moved is None else f"{moved:.3f}",
                    _cause_text(result["truth"]) if "truth" in result else "–",
                    *(_answer_cell(result, way) for way in WAYS),
                )
            )
    return Sheet(
        title="What was said where kind, system or cohort were wrong",
        columns=("scenario, strength, seed", "moved", "truth", "with history", "without"),
        rows=tuple(rows) or (("none", "", "", "", ""),),
    )


def _answer_cell(result: Result, way: str) -> str:
    if "error" in result:
        return f"no answer: {result['error']}".replace("|", "/").replace("\n", " ")
    if way not in result["said"]:
        return "–"
    score = Score.of(result, way)
    return "right" if score.cause and score.cohort else _cause_text(result["said"][way])


def _cause_text(cause: Mapping[str, Any]) -> str:
    parts = [called(cause), cause["system"] or ""]
    parts += [f"{column} {value}" for column, value in (cause["cohort"] or {}).items()]
    return ", ".join(part for part in parts if part).replace("|", "/")


def _innocent(result: Result, way: str) -> bool:
    return "error" not in result and kind(result["said"][way]["kind"]).innocent


def _right(scores: Iterable[Score], right: Callable[[Score], bool]) -> str:
    found = [right(score) for score in scores]
    return share(sum(found), len(found))


def _grouped(
    results: Iterable[Result], by: Callable[[Result], str]
) -> list[tuple[str, list[Result]]]:
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(by(result), []).append(result)
    return list(found.items())
