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
    sides = rng.integers(0, 30, (2, len(group)))
    rows = rng.integers(0, 9, (2, GROUPS, 2, BANDS, FOLDS)).astype(float)
    rows[..., 7] = 0
    bands = np.arange(BINS) * BANDS // BINS
    shares = FoldShares.of(rows, bands, group, window, score_bin)
    keys = [("", str(n)) for n in range(GROUPS)]
    none = np.full(len(group), -1)
    small = Grouping("g", keys, group, window, none, score_bin, *sides, BINS, shares)
    parts = rows / rows.sum(axis=-1, keepdims=True)
    spread = [
        np.concatenate([side * parts[outcome, group, window, bands[score_bin], f] for f in folds])
        for folds in [range(FOLDS)]
        for outcome, side in ((1, sides[0]), (0, sides[1]))
    ]
    index = [np.tile(values, FOLDS) for values in (group, window)]
    fold = np.repeat(np.arange(FOLDS), len(group))
    large = Grouping("g", keys, *index, fold, np.tile(score_bin, FOLDS), *spread, BINS)
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
    small, large = both
    weights = row_weights(large.replicates())
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
