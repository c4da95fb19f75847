"""Folds that hold parts of entries: as if each fold's part were an entry of its own."""

import numpy as np
import pytest

from investigate.analyses.contributions import by_group, common, row_weights
from investigate.analyses.mechanism import cells_in
from investigate.analyses.pairs import pair_terms
from investigate.counts.fold_shares import FoldShares
from investigate.counts.grouping import Grouping
from investigate.counts.table import FOLDS

BINS, GROUPS, BANDS = 60, 3, 5


@pytest.fixture(scope="module")
def both() -> tuple[Grouping, Grouping]:
    """Entries with shares, and the same with an entry for each fold."""
    rng = np.random.default_rng(3)
    group, window, score_bin = (
        a.ravel() for a in np.meshgrid(range(GROUPS), (0, 1), range(BINS), indexing="ij")
    )
    bands = np.arange(BINS) * BANDS // BINS
    # Whole rows by fold; no row is in fold 7.
    exact = rng.integers(0, 3, (2, len(group), FOLDS))
    exact[..., 7] = 0
    rows, sums = np.zeros((2, 2, GROUPS, 2, BANDS, FOLDS))
    for outcome in (0, 1):
        at = group, window, bands[score_bin]
        np.add.at(rows[outcome], at, exact[outcome])
        np.add.at(sums[outcome], at, exact[outcome] * score_bin[:, None])
    sides = exact.sum(axis=-1)
    shares = FoldShares.of(rows, sums, bands, (group, window, score_bin), *sides)
    keys = [("", str(n)) for n in range(GROUPS)]
    none = np.full(len(group), -1)
    whole = sides[1], sides[0]
    small = Grouping("g", keys, group, window, none, score_bin, *whole, BINS, shares)
    # By hand: in each band the least-squares line through what a fold holds.
    spread = np.zeros((2, FOLDS, len(group)))
    for outcome, g, w, band in np.ndindex(2, GROUPS, 2, BANDS):
        own = np.flatnonzero((group == g) & (window == w) & (bands[score_bin] == band))
        n, x = sides[outcome, own], score_bin[own]
        design = np.stack([np.ones(len(x)), x], axis=1)
        normal = np.linalg.inv(design.T @ (n[:, None] * design))
        given = np.stack([rows[outcome, g, w, band], sums[outcome, g, w, band]])
        spread[outcome][:, own] = (n[:, None] * design @ normal @ given).T
    index = [np.tile(values, FOLDS) for values in (group, window)]
    fold, bins = np.repeat(np.arange(FOLDS), len(group)), np.tile(score_bin, FOLDS)
    there = fold != 7
    arrays = [*index, fold, bins, spread[1].ravel(), spread[0].ravel()]
    large = Grouping("g", keys, *(values[there] for values in arrays), BINS)
    return small, large


def test_replicates_of_a_group_leave_each_fold_out(both: tuple[Grouping, Grouping]) -> None:
    for group in range(GROUPS):
        small, large = (own.replicates(group) for own in both)
        for name in ("positives", "negatives", "bins"):
            np.testing.assert_allclose(getattr(small, name), getattr(large, name), atol=1e-9)
        assert small.used.tolist() == [fold != 7 for fold in range(FOLDS)]
        assert small.folds(0).tolist() == small.used.tolist()


@pytest.mark.parametrize("most", [BINS, 7])
def test_every_reader_finds_the_same(both: tuple[Grouping, Grouping], most: int) -> None:
    weights = row_weights(both[1].replicates())
    # Bins that are merged hold parts of two bands.
    places = np.arange(BINS) * most // BINS
    weights = weights[..., np.searchsorted(places, np.arange(most))]
    one, other = (own.onto(places) for own in both)
    np.testing.assert_allclose(by_group(one, weights), by_group(other, weights), atol=1e-12)
    for ours, theirs in zip(common(one, weights), common(other, weights), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    for without in (None, 0, 7, 31):
        np.testing.assert_allclose(pair_terms(one, without), pair_terms(other, without), atol=1e-12)
        for ours, theirs in zip(
            cells_in(one).counted(without), cells_in(other).counted(without), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, atol=1e-9)
