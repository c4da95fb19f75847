"""The day of a change, from all that the rows around it say.

A series of AUC dates a change by one number a bucket. Its rows say more: what outcome follows a
score (two logistic curves, before and after) and how often each score occurs (bands of scores, and
single ones that surely became more or less frequent). The two multiply to the likelihood of the
rows, so the logarithms of their ratios add up; the date is where the sum from there on is largest.
A bucket weighs by its rows, one of a single class too, and one without rows says nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

NEAR = 28
"""Buckets with rows on either side that say what was before and after: a log drifts."""
FEWEST_ROWS = 1_000
"""Where buckets have few rows, so many more of them say it that both sides have these many rows: a
curve of two hundred outcomes is too uncertain to tell days apart."""
SURE = 3.0
"""A single bin became more or less frequent than its band when its log ratio is so many standard
errors off that of the band."""
BANDS = 12
"""Bands of as many rows each by which the scores' distribution is compared."""
MOST = 4.0
"""What one row can say at most, in natural logarithms, so that no handful decides."""
THIN = 0.1
"""A bucket with less than this part of the usual rows takes no date and says nothing: a handful of
rows may be those of one person. It belongs to the interval of the bucket after it."""
FEWEST = 3
"""Buckets with rows in a slide, and on either side of it."""
STRONG = 10.0
"""By how much more than its parameter costs a slide must lower the information criterion (Kass &
Raftery 1995: very strong evidence), as rows are less independent than they seem."""
STEPS = 48
"""Shares between none and all that a slide is reckoned with."""
_ROUNDS = 4


@dataclass(frozen=True)
class Dated:
    """First bucket of the new level and its interval, inclusive; indices of buckets with rows.

    ``reached``: the first bucket that is wholly at the new level where the change went on little
    by little, else `None`.
    """

    index: int
    low: int
    high: int
    reached: int | None = None


def nearest(
    positives: NDArray[np.int64],
    negatives: NDArray[np.int64],
    stretch: tuple[int, int, int],
    candidates: tuple[int, int],
    confidence: float,
    slides: bool = True,
    asked_for: int | None = None,
) -> Dated:
    """The likeliest first bucket of a change among `candidates` (first, last; inclusive).

    `positives`, `negatives`: (n, bins) by bucket with rows and score bin. `stretch`: begin, split
    and end of the two levels, as a first guess. The interval holds `confidence` of the likelihood,
    which is divided by how much more buckets vary than independent rows would. What is before and
    after is learnt twice: where rows alone put the change, and where `asked_for` is counted in. The
    two likelihoods count alike, since either may take a drift of the log for the change.

    With `slides` a change that more and more rows share is separated from a sudden one.

    `asked_for`: where the question says that it began. It is as likely beforehand as all other
    candidates together, and near ones are likelier than far ones, so that rows that hardly tell
    days apart leave it there, also where it has too few rows to say anything; the interval is that
    of the rows alone.
    """
    begin, split, end = stretch
    first, last = max(candidates[0], begin + 1), min(candidates[1], end - 1)
    if first > last:
        return Dated(split, split, split)
    rows = (positives + negatives).sum(axis=1)
    thin = rows < THIN * np.median(rows[begin:end])
    few = thin[first : last + 1]
    if few.all():
        return Dated(split, split, split)
    split = min(max(split, first), last)
    beforehand = _beforehand(few, None if asked_for is None else asked_for - first)
    by_part = [
        _likely(positives, negatives, (begin, split, end), few, first, odds)
        for odds in (beforehand, np.zeros(len(few)))
    ]
    likely = np.logaddexp(*(one - np.logaddexp.reduce(one) for one in by_part))
    found = first + int((likely + beforehand).argmax())
    if slides and (slid := _slid(positives, negatives, (begin, split, end), confidence)):
        return slid
    low, high = _held(likely, confidence)
    low, high = min(first + low, found), max(first + high, found)
    while low > begin + 1 and thin[low - 1]:
        low -= 1
    if asked_for is not None and low <= asked_for < found and thin[asked_for:found].all():
        found = asked_for
    return Dated(found, low, high)


def _likely(
    positives: NDArray[np.int64],
    negatives: NDArray[np.int64],
    stretch: tuple[int, int, int],
    few: NDArray[np.bool_],
    first: int,
    beforehand: Array,
) -> Array:
    """Log likelihood of the candidates from `first` on (but for a constant), -inf where `few`.

    What is before and after is learnt at the likeliest of them, by rows and what was `beforehand`.
    """
    begin, split, end = stretch
    rows = (positives + negatives).sum(axis=1)
    for _ in range(_ROUNDS):
        ratios = _LogRatios.of(positives, negatives, *_sides(rows, begin, split, end))
        # From the end backwards: what all buckets from each candidate on say for "after".
        each = ratios.by_bucket(positives, negatives)[first : first + len(few)]
        sums = np.where(few, 0.0, each)[::-1].cumsum()[::-1]
        likely = np.where(few, -np.inf, sums)
        best = first + int((likely + beforehand).argmax())
        if best == split:
            break
        split = best
    return likely


def _beforehand(few: NDArray[np.bool_], place: int | None) -> Array:
    """Log odds of the candidates before rows are looked at, against the one that was asked for.

    Where that bucket has few rows, the next with enough takes its place. All alike without one.
    """
    odds = np.zeros(len(few))
    if place is not None and 0 <= place < len(few):
        later = np.flatnonzero(~few[place:])
        if len(later):
            enough = np.cumsum(~few)
            off = np.abs(enough - enough[place + later[0]]).astype(float)
            # All others together are as likely as it; each the less the more buckets it is off.
            part = np.where(~few & (off > 0), 1 / np.maximum(off, 1), 0)
            odds -= np.where(off > 0, np.log(np.maximum(part.sum(), 1) * np.maximum(off, 1)), 0)
    return odds


def _sides(rows: NDArray[np.int64], begin: int, split: int, end: int) -> tuple[slice, slice]:
    """The buckets on either side of `split` that say what was before and after."""
    left, right = rows[begin:split][::-1].cumsum(), rows[split:end].cumsum()
    early, late = (max(NEAR, int(np.searchsorted(side, FEWEST_ROWS)) + 1) for side in (left, right))
    return slice(max(begin, split - early), split), slice(split, min(end, split + late))


def _held(likely: Array, confidence: float) -> tuple[int, int]:
    """Ends of the smallest set of candidates that holds `confidence` of the likelihood."""
    share = np.exp(likely - likely.max())
    share /= share.sum()
    order = np.argsort(-share, kind="stable")
    held = order[: int(np.searchsorted(share[order].cumsum(), confidence)) + 1]
    return int(held.min()), int(held.max())


def _slid(
    positives: NDArray[np.int64],
    negatives: NDArray[np.int64],
    stretch: tuple[int, int, int],
    confidence: float,
) -> Dated | None:
    """The change as one that a growing share of rows shows, where that is surely the better tale.

    A row is as after the change with a chance that grows from 0 to 1, straight, between two
    buckets; a step is the case in which nothing lies between them. Both are held against the same
    rows of before, and the likelihoods compared.
    """
    begin, split, end = stretch
    start, stop = max(begin, split - NEAR), min(end, split + NEAR)
    early, late = split - (split - start) // 2, split + (stop - split) // 2
    if early - start < FEWEST or stop - late < FEWEST:
        return None
    before, n = slice(start, early), stop - start
    part = np.linspace(0, 1, STEPS + 1)
    best: list[tuple[float, Array]] = []
    for after in (slice(split, stop), slice(late, stop)):
        ratios = _LogRatios.of(positives, negatives, before, after)
        ones, zeros = (
            np.log1p(part[:, None] * np.expm1(ratio)) for ratio in (ratios.ones, ratios.zeros)
        )
        # Not by products of matrices, whose last digit depends on how many threads make them.
        known = np.einsum("ij,kj->ik", positives[start:stop], ones)
        known = (known + np.einsum("ij,kj->ik", negatives[start:stop], zeros)) / ratios.excess
        sums = np.full((n, n), -np.inf)
        place = np.arange(n)
        for i in range(1, n):
            # No rows between: the step. Else the last old bucket is `i`.
            sums[i, i] = known[i:, -1].sum()
            for j in range(i + FEWEST, n):
                share = ((place - i) / (j - i)).clip(0, 1)
                sums[i, j] = known[place, np.rint(share * STEPS).astype(int)].sum()
        best.append((float(np.diag(sums).max()), sums))
    step = max(one for one, _ in best)
    sums = max((sums for _, sums in best), key=lambda sums: float(sums.max()))
    first, reached = (int(i) for i in np.unravel_index(int(sums.argmax()), sums.shape))
    if first == reached or sums.max() - step < (STRONG + np.log(n)) / 2:
        return None
    np.fill_diagonal(sums, -np.inf)
    by_start = sums.max(axis=1)
    low, high = _held(by_start, confidence)
    return Dated(start + first, start + low, start + high, start + reached)


def slides_better(
    positives: NDArray[np.int64],
    negatives: NDArray[np.int64],
    stretch: tuple[int, int],
    step: int,
    slide: tuple[int, int],
) -> bool:
    """Whether rows are likelier by a slide than by a step at bucket `step`.

    `slide`: the last old bucket and the first that is wholly new; `stretch`: begin and end of both
    levels. A series of AUC counts thin days together, and a step within such a block looks like a
    slide.
    """
    (begin, end), (first, reached) = stretch, slide
    before = slice(max(begin, first + 1 - NEAR), first + 1)
    after = slice(reached, min(end, reached + NEAR))
    if before.stop <= before.start or after.stop <= after.start:
        return True
    ratios = _LogRatios.of(positives, negatives, before, after)
    place = np.arange(first + 1, reached)
    shares = ((place - first) / (reached - first), (place >= step).astype(float))
    ones, zeros = (
        [np.log1p(share[:, None] * np.expm1(ratio)) for share in shares]
        for ratio in (ratios.ones, ratios.zeros)
    )
    by_slide, by_step = (
        float((positives[place] * one + negatives[place] * zero).sum())
        for one, zero in zip(ones, zeros, strict=True)
    )
    return by_slide >= by_step


def likelier(
    positives: NDArray[np.int64], negatives: NDArray[np.int64], one: int, other: int
) -> bool:
    """Whether rows are likelier by a step at bucket `one` than by a step at bucket `other`.

    Both are held against the same rows of before, and each has an after of its own.
    """
    rows = (positives + negatives).sum(axis=1)
    before = _sides(rows, 0, min(one, other), len(rows))[0]
    found = []
    for split in (one, other):
        ratios = _LogRatios.of(positives, negatives, before, _sides(rows, 0, split, len(rows))[1])
        later = slice(split, None)
        found.append(
            float((positives[later] * ratios.ones).sum() + (negatives[later] * ratios.zeros).sum())
        )
    return found[0] > found[1]


@dataclass(frozen=True)
class _LogRatios:
    """What one row says for after against before: log likelihood ratios (bins,) by outcome.

    ``excess``: how much more the sums of buckets vary than those of independent rows, at least 1.
    """

    ones: Array
    zeros: Array
    excess: float

    @classmethod
    def of(
        cls,
        positives: NDArray[np.int64],
        negatives: NDArray[np.int64],
        before: slice,
        after: slice,
    ) -> "_LogRatios":
        ones, zeros = _meaning(positives, negatives, before, after)
        often = _frequency(positives + negatives, before, after)
        ones, zeros = ((g + often).clip(-MOST, MOST) for g in (ones, zeros))
        by_bucket = (positives * ones + negatives * zeros).sum(axis=1)
        rows = (positives + negatives).sum(axis=1)
        squares = expected = 0.0
        for side in (before, after):
            total = max(int(rows[side].sum()), 1)
            p, q = (cells[side].sum(axis=0) / total for cells in (positives, negatives))
            mean = p @ ones + q @ zeros
            squares += float(((by_bucket[side] - mean * rows[side]) ** 2).sum())
            expected += float(p @ ones**2 + q @ zeros**2 - mean**2) * total
        return cls(ones, zeros, max(1.0, squares / expected if expected > 0 else 1.0))

    def by_bucket(self, positives: NDArray[np.int64], negatives: NDArray[np.int64]) -> Array:
        return (
            np.asarray((positives * self.ones + negatives * self.zeros).sum(axis=1)) / self.excess
        )


def _meaning(
    positives: NDArray[np.int64], negatives: NDArray[np.int64], before: slice, after: slice
) -> tuple[Array, Array]:
    """Log ratios (bins,) of the chance of a one, and of a zero, at each score."""
    rows = (positives + negatives).sum(axis=0)
    middle = (rows.cumsum() - rows / 2) / max(int(rows.sum()), 1)
    score = special.ndtri(middle.clip(1e-4, 1 - 1e-4))
    design = np.column_stack([np.ones(len(score)), score])
    was, now = (
        design @ _logistic(positives[side].sum(axis=0), negatives[side].sum(axis=0), design)
        for side in (before, after)
    )
    return (
        np.logaddexp(0, -was) - np.logaddexp(0, -now),
        np.logaddexp(0, was) - np.logaddexp(0, now),
    )


def _logistic(positives: Array, negatives: Array, design: Array) -> Array:
    """Coefficients of a logistic regression of outcomes by bin, with a weak prior."""
    rows, found = positives + negatives, np.zeros(design.shape[1])
    for _ in range(25):
        rate = 1 / (1 + np.exp(-(design @ found).clip(-30, 30)))
        hessian = (design.T * (rows * rate * (1 - rate))) @ design + np.eye(len(found))
        step = np.linalg.solve(hessian, design.T @ (positives - rows * rate) - found)
        found = found + step.clip(-2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(found)


def _frequency(rows: NDArray[np.int64], before: slice, after: slice) -> Array:
    """Log ratio (bins,) of how often each bin occurs: by bands of scores, and of sure single bins.

    The bands' ratios are shrunk by as much as chance alone moves them (empirical Bayes), so that
    scores that keep their distribution say nothing, and narrower ones do although no bin is sure.
    """
    was, now = (rows[side].sum(axis=0).astype(float) for side in (before, after))
    every = was + now
    place = (every.cumsum() - every / 2) / max(float(every.sum()), 1.0)
    band = np.minimum((place * BANDS).astype(int), BANDS - 1)
    early, late = (np.bincount(band, side, BANDS).astype(float) for side in (was, now))
    ratio, error, often = _ratios(early, late)
    truly = max(0.0, float(often @ (ratio**2 - error**2)))
    smooth = (ratio * truly / (truly + error**2))[band]
    single, unsure, often = _ratios(was, now)
    sure = (often > 0) & (np.abs(single - smooth) > SURE * unsure)
    log_ratio = np.where(sure, single, smooth)
    # What was before must still sum to one when it is multiplied by the ratios.
    weight = was + len(was) / 2 * often
    return np.asarray(
        log_ratio - np.log(float(weight @ np.exp(log_ratio)) / max(float(weight.sum()), 1.0))
    )


def _ratios(was: Array, now: Array) -> tuple[Array, Array, Array]:
    """Log ratio of two lists of counts (n,), its standard error, and the share of each cell."""
    every = was + now
    often, half = every / max(float(every.sum()), 1.0), len(every) / 2
    early, late = ((side + half * often) / (side.sum() + half) for side in (was, now))
    known = often > 0
    ratio = np.zeros(len(every))
    ratio[known] = np.log(late[known] / early[known])
    return ratio, np.sqrt(1 / was.clip(0.5) + 1 / now.clip(0.5)), often
