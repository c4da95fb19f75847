"""The signal audit: what could be known of outcomes, and what the score knows of it.

Over pairs of different rows that share an item, a cluster or a cell of cohorts, within a
window, C_yy is the covariance of their two outcomes: how far outcomes differ between groups,
which needs no score. C_ys, with one outcome replaced by the outcome rate that the other row's
score had in the baseline, is what the score knows of that. Rows that became more alike lower
both; a score that tells rows apart less lowers C_ys alone (resolution: Murphy 1973).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.score_tiers import score_tiers
from investigate.analyses.whole import windows_allow
from investigate.counts.grouping import grouping
from investigate.counts.isotonic import rising_rates
from investigate.counts.jackknife import estimate
from investigate.counts.memory import remembered
from investigate.counts.table import FOLDS, MILLION, SIGNAL_SUMS, Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

Array = NDArray[np.float64]
WINDOWS = ("baseline", "incident")
WORDS = {"item": "items", "cluster": "clusters", "cell": "cells of cohorts"}
HALF = 1 / 2
LITTLE, MAJOR = 1 / 10, 2 / 3
"""The score lost what it knew where surely more than the first part of it is missing. Rows became
more alike where surely less than the second part of what it knows less is."""


@dataclass(frozen=True)
class Audit:
    """One kind of group. could, knows: C_yy and C_ys by window; differs: C_ss.

    less: how much less of the outcomes the score knows than before. alike: the part of that
    which goes with outcomes that differ less. missing: the rest, what the score would know
    besides if it knew as large a part of what could be known as before. left: missing over less.
    """

    by: str
    could: tuple[Estimate, Estimate]
    knows: tuple[Estimate, Estimate]
    less: Estimate
    alike: Estimate
    missing: Estimate
    left: Estimate
    replicates: Array = field(repr=False, compare=False)
    used: NDArray[np.bool_] = field(repr=False, compare=False)

    @property
    def informative(self) -> bool:
        """Whether groups differed in the baseline and the score knew of it, surely."""
        return all((side[0].low or 0.0) > 0 for side in (self.could, self.knows))

    @property
    def risen(self) -> bool:
        """Whether outcomes surely differ more than before, as labels of one group can make them."""
        change = self.alike
        return change.high is not None and change.high < 0

    @property
    def says(self) -> str | None:
        """``kept``, ``alike`` (rows are more alike), ``lost`` (by the score), or `None`."""
        if not self.informative or self.less.low is None or self.left.low is None:
            return None
        if (self.missing.low or 0.0) > LITTLE * (self.knows[0].value or 0.0):
            return "lost"
        if self.less.low > 0 and (self.alike.low or 0) > 0 and (self.left.high or 1) < MAJOR:
            return "alike"
        return "kept" if self.less.low <= 0 else None


@remembered
def audits(counts: Counts, confidence: float) -> tuple[Audit, ...]:
    """The audit by every kind of group that the rows share, items first.

    Cells of a column that follows from the score are groups of scores, and say nothing of rows.
    """
    found = []
    for by in WORDS:
        own = counts.signals[counts.signals["by"] == by]
        if own["window"].nunique() == 2 and not (by == "cell" and score_tiers(counts)):
            found.append(_audit(by, own, confidence, windows_allow(counts)[1]))
    return tuple(found)


def _audit(by: str, own: Any, confidence: float, most: float) -> Audit:
    yy, ys, used = [], [], np.zeros(FOLDS, dtype=bool)
    for window in (0, 1):
        sums = own[own["window"] == window].set_index("fold")[SIGNAL_SUMS]
        gone = sums.reindex(range(FOLDS), fill_value=0.0).to_numpy()
        used |= gone[:, 0] > 0
        left = np.concatenate([[np.zeros(len(SIGNAL_SUMS))], gone])
        n, y, s, pairs, own_yy, own_ys, _, ny, ns = (sums.loc[-1].to_numpy() - left).T
        with np.errstate(invalid="ignore", divide="ignore"):
            y, s = y / n, s / n
            yy.append((own_yy - 2 * y * ny + y * y * pairs) / pairs)
            ys.append((own_ys - s * ny - y * ns + y * s * pairs) / pairs / MILLION)

    def estimated(values: Array) -> Estimate:
        return estimate(values, confidence, used, most=most)

    with np.errstate(invalid="ignore", divide="ignore"):
        less = ys[0] - ys[1]
        missing = ys[0] / yy[0] * yy[1] - ys[1]
        left = missing / less
    return Audit(
        by=by,
        could=(estimated(yy[0]), estimated(yy[1])),
        knows=(estimated(ys[0]), estimated(ys[1])),
        less=estimated(less),
        alike=estimated(less - missing),
        missing=estimated(missing),
        left=estimated(left),
        replicates=np.stack([less, missing, ys[0]]),
        used=used,
    )


@dataclass(frozen=True)
class Explained:
    """All kinds of groups together, where the score surely knows less than before.

    share: the part of what it knows less that goes with outcomes that differ less. missing: what
    it would know besides, over what it knew. covers: what it knew between the groups, over all
    that it told apart in the baseline (its resolution). sources: how many kinds of groups.
    """

    share: Estimate
    missing: Estimate
    covers: float
    sources: int

    @property
    def by_rows(self) -> bool:
        """Whether most of it surely goes with rows that are more alike, in enough of what it knew.

        What a pairing tells apart, as of a student and an exercise that suits, belongs to neither
        group: of two kinds of groups and their pairings a third is enough, of one kind a half.
        """
        enough = self.covers > 1 / (1 + self.sources)
        return self.share.low is not None and self.share.low > HALF and enough

    @property
    def by_score(self) -> bool:
        """Whether most of it surely does not."""
        return self.share.high is not None and self.share.high < HALF

    def most_missing(self, area: float) -> float:
        """The most AUC points that what is missing can cost a score of that AUC.

        With normal scores AUC - 1/2 goes with the root of what is known, nearly. Of a score that
        ranks in reverse that says nothing.
        """
        if not self.by_rows or self.missing.high is None or area <= HALF:
            return np.inf
        return float((area - 0.5) * (1 - np.sqrt(max(1 - self.missing.high, 0.0))))


@remembered
def explained(counts: Counts, confidence: float) -> Explained | None:
    """Whether rows or the score explain that the score knows less.

    Items and clusters are two sources and are added; cells count where neither has a say.
    `None` where no kind has a say, or the score surely knows no less.
    """
    by_source = {one.by: one for one in audits(counts, confidence) if one.informative}
    found = [by_source[by] for by in ("item", "cluster") if by in by_source] or list(
        by_source.values()
    )
    if not found:
        return None
    used = np.any([one.used for one in found], axis=0)
    less, missing, knew = np.stack([one.replicates for one in found]).swapaxes(0, 1)
    parts = (_from_nothing(part).sum(axis=0) for part in (less, less - missing, missing))
    fell, alike, lost = parts
    most = windows_allow(counts)[1]
    whole = estimate(fell, confidence, used, most=most)
    if whole.low is None or whole.low <= 0:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        share, lacking = alike / fell, lost / knew.sum(axis=0)
    return Explained(
        share=estimate(share, confidence, used, (0.0, 1.0), most),
        missing=estimate(lacking, confidence, used, (0.0, 1.0), most),
        covers=float(knew[:, 0].sum() / resolution(counts)),
        sources=len(found),
    )


def _from_nothing(parts: Array) -> Array:
    """Replicates (sources, 1 + folds) of parts of which a negative one counts as none.

    They are moved and not cut off: those of a part that is about none would all be the same, and
    it sure.
    """
    return np.asarray(parts - np.minimum(parts[:, :1], 0))


def resolution(counts: Counts) -> float:
    """How far the baseline's scores tell rows apart: the variance of their outcome rates."""
    own = grouping(counts, "all")
    before = own.window == 0
    rows = np.bincount(own.bin[before], (own.positives + own.negatives)[before], own.bins) / max(
        float((own.positives + own.negatives)[before].sum()), 1.0
    )
    rate = meaning(counts)
    return float((rows * rate**2).sum() - (rows * rate).sum() ** 2)


@remembered
def meaning(counts: Counts) -> Array:
    """The baseline's outcome rate at every bin (bins,), rising with the score: isotonic."""
    own = grouping(counts, "all")
    before = own.window == 0
    sides = (own.positives, own.positives + own.negatives)
    positives, rows = (np.bincount(own.bin[before], n[before], own.bins) for n in sides)
    seen = rows > 0
    return rising_rates(np.flatnonzero(seen), positives[seen], rows[seen], own.bins)


@remembered
def signal(counts: Counts, question: Question) -> Finding:
    """The audit by items, clusters and cells of cohorts, and what it says of the score.

    The table has a row a kind of group and side: C_yy (``could be known``) and C_ys (``the
    score knows``) in both windows, in the unit of the outcome's variance.
    """
    found = audits(counts, question.thresholds.confidence)
    rows = [
        {
            "by": one.by,
            "what": what,
            **{f"{w}{end}": n for w, e in zip(WINDOWS, sides, strict=True) for end, n in _ends(e)},
            "says": one.says or "cannot tell",
        }
        for one in found
        for what, sides in (("could be known", one.could), ("the score knows", one.knows))
    ]
    return Finding(
        name="signal audit",
        claim=_claim(found),
        numbers={
            f"{name} by {one.by}": getattr(one, name)
            for one in found
            for name in ("less", "alike", "missing")
        },
        table=tuple(rows),
        columns=("by", "what", *WINDOWS, "says"),
        caveats=(
            "Could be known: the covariance of the outcomes of two rows of one group, for which "
            "no score is needed. The score knows: the same with one outcome replaced by the "
            "outcome rate that the other row's score had in the baseline.",
            "Where groups hardly differ in their outcomes, the audit cannot tell.",
            "Intervals: delete-a-group jackknife over the folds of the log's rows; the groups of "
            "each window are taken as they are.",
        ),
        detail={"says": {one.by: one.says for one in found}},
    )


def _ends(number: Estimate) -> list[tuple[str, float | None]]:
    return [("", number.value), (" low", number.low), (" high", number.high)]


def _claim(found: tuple[Audit, ...]) -> str:
    if not found:
        return (
            "The audit cannot tell what could be known of outcomes: no items, clusters or "
            "cohorts are counted that rows of both windows share."
        )
    sentences = [sentence(one) for one in found if one.says]
    if sentences:
        return " ".join(sentences)
    kinds = " or ".join(WORDS[one.by] for one in found)
    return f"The audit cannot tell: outcomes differ too little between {kinds} to show a change."


def sentence(one: Audit) -> str:
    """What an audit that has a say says, in words."""
    groups, could, knows = WORDS[one.by], _moved(one.could), _moved(one.knows)
    what = f"Outcomes differ between {groups}"
    if one.says == "alike":
        return (
            f"{what} less than before ({could}), and the score knows as much of what is left "
            f"({knows}): by {groups} the rows became more alike."
        )
    if one.says == "lost":
        if (one.alike.low or 0.0) > 0:
            return (
                f"{what} less than before ({could}), and the score knows still less of it "
                f"({knows}): by {groups} the rows became more alike, and besides the score lost "
                "information."
            )
        more = "as before" if (one.alike.high or 0.0) >= 0 else "more than before"
        return (
            f"{what} {more} ({could}), and the score knows less of it ({knows}): "
            "the rows did not become more alike; the score lost information."
        )
    return f"The score knows as much of what sets {groups} apart as before ({knows})."


def _moved(sides: tuple[Estimate, Estimate]) -> str:
    before, after = (_small(side.value or 0.0) for side in sides)
    return f"{before} to {after}"


def _small(value: float) -> str:
    """A covariance: of rare outcomes it is far below what three decimals show."""
    text = f"{value:.3f}" if not value or abs(value) >= 0.001 else f"{value:.5f}"
    return text.replace("-", "−")
