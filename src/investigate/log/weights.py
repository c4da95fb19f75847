"""Weights of rows as whole numbers of a unit, so that every engine's sums of them are exact.

`investigate.counts.weighting` says how they are scaled. Numbers of rows stay numbers of rows where
rows are meant: how many are enough, what is doubled, missing or a default, items, pairs of rows
that share something, and the bins. AUC and all that is decomposed from it, over the windows and
over time, are of weights. A row of weight 0 is a row, and counts nowhere in these.
"""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import FOLD_SUMS
from investigate.counts.weighting import FEWEST_UNITS, near_one, scale_of, units
from investigate.errors import InputError
from investigate.log.temporary import keep
from investigate.question.question import Question

SIDES = ("positives", "negatives")
_WINDOWS = ("baseline", "incident")


@dataclass(frozen=True)
class Weights:
    """A unit is 2 ** -``digits``; ``effective``: the effective size of each window's sample."""

    column: str
    digits: int
    effective: tuple[float, float]

    def to_meta(self, question: Question) -> dict[str, Any]:
        """As `Counts.meta` keeps it."""
        sizes = [float(f"{size:.6g}") for size in self.effective]
        history = question.history is not None
        return {"column": self.column, "effective": sizes, "history": history}

    def as_floats(self, table: pd.DataFrame) -> pd.DataFrame:
        """`table` with sums of weights instead of units, without what sums to nothing."""
        if not set(SIDES) <= set(table):
            return table
        there = table[(table[list(SIDES)] != 0).any(axis=1)].reset_index(drop=True)
        names = [name for name in FOLD_SUMS if name in there]
        return there.assign(
            **{name: np.ldexp(there[name].to_numpy(float), -self.digits) for name in names}
        )


@dataclass(frozen=True)
class _Size:
    """Sums of a window's weights, by outcome, and of their squares."""

    positives: float
    negatives: float
    squares: float

    @property
    def total(self) -> float:
        return self.positives + self.negatives


def outcomes(rows: ibis.Table) -> dict[str, Any]:
    """The measures of `rows` with each outcome: how many, or the sum of their weights in units."""
    if "weight" in rows.columns:
        return {name: _.weight.sum(where=_.outcome == 1 - i) for i, name in enumerate(SIDES)}
    return rows_with()


def bins_with(rows: ibis.Table) -> dict[str, Any]:
    """The sums of the bins of `rows` with each outcome, each as often as it counts."""
    often = _.weight if "weight" in rows.columns else 1
    sums = {"positive_bins": 1, "negative_bins": 0}
    return {
        name: (_.bin.cast("int64") * often).sum(where=_.outcome == outcome)
        for name, outcome in sums.items()
    }


def rows_with() -> dict[str, Any]:
    """How many rows have each outcome, whatever they weigh."""
    return {"positives": (_.outcome == 1).sum(), "negatives": (_.outcome == 0).sum()}


def weighted(rows: ibis.Table, question: Question) -> tuple[ibis.Table, Weights]:
    """`rows` with ``weight`` in units, 0 where a row cannot be scored, and how it was scaled.

    Raises `InputError` where a row that can be scored has no finite weight or a negative one, or
    where all of one outcome in a window are zero, or so small beside others that they vanish.
    """
    name = str(question.columns.weight)
    sizes, shift = _measured(rows, name)
    scales = {w: scale_of(size.total, size.squares) for w, size in sizes.items() if size.squares}
    digits = units(sum(scales[w] * sizes[w].total for w in scales))
    for w in (0, 1):
        _require_counted(sizes[w], scales.get(w, 0.0) * 2.0**digits, w, name)
    cases = [(_.window == w, scale * 2.0**digits) for w, scale in scales.items()]
    factor: Any = ibis.cases(*cases, else_=0.0)
    whole = (_.weight * shift * factor).round().cast("int64")
    kept = keep(rows.mutate(weight=ibis.ifelse(_.reason.isnull(), whole, 0)))
    effective = [sizes[w].total ** 2 / sizes[w].squares for w in (0, 1)]
    return kept, Weights(name, digits, (effective[0], effective[1]))


def weighted_alike(rows: ibis.Table, question: Question) -> tuple[ibis.Table, float]:
    """Scored `rows` with ``weight`` and ``square`` of it in units, at one scale for all windows.

    Where sums of these over any rows are w and s, w * w / s times what is returned is the
    effective size of these rows. Raises `InputError` as `weighted` does.
    """
    name = str(question.columns.weight)
    sizes, shift = _measured(rows, name)
    digits = units(sum(size.total for size in sizes.values()))
    for w in (0, 1):
        _require_counted(sizes[w], 2.0**digits, w, name)
    # A digit of room, since rounding may add up.
    fine = units(sum(size.squares for size in sizes.values())) - 1
    own = _.weight * shift
    whole = (own * 2.0**digits).round().cast("int64")
    square = (own * own * 2.0**fine).round().cast("int64")
    kept = keep(rows.filter(_.reason.isnull()).mutate(weight=whole, square=square))
    return kept, 2.0 ** (fine - 2 * digits)


def _measured(rows: ibis.Table, name: str) -> tuple[dict[int, _Size], float]:
    """The sizes of windows, and the power of two that weights were multiplied by for them."""
    scored = rows.filter(_.reason.isnull())
    odd = scored.agg(
        rows=_.count(),
        unusable=_.weight.isnull().sum(),
        negative=(_.weight < 0).fill_null(False).sum(),
        least=_.weight.min(),
        largest=_.weight.max(),
    )
    totals = odd.to_pyarrow().to_pylist()[0]
    for wrong, what in (("unusable", "no finite number"), ("negative", "a negative number")):
        if many := int(totals[wrong] or 0):
            such = f", such as {totals['least']:g}" if wrong == "negative" else ""
            raise InputError(
                f"columns.weight: {many:,} of the {totals['rows']:,} rows that can be scored have "
                f"{what} in {name!r}{such}; give each a weight of at least 0"
            )
    # Squares of what is huge or tiny are no numbers; a power of two changes no digit.
    shift = near_one(float(totals["largest"] or 0.0))
    return _sizes(scored.mutate(weight=_.weight * shift), name), shift


def _sizes(scored: ibis.Table, name: str) -> dict[int, _Size]:
    """Of the weights of each window."""
    own = scored.group_by("window").agg(
        squares=(_.weight * _.weight).sum(),
        positives=_.weight.sum(where=_.outcome == 1),
        negatives=_.weight.sum(where=_.outcome == 0),
    )
    found = {}
    for row in own.to_pyarrow().to_pylist():
        window, size = int(row.pop("window")), _Size(**{k: v or 0.0 for k, v in row.items()})
        found[window] = size
        if window >= 0 and not (size.positives and size.negatives):
            what = 0 if size.positives else 1
            raise InputError(
                f"columns.weight: in the {_WINDOWS[window]} all rows with outcome {what} have a "
                f"weight of 0 in {name!r}, so there is no AUC; choose another column or window"
            )
    return found


def _require_counted(size: _Size, factor: float, window: int, name: str) -> None:
    for what, total in enumerate((size.negatives, size.positives)):
        if not total * factor >= FEWEST_UNITS:
            raise InputError(
                f"columns.weight: in the {_WINDOWS[window]} the weights in {name!r} of all rows "
                f"with outcome {what} are next to nothing beside the largest weights, so there is "
                "no AUC; look for a weight that is far too large"
            )
