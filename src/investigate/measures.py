"""What is watched of a score: each measure once, with its words, its unit and how it is charted.

A `Measure` in ``MEASURES`` is watched. Charts, fixed limits, messages, the site, updates and
docs/watch.md read it there; nothing else lists measures.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.hanley_mcneil import hanley_mcneil

Floats = NDArray[np.float64]
Frame = pd.DataFrame
Unit = Literal["auc", "count", "share"]

ENOUGH = 3
"""Ratios of variances that it takes to say how strongly rows depend."""
VAST = 1e12
"""From here on a number is written in powers of ten."""


class ChartSteps(Protocol):
    """What a measure must know of the steps of a chart."""

    @property
    def period(self) -> int:
        """Steps to a week."""

    @property
    def fewest(self) -> int:
        """Steps that must be known of a series."""


Scaled = Callable[[Frame, int, ChartSteps], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Measure:
    """A measure of one group's rows by day or hour.

    Parameters
    ----------
    name
        Its name on the terminal and in a state; in small letters its key in a ledger.
    words
        What it is in a sentence, such as ``the number of rows``.
    unit
        ``auc`` (0.525), ``count`` (1,204) or ``share`` (3.1%).
    side
        -1 where a fall raises an alert, 1 a rise, 0 both.
    scaled
        ``(counts, learn, steps) -> values, sampling variances`` (T,) of one group's counts by
        step, on a scale on which the noise is the same everywhere.
    unscaled
        Takes values back to the unit that people read.
    plain
        The values in that unit, as they were counted.
    limit
        Its key among the fixed limits of a watch; empty where it has none.
    groups
        Whether it is watched of systems and groups too, and not of all rows alone.
    charted
        Whether a chart follows it; else only a fixed limit can raise an alert.

    """

    name: str
    words: str
    unit: Unit
    side: int
    scaled: Scaled
    unscaled: Callable[[Floats], Floats]
    plain: Callable[[Frame], Floats]
    limit: str = ""
    groups: bool = False
    charted: bool = True

    @property
    def key(self) -> str:
        """What an entry of a ledger calls it."""
        return self.name.lower()

    def number(self, value: float) -> str:
        """`value` in the unit of this measure: 0.525, 1,204, 3.1%."""
        if abs(value) >= VAST:
            return f"{value:.3g}"
        form = {"auc": "{:.3f}", "count": "{:,.0f}", "share": "{:.1%}"}[self.unit]
        return form.format(value)


def angle(share: Floats) -> Floats:
    """A share on the scale on which its noise is the same everywhere (Fisher 1922)."""
    return np.asarray(np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))))


def share_of(angle: Floats) -> Floats:
    """The share of an `angle`."""
    return np.asarray(np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)


def _auc(counts: Frame, learn: int, steps: ChartSteps) -> tuple[Floats, Floats]:
    # An AUC is the share of pairs in order; as such its noise is skewed near 1, the angle's not.
    value = counts["auc"].to_numpy(dtype=float)
    positives, negatives = (counts[side].to_numpy(float) for side in ("positives", "negatives"))
    first = _first(np.isfinite(value), learn, steps)
    if not first.any():
        return np.full(len(value), np.nan), np.full(len(value), np.nan)
    typical = np.average(value[first], weights=(positives + negatives)[first])
    typical = float(np.clip(typical, 0.5, 0.99))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = hanley_mcneil(np.asarray(typical), positives, negatives)
    ratios = counts["ratio"].to_numpy(dtype=float)[first]
    ratios = ratios[np.isfinite(ratios)]
    depends = max(1.0, float(np.median(ratios))) if len(ratios) >= ENOUGH else 1.0
    return angle(value), depends * variance / (4 * typical * (1 - typical))


def _rows(counts: Frame, learn: int, steps: ChartSteps) -> tuple[Floats, Floats]:
    rows = counts["rows"].to_numpy(dtype=float) + 1
    # Were they as usual on such a day: of a day without any, no more is certain than of others.
    phase = np.arange(len(rows)) % steps.period
    usual = pd.Series(rows[:learn]).groupby(phase[:learn]).median().reindex(phase).to_numpy()
    return np.log(rows), 1 / np.fmax(rows, usual)


def _share(part: str, *whole: str) -> Callable[[Frame, int, ChartSteps], tuple[Floats, Floats]]:
    def scaled(counts: Frame, learn: int, steps: ChartSteps) -> tuple[Floats, Floats]:
        # Anscombe 1948: a share of none is not known to be nothing.
        total = counts[list(whole)].sum(axis=1).to_numpy(dtype=float)
        share = (counts[part].to_numpy(dtype=float) + 3 / 8) / (total + 3 / 4)
        return np.where(total > 0, angle(share), np.nan), 1 / (4 * total + 2)

    return scaled


def _column(name: str) -> Callable[[Frame], Floats]:
    return lambda counts: counts[name].to_numpy(dtype=float)


def _plain_share(part: str, *whole: str) -> Callable[[Frame], Floats]:
    def plain(counts: Frame) -> Floats:
        total = counts[list(whole)].sum(axis=1).to_numpy(dtype=float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(counts[part].to_numpy(dtype=float) / total)

    return plain


def _first(there: NDArray[np.bool_], learn: int, steps: ChartSteps) -> NDArray[np.bool_]:
    """What a group is learnt from: the baseline's steps, or the first of one that came later."""
    first = there & (np.arange(len(there)) < learn)
    return first if first.sum() >= steps.fewest else there & (there.cumsum() <= steps.fewest)


def _of_shares(name: str, words: str, side: int, part: str, *whole: str, limit: str) -> Measure:
    scaled, plain = _share(part, *whole), _plain_share(part, *whole)
    return Measure(name, words, "share", side, scaled, share_of, plain, limit)


AUC = Measure("AUC", "AUC", "auc", -1, _auc, share_of, _column("auc"), limit="auc", groups=True)
ROWS = Measure(
    name="rows",
    words="the number of rows",
    unit="count",
    side=0,
    scaled=_rows,
    # Clipped: bounds of what is hardly known would be beyond what a float holds.
    unscaled=lambda v: np.expm1(np.clip(v, 0.0, 50.0)),
    plain=_column("rows"),
    limit="rows",
)
UNUSABLE_OUTCOMES = replace(
    _of_shares(
        "unusable outcomes", "the share of unusable outcomes", 1, "unusable", "rows", limit=""
    ),
    charted=False,
)

MEASURES: tuple[Measure, ...] = (
    AUC,
    ROWS,
    _of_shares("base rate", "the base rate", 0, "positives", "positives", "negatives", limit=""),
    _of_shares(
        "missing scores", "the share of missing scores", 1, "unscored", "rows",
        limit="missing_scores",
    ),
    _of_shares(
        "missing outcomes", "the share of missing outcomes", 1, "pending", "rows",
        limit="missing_outcomes",
    ),
    UNUSABLE_OUTCOMES,
)  # fmt: skip
"""Every measure, in the order in which it is shown."""


def measure(name: str) -> Measure | None:
    """The measure of that name or key; none where this version knows no such measure."""
    return next((known for known in MEASURES if known.key == name.lower()), None)


def charted(everything: bool) -> tuple[Measure, ...]:
    """The measures that charts follow, of all rows (``everything``) or of a group."""
    return tuple(known for known in MEASURES if known.charted and (everything or known.groups))


def table() -> str:
    """The measures as a table in Markdown: what docs/watch.md shows."""
    alerts = {-1: "a fall", 0: "a fall or a rise", 1: "a rise"}
    rows = [
        f"| {known.words} | {'all rows, each system, each group' if known.groups else 'all rows'} "
        f"| {alerts[known.side] if known.charted else 'a fixed limit alone'} "
        f"| {f'`{known.limit}`' if known.limit else '–'} |"
        for known in MEASURES
    ]
    head = ["| measure | of | alerts on | fixed limit |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])
