"""Did AUC fall, did it surely not, or can this log not tell: of the whole and of every group.

An interval that holds zero is no evidence that nothing changed: with 300 rows it always does.
Two one-sided tests (Schuirmann 1987) ask whether the change is surely smaller than a tolerance,
in either direction; each may be wrong in a share of 1 - confidence. Where neither that nor a
change is sure, the answer is that it cannot be told, with the smallest drop that such a log
shows in four cases of five, and about how many rows would be needed to certify a score that did
not change in four cases of five. Errors are those of the change itself (jackknife or DeLong).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from investigate.analyses import whole as windows
from investigate.analyses.discovery import discovered
from investigate.analyses.wording import listed, percent, signed, two_digits
from investigate.counts.auc import auc
from investigate.counts.grouping import grouping
from investigate.counts.jackknife import around
from investigate.counts.memory import remembered
from investigate.counts.numbers import rows_of
from investigate.counts.replicates import Replicates
from investigate.counts.table import FOLDS, Counts, label
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

POWER = 0.8
"""In so large a share of such logs a drop of the smallest size would show."""
NAMED = 3
"""So many groups that fell are named in a sentence."""
ROUNDS = 5
"""So often the rows that are needed and what so many rows know of their error are reckoned anew."""
RARELY = 0.0005
"""What is rarer than this is written as never."""
FEWEST = 10
"""Rows of each outcome and window: with fewer, errors of AUC are far too small (DeLong's most)."""

Answer = Literal["fell", "rose", "less", "unknown"]
WORDS: dict[str, str] = {
    "fell": "fell",
    "rose": "rose",
    "less": "surely changed by less than the tolerance",
    "unknown": "cannot be told",
}


@dataclass(frozen=True)
class Certificate:
    """What these rows can say of a change in AUC.

    answer: ``fell`` or ``rose`` where the interval of the change excludes zero, ``less`` where
    the change is surely smaller than ``tolerance`` in both directions, else ``unknown``.
    small: whether the change is surely smaller than the tolerance, also where it fell or rose.
    smallest: the smallest drop in AUC that shows in four of five such logs.
    rows, rows_needed: in both windows together; ``rows_needed`` with as much dependence among
    rows as here. `None` where no error can be estimated.
    """

    answer: Answer
    tolerance: float
    change: Estimate
    small: bool
    smallest: float | None
    rows: int
    rows_needed: int | None
    p_value: float

    def to_json(self) -> dict[str, Any]:
        """The form that findings.json has."""
        return {
            "answer": self.answer,
            "tolerance": self.tolerance,
            "smaller_than_tolerance": self.small,
            "smallest_drop_shown": self.smallest,
            "power": POWER,
            "rows": self.rows,
            "rows_needed": self.rows_needed,
        }

    @property
    def sentence(self) -> str:
        """What can be said of a change by the tolerance, as a clause."""
        if self.small:
            return f"AUC surely changed by less than {self.tolerance:.3f}"
        if self.answer != "unknown":
            return f"AUC surely {self.answer}"
        if self.smallest is None:
            return "whether it changed cannot be told: too few rows, clusters or outcomes of a kind"
        # With a larger error than the tolerance, no log of this size can exclude such a drop.
        needed = f", and about {self.rows_needed:,} rows are needed to exclude it" if (
            self.rows_needed is not None and self.rows_needed > self.rows
        ) else ""  # fmt: skip
        show = f"a drop of {self.smallest:.3f} or more"
        if self.smallest >= 1:
            # No AUC falls by more than one.
            show = "no drop, however large"
        return (
            f"whether it changed by {self.tolerance:.3f} or more cannot be told: {self.rows:,} "
            f"rows like these show {show}{needed}"
        )


def certify(
    table: Replicates, clustered: bool, confidence: float, tolerance: float, rows: int = 0
) -> Certificate:
    """The certificate of what ``table`` counts; ``rows``: how many these are, if it has weights."""
    rows = rows or int(table.rows.sum())
    value, error, freedom = windows.difference_and_error(table, clustered)
    change = around(value, error, confidence, freedom)
    sides = np.stack([side[:, 0].sum(axis=-1) for side in (table.positives, table.negatives)])
    with np.errstate(invalid="ignore"):
        scarce = float((sides.min(axis=0) / sides.sum(axis=0) * table.rows).min())
    # No variation at all is no precision: a perfect order, or a constant, among few rows.
    known = np.isfinite(error) and error > 0 and freedom >= 1 and scarce >= FEWEST
    if change.value is None or not known:
        return Certificate("unknown", tolerance, change, False, None, rows, None, math.nan)
    # The engine of `scipy.stats.t`, which asks longer what it is asked than it computes.
    side, power, reach = (
        float(special.stdtrit(freedom, share))
        for share in (confidence, POWER, (1 + confidence) / 2)
    )
    small = abs(change.value) + side * error < tolerance
    answer: Answer = "less" if small else "unknown"
    if change.excludes_zero:
        answer = "fell" if change.value < 0 else "rose"
    return Certificate(
        answer=answer,
        tolerance=tolerance,
        change=change,
        small=small,
        smallest=float((reach + power) * error),
        rows=rows,
        rows_needed=two_digits(rows * _more(error / tolerance, freedom, confidence)),
        p_value=float(special.stdtr(freedom, change.value / error)),
    )


def _more(error: float, freedom: float, confidence: float) -> float:
    """How many times the rows exclude a change, where ``error`` is over the tolerance.

    Of a score that did not change, both tests must pass: each in (1 + POWER) / 2 of the logs. With
    more rows of more clusters the error is known better, too, up to the number of folds.
    """
    more = 1.0
    for _ in range(ROUNDS):
        known = freedom if np.isinf(freedom) else min(max(freedom, freedom * more), FOLDS - 1)
        reach = sum(special.stdtrit(known, share) for share in (confidence, (1 + POWER) / 2))
        more = float((reach * error) ** 2)
    return more


@remembered
def certificate(counts: Counts, question: Question) -> Finding:
    """The certificate of the whole, and in the table one row for every system and cohort.

    ``detail["whole"]`` is that of `Certificate.to_json`; ``detail["fell"]`` names the groups
    that surely fell, at the question's false discovery rate over all of them.
    """
    limits = question.thresholds
    clustered = counts.jackknifed
    every, asked = windows.whole(counts).counts, (limits.confidence, limits.tolerance)
    whole = certify(every, clustered, *asked, int(rows_of(counts, every).sum()))
    rows = []
    for by in counts.groupings():
        if by == "all" or "*" in by:
            continue
        groups = grouping(counts, by)
        for at, (system, cohort) in enumerate(groups.keys):
            own = groups.replicates(at)
            size = int(rows_of(counts, own, by, system, cohort).sum())
            found = certify(own, clustered, *asked, size)
            rows.append(_row(by, system, cohort, own, found))
    sure = discovered(np.array([row["p_value"] for row in rows]), limits.false_discovery_rate)
    for row, supported in zip(rows, sure, strict=True):
        if row["answer"] == "fell" and not supported:
            row["answer"] = "unknown"
        row["says"] = WORDS[row["answer"]]
    fell = [row for row in rows if row["answer"] == "fell" and not row["smaller_than_tolerance"]]
    # The surest first: of few rows the largest change may be chance.
    fell.sort(key=lambda row: (row["high"], row["by"], row["group"]))
    return Finding(
        name="certificate",
        claim=_claim(whole, rows, fell),
        numbers={
            "change": whole.change,
            "tolerance": Estimate(whole.tolerance),
            "smallest drop shown": Estimate(whole.smallest),
        },
        table=tuple(rows),
        caveats=(
            f"Two one-sided tests against a tolerance of {whole.tolerance:g} AUC points, each "
            f"wrong in at most {1 - limits.confidence:.0%} of logs (Schuirmann 1987).",
            f"The smallest drop shown is one that {POWER:.0%} of logs like this one would show.",
        ),
        detail={"whole": whole.to_json(), "fell": [_named(row) for row in fell]},
        columns=("by", "group", "says", "change", "low", "high", "smallest_drop_shown", "rows"),
    )


def _row(
    by: str, system: str, cohort: str, table: Replicates, found: Certificate
) -> dict[str, Any]:
    before, after = auc(table.positives[:, 0], table.negatives[:, 0])
    return {
        "by": by,
        "group": label(system, cohort),
        "system": system or None,
        "cohort": {by: cohort} if cohort else None,
        "auc_baseline": Estimate(before).value,
        "auc_incident": Estimate(after).value,
        "change": found.change.value,
        "low": found.change.low,
        "high": found.change.high,
        "p_value": found.p_value,
        **found.to_json(),
    }


def _named(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("by", "group", "system", "cohort", "change", "low", "high", "p_value")
    return {key: row[key] for key in kept}


def within(fell: Sequence[Mapping[str, Any]], groups: int | None = None) -> str:
    """Which groups surely fell, as sentences; ``fell`` as in ``detail``, of so many ``groups``.

    Of one alone, how often one of so many would fall so surely by chance, unless hardly ever.
    """
    if not fell:
        return ""
    first, *others = (
        (f"{row['by']} {row['group']}", Estimate(row["change"], row["low"], row["high"]))
        for row in fell
    )
    text = f"Within {first[0]} it fell by itself: {signed(first[1])}"
    named = [f"within {name} ({signed(change)})" for name, change in others[: NAMED - 1]]
    if more := len(others) - len(named):
        named.append(f"in {more} more" + (f" of {groups} groups" if groups else ""))
    if named:
        return f"{text}; so it did {listed(named)}."
    return f"{text}.{_by_chance(fell[0], groups or 1)}"


def _by_chance(row: Mapping[str, Any], groups: int) -> str:
    """How often one of so many groups falls as surely where none did, as a sentence to add.

    The groups of several columns share their rows, so that it is at most as often as that.
    """
    chance = 1 - (1 - row.get("p_value", 0.0)) ** groups
    if groups < 2 or chance < RARELY:
        return ""
    return f" Where none did, chance shows one of {groups} so in up to {percent(chance)} of logs."


def _claim(whole: Certificate, rows: list[dict[str, Any]], fell: list[dict[str, Any]]) -> str:
    text = whole.sentence
    if fell and whole.answer == "fell":
        named = f"{fell[0]['by']} {fell[0]['group']}"
        change = signed(Estimate(fell[0]["change"], fell[0]["low"], fell[0]["high"]))
        text += f". Of {len(rows)} groups {named} fell most surely: {change}"
        if more := len(fell) - 1:
            text += f". {more} more surely fell too"
    elif fell:
        return f"{text}. {within(fell, len(rows))}"
    elif whole.small and rows:
        known = sum(row["smaller_than_tolerance"] for row in rows)
        little = sum(row["answer"] == "fell" for row in rows)
        fall = f"{little} of these surely fell by less" if little else "none surely fell"
        text += f"; the same is sure within {known} of {len(rows)} groups, and {fall}"
    return f"{text}."
