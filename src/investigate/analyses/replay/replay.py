"""What AUC would have been had some systems kept their old values: arms, shares, interaction."""

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.drop import drop
from investigate.analyses.replay.arms import INCIDENT, Arms, area, arms
from investigate.analyses.replay.game import dividends, shapley
from investigate.analyses.replay.refusal import following, refusal, remedy, unmatched
from investigate.analyses.wording import level, percent, points
from investigate.counts.jackknife import estimate
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

Array = NDArray[np.float64]
UNIT = (0.0, 1.0)
MOST_SETS = 6
"""Sets of systems whose interaction is listed, the largest first."""


@remembered
def replay(counts: Counts, question: Question) -> Finding:
    """AUC of the incident with every subset of systems frozen, and each system's share.

    Numbers: AUC of the ``baseline``, of the incident as ``observed`` and with ``all frozen``;
    ``recovered``, the difference of the last two; ``placebo``, what the same freezing does to
    the baseline; ``share of <system>`` and, with two systems or more, ``interaction``. Shares
    are Shapley values of what the real writes cost and sum to ``recovered``; the interaction
    is what all systems' dividends beyond single ones sum to.
    ``detail["refused"]`` says why there is no replay, else null.
    """
    found = arms(counts, "writes")
    reason = refusal(counts, found)
    if found is None or reason:
        return Finding(
            name="replay", claim=f"Replay is not possible: {reason}.", detail={"refused": reason}
        )
    return _replay_finding(counts, question, found)


def _replay_finding(counts: Counts, question: Question, found: Arms) -> Finding:
    meta = counts.meta["replay"]
    systems, confidence = meta["systems"], question.thresholds.confidence
    everything = len(found.incident) - 1
    lost = -shapley(found.incident)
    beyond = dividends(found.incident)
    sets = {
        " × ".join(chosen): beyond[sum(1 << systems.index(name) for name in chosen)]
        for size in range(2, len(systems) + 1)
        for chosen in combinations(systems, size)
    }
    recovered = found.incident[0] - found.incident[-1]
    numbers = {
        "baseline": drop(counts, question).numbers["baseline"],
        "observed": estimate(found.incident[-1], confidence, within=UNIT),
        "all frozen": estimate(found.incident[0], confidence, within=UNIT),
        "recovered": estimate(recovered, confidence),
        "placebo": estimate(found.placebo[0] - found.placebo[-1], confidence),
        **{f"share of {name}": estimate(lost[j], confidence) for j, name in enumerate(systems)},
    }
    if sets:
        numbers["interaction"] = estimate(np.sum(list(sets.values()), axis=0), confidence)
    table = [_arm(found, systems, kept, confidence) for kept in range(everything, -1, -1)]
    table.sort(key=lambda row: (len(row["frozen"]), row["frozen"]))
    candidates = [
        _candidate(counts, found, arm.name, number, confidence)
        for number, arm in enumerate(question.replay.arms)
    ]
    return Finding(
        name="replay",
        claim=_claim(numbers, systems),
        numbers=numbers,
        table=tuple([{**row, "frozen": ", ".join(row["frozen"]) or "nothing"} for row in table])
        + tuple(candidates),
        caveats=_caveats(counts),
        detail={
            "refused": None,
            "systems": list(systems),
            "freeze": meta["freeze"],
            "sets": {
                name: estimate(value, confidence).to_json()
                for name, value in sorted(sets.items(), key=lambda s: -abs(s[1][0]))[:MOST_SETS]
            },
            "coverage": meta["coverage"],
            "candidates": [row["frozen"] for row in candidates],
        },
    )


def _arm(found: Arms, systems: list[str], kept: int, confidence: float) -> dict[str, Any]:
    frozen = tuple(name for j, name in enumerate(systems) if not kept >> j & 1)
    placebo = found.placebo[kept] - found.placebo[-1]
    return _row(frozen, found.incident[kept], found.net[kept], float(placebo[0]), confidence)


def _candidate(
    counts: Counts, found: Arms, name: str, number: int, confidence: float
) -> dict[str, Any]:
    areas = area(counts.replay, "candidate", number, INCIDENT)
    row = _row(f"candidate: {name}", areas, areas - found.incident[-1], None, confidence)
    return row


def _row(
    frozen: Any, areas: Array, gained: Array, placebo: float | None, confidence: float
) -> dict[str, Any]:
    own, gain = estimate(areas, confidence, within=UNIT), estimate(gained, confidence)
    return {
        "frozen": frozen,
        "auc": own.value,
        "low": own.low,
        "high": own.high,
        "placebo": placebo,
        "recovered": gain.value,
        "recovered_low": gain.low,
        "recovered_high": gain.high,
    }


def _claim(numbers: dict[str, Estimate], systems: list[str]) -> str:
    recovered = numbers["recovered"]
    whose = {1: systems[0], 2: "both systems"}.get(len(systems), f"all {len(systems)} systems")
    head = (
        f"With the old values of {whose} the incident's AUC would have been "
        f"{level(numbers['all frozen'])} instead of {level(numbers['observed'])}"
    )
    if recovered.low is None or recovered.low <= 0:
        return f"{head}: that the systems' writes since the freeze lowered it is not shown."
    shares = ", ".join(
        f"{name} {points(numbers[f'share of {name}'].value or 0.0)}" for name in systems
    )
    tail = f"; shares of the {points(recovered.value or 0.0)}: {shares}"
    if "interaction" in numbers:
        tail += f"; interaction {points(numbers['interaction'].value or 0.0)}"
    return f"{head}{tail}."


def _caveats(counts: Counts) -> tuple[str, ...]:
    meta = counts.meta["replay"]
    coverage = meta["coverage"]
    incident = coverage["incident"]
    return (
        "Same rows, same outcomes: which items would have been served instead is not replayed.",
        f"Frozen at {meta['freeze'][:16].replace('T', ' ')} UTC; scores by {meta['formula']}.",
        f"{percent(incident['covered'] / incident['rows'])} of the rows have an item with a value "
        "from before the freeze; the others keep their score.",
        "Placebo: what freezing an equally long stretch of the baseline does by itself; recovered "
        "is judged against it.",
        *doubts(counts),
    )


def _of_systems(counts: Counts) -> list[str]:
    """What systems the log and the history do not share, where both have some of their own."""
    log = {str(name) for name in counts.slices["system"].unique()} - {""}
    history = set(counts.meta["replay"]["systems"])
    mine, theirs = (", ".join(map(repr, sorted(s)[:3])) for s in (log - history, history - log))
    if not mine or not theirs:
        return []
    return [
        f"No row of the log has the history's system {theirs}, and the history has no write of "
        f"the log's {mine}; write names alike in both."
    ]


def doubts(counts: Counts) -> list[str]:
    """What of the history does not fit the log, a sentence each; it has a say all the same."""
    meta = counts.meta["replay"]
    coverage = meta["coverage"]
    incident, share = coverage["incident"], following(coverage)
    found = []
    if share is None:
        found.append("Whether scores follow from the history cannot be checked in this log.")
    elif share < 0.995:
        end = f"; {remedy(coverage)}" if coverage.get("shift") else ""
        found.append(
            f"{percent(share)} of the scores that can be checked follow from the history{end}."
        )
    if lost := unmatched(coverage):
        found.append(f"{lost[0].upper()}{lost[1:]}.")
    found += _of_systems(counts)
    if incident["agreeing"] < 0.995 * incident["valued"]:
        agreeing = percent(incident["agreeing"] / incident["valued"])
        found.append(
            f"The log names the system in force on {agreeing} of the rows; check precedence if "
            "that should be all."
        )
    if meta["unusable"]:
        found.append(f"{meta['unusable']:,} writes lack a part and were left out.")
    return found
