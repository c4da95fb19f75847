"""How far a system's scale was shifted and stretched, which is what a repair takes back.

With a history, mean-sigma linking (Kolen & Brennan 2014): over the items that the system and the
others both valued, the line that gives its values the mean and the standard deviation of theirs;
the line at the incident's end, after that at the freeze undone, is what moved. Where too few items
are valued by both, the system's own values at the freeze replace the others'. Values that lost
their order since are no shifted scale, and no line is fitted to them.

Without a history, the outcomes link: a logistic curve of outcomes on the system's scores in each
window says which score of now means a score of before (Cox 1958).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from investigate.analyses.suspects.items import FEWEST_ITEMS, KEPT, SHIFTED
from investigate.counts.table import Counts

STRETCHED = 1.25
"""A scale is stretched when its values lie so many times as far apart, or as near."""
SLOPED, ILL = 3.0, 1e10
"""A curve links when its slope is so many standard errors above zero, and can be told at all; a
scale surely moved when it did so by as many."""
BEYOND, ALMOST_ONE = 2.0, 1 - 1e-12
"""Standard errors by which an order was kept less well than before."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Link:
    """``new = mean + shift + stretch * (old - mean)``; ``mean`` and ``spread`` are those of old.

    ``errors``: standard errors of shift and stretch, of independent items or rows.
    """

    shift: float
    stretch: float
    mean: float
    spread: float
    errors: tuple[float, float]
    unit: str
    over: str

    @property
    def moved(self) -> float:
        """The shift in standard deviations of old."""
        return self.shift / self.spread

    @property
    def worth_naming(self) -> bool:
        """Whether the scale moved so far that a repair is worth its name."""
        if not self.stretch > 0:
            return False
        return abs(self.moved) >= SHIFTED or max(self.stretch, 1 / self.stretch) >= STRETCHED

    @property
    def surely(self) -> bool:
        """Whether the scale was shifted or stretched further than chance moves it."""
        return (
            abs(self.shift) > SLOPED * self.errors[0]
            or abs(self.stretch - 1) > SLOPED * self.errors[1]
        )

    def sentence(self, system: str, confidence: float = 0.95) -> str:
        """The move, in words."""
        reach = float(special.ndtri((1 + confidence) / 2))
        shift, stretch = (
            f"{value:{form}} [{value - reach * error:{form}}, {value + reach * error:{form}}]"
            for value, error, form in (
                (self.shift, self.errors[0], "+.3g"),
                (self.stretch, self.errors[1], ".2f"),
            )
        )
        text = (
            f"The scale of {system} was shifted by {shift} {self.unit} and stretched by {stretch} "
            f"around its mean of before, {self.mean:.3g} ({self.over}); that is what a repair "
            "takes back."
        )
        return text.replace("-", "−")


def linked(counts: Counts, system: str) -> Link | None:
    """How the system's scale moved from baseline to incident; `None` where no line tells."""
    by_values = _by_values(counts.values, system)
    if by_values and by_values.worth_naming:
        return by_values
    return linked_by_outcomes(counts, "system", (system, ""))


def linked_by_values(counts: Counts, system: str) -> Link | None:
    """As `linked`, by the values that the system wrote alone."""
    return _by_values(counts.values, system)


def moved_most(counts: Counts) -> str | None:
    """The system whose own values moved furthest on one line; `None` where none surely did."""
    if counts.meta.get("replay") is None:
        return None
    found = [(_own(counts.values, name), name) for name in counts.meta["replay"]["systems"]]
    movements = [
        (abs(link.moved) + abs(float(np.log(link.stretch))), name)
        for link, name in found
        if link and link.worth_naming
    ]
    return max(movements)[1] if movements else None


def keeps_order(values: pd.DataFrame, system: str) -> bool:
    """Whether a system's values kept their order since the freeze as well as in the placebo.

    ``values`` is the table of `Counts`. Correlations of the items that were written again in both
    stretches, each on Fisher's scale. `False` where too few tell.
    """
    own = values[values["system"] == system]
    if own.empty:
        return False
    wide = own.pivot_table(index="item", columns="moment", values="difficulty", aggfunc="first")
    wide = wide.reindex(columns=[0, 1, 2]).dropna()
    wide = wide[(wide[0] != wide[1]) & (wide[1] != wide[2])]
    if len(wide) < FEWEST_ITEMS or (wide.nunique() < 2).any():
        return False
    before, since = (float(np.corrcoef(wide[a], wide[b])[0, 1]) for a, b in ((0, 1), (1, 2)))
    if since < KEPT:
        return False
    # Equal but for rounding is as well as can be.
    z_before, z_since = np.arctanh(np.clip([before, since], -ALMOST_ONE, ALMOST_ONE))
    return bool(z_since > z_before - BEYOND * np.sqrt(2 / (len(wide) - 3)))


def mean_sigma(old: Array, new: Array) -> tuple[float, float]:
    """Shift and stretch that give `old` (n,) the mean and standard deviation of `new` (n,)."""
    spread = float(old.std())
    stretch = float(new.std()) / spread if spread else float("nan")
    return float(new.mean() - stretch * old.mean()), stretch


def _by_values(values: pd.DataFrame, system: str) -> Link | None:
    own = _own(values, system)
    if own is None:
        return None
    again = _again(values, system).index
    lines, ties, items = [], [], 0
    for moment in (1, 2):
        now = values[(values["moment"] == moment) & (values["system"] != "")]
        now = now[now["item"].isin(again)]
        its = now["system"] == system
        others = now[~its].groupby("item")["difficulty"].mean()
        both = pd.concat([others, now[its].set_index("item")["difficulty"]], axis=1).dropna()
        if len(both) < FEWEST_ITEMS or both.iloc[:, 0].std() == 0 or both.iloc[:, 1].std() == 0:
            return own
        items = len(both)
        lines.append(mean_sigma(*both.to_numpy().T))
        ties.append(1 - float(np.corrcoef(*both.to_numpy().T)[0, 1]) ** 2)
    (shift, stretch), (later, wider) = lines
    relative = wider / stretch
    level = later - relative * shift + (relative - 1) * own.mean
    # Each line errs by what its items do not have in common.
    error = float(np.sqrt(sum(ties) / items))
    over = f"{items:,} items that it and others valued"
    errors = own.spread * relative * error, relative * error
    link = Link(level, relative, own.mean, own.spread, errors, own.unit, over)
    # Others' values may have moved meanwhile: a line that its own values deny is theirs.
    return link if link.worth_naming == own.worth_naming else own


def _own(values: pd.DataFrame, system: str) -> Link | None:
    """The line from the system's own values at the freeze to those at the incident's end."""
    wide = _again(values, system)
    if len(wide) < FEWEST_ITEMS or (wide.nunique() < 2).any():
        return None
    old, new = wide.to_numpy(float).T
    order = float(np.corrcoef(old, new)[0, 1])
    if order < KEPT:
        return None
    _, stretch = mean_sigma(old, new)
    error = float(np.sqrt((1 - order**2) / len(wide)))
    spread, mean = float(old.std()), float(old.mean())
    errors = spread * stretch * error, stretch * error
    over = f"{len(wide):,} items valued before and since"
    shift = float(new.mean() - old.mean())
    return Link(shift, stretch, mean, spread, errors, "in the units of its values", over)


def _again(values: pd.DataFrame, system: str) -> pd.DataFrame:
    """The system's values at the freeze (1) and the incident's end (2) by item, where they changed.

    Values that were not written again are still on the old scale.
    """
    own = values[values["system"] == system]
    if own.empty:
        return pd.DataFrame(columns=[1, 2])
    wide = own.pivot_table(index="item", columns="moment", values="difficulty", aggfunc="first")
    wide = wide.reindex(columns=[1, 2]).dropna()
    return wide[wide[1] != wide[2]]


def linked_by_outcomes(counts: Counts, by: str, group: tuple[str, str]) -> Link | None:
    """How the scale of one group's scores moved, by the outcomes that follow them.

    ``group`` is the system and the cohort of a grouping ``by``.
    """
    own = counts.slices[counts.slices["by"] == by]
    own = own[(own["system"] == group[0]) & (own["cohort"] == group[1])]
    table = counts.bins.set_index("bin").loc[own["bin"]]
    score = ((table["low"] + table["high"]) / 2).to_numpy(float)
    ends = float(counts.bins["low"].min()), float(counts.bins["high"].max())
    logits = ends[0] >= 0 and ends[1] <= 1
    inner = special.logit(score.clip(1e-4, 1 - 1e-4)) if logits else score
    rows = (own["positives"] + own["negatives"]).to_numpy(float)
    before = (own["window"] == 0).to_numpy()
    if not before.any() or before.all():
        return None
    mean = float(np.average(inner[before], weights=rows[before]))
    spread = float(np.sqrt(np.average((inner[before] - mean) ** 2, weights=rows[before])))
    if not spread > 0:
        return None
    # On one scale for both windows, so that fitting does not hang on the score's units.
    curves = []
    for here in (before, ~before):
        curve = _curve((inner[here] - mean) / spread, own[here])
        if curve is None:
            return None
        curves.append(curve)
    ((a0, b0), c0), ((a1, b1), c1) = curves
    stretch, moved = b0 / b1, (a0 - a1) / b1
    errors = (
        spread * np.sqrt(c0[0, 0] + c1[0, 0] + moved**2 * c1[1, 1] + 2 * moved * c1[0, 1]) / b1,
        stretch * np.sqrt(c0[1, 1] / b0**2 + c1[1, 1] / b1**2),
    )
    unit = "logits of the score" if logits else "in the units of the score"
    over = "by what outcomes its scores stand for"
    return Link(
        spread * moved, stretch, mean, spread, (float(errors[0]), float(errors[1])), unit, over
    )


def _curve(x: Array, rows: pd.DataFrame) -> tuple[tuple[float, float], Array] | None:
    """Intercept and slope of outcomes on scores, and their covariance; `None` without a slope."""
    ones, zeros = (rows[side].to_numpy(float) for side in ("positives", "negatives"))

    def loss(at: Array) -> tuple[float, Array]:
        inner = at[0] + at[1] * x
        wrong = ones * special.expit(-inner) - zeros * special.expit(inner)
        value = (ones * np.logaddexp(0, -inner) + zeros * np.logaddexp(0, inner)).sum()
        return float(value), -np.array([wrong.sum(), (wrong * x).sum()])

    found = optimize.minimize(loss, np.zeros(2), jac=True, method="BFGS").x
    rate = special.expit(found[0] + found[1] * x)
    design = np.column_stack([np.ones(len(x)), x])
    information = (design.T * ((ones + zeros) * rate * (1 - rate))) @ design
    if np.linalg.cond(information) > ILL:
        return None
    covariance = np.linalg.inv(information)
    sure = found[1] > SLOPED * np.sqrt(covariance[1, 1])
    return ((float(found[0]), float(found[1])), covariance) if sure else None
