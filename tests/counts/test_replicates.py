"""Counts without each fold, against a plain loop."""

import numpy as np
import pytest
from numpy.typing import NDArray

from investigate.counts.replicates import Replicates, replicates, whole_and_without
from investigate.counts.table import FOLDS

Entries = dict[str, NDArray]


@pytest.fixture
def entries() -> Entries:
    rng = np.random.default_rng(5)
    return {
        "window": rng.integers(0, 2, 200),
        "fold": rng.integers(0, 7, 200),
        "score_bin": rng.integers(0, 5, 200) * 2,
        "positives": rng.integers(0, 4, 200),
        "negatives": rng.integers(0, 4, 200),
    }


def expected(entries: Entries, side: str, w: int, without: int | None, score_bin: int) -> int:
    return sum(
        count
        for window, fold, b, count in zip(
            entries["window"], entries["fold"], entries["score_bin"], entries[side], strict=True
        )
        if window == w and fold != without and b == score_bin
    )


@pytest.mark.parametrize("bins", [None, 12])
def test_whole_and_without_each_fold(entries: Entries, bins: int | None) -> None:
    found = replicates(**entries, bins=bins)
    assert found.bins.tolist() == ([0, 2, 4, 6, 8] if bins is None else list(range(12)))
    for side in ("positives", "negatives"):
        table = getattr(found, side)
        assert table.shape == (2, 1 + FOLDS, len(found.bins))
        for w, r, b in np.ndindex(table.shape):
            without = None if r == 0 else r - 1
            assert table[w, r, b] == expected(entries, side, w, without, found.bins[b])


def test_rows_and_the_folds_that_hold_them(entries: Entries) -> None:
    entries["window"] = (entries["fold"] >= 3).astype(int)
    entries["positives"] += 1
    found = replicates(**entries)
    for w, folds in enumerate(({0, 1, 2}, {3, 4, 5, 6})):
        assert set(np.flatnonzero(found.folds(w))) == folds
        own = entries["window"] == w
        assert found.rows[w] == (entries["positives"] + entries["negatives"])[own].sum()
    assert set(np.flatnonzero(found.used)) == set(range(7))


def test_counts_stay_whole_numbers() -> None:
    # Beyond 2**53 a sum of floats would lose ones; a log has fewer rows, and loses none.
    many = 10**12 + 1
    one = np.array([0])
    found: Replicates = replicates(one, one, one, np.array([many]), np.array([1]))
    assert found.positives.dtype == np.int64
    assert found.positives[0, 0, 0] == many
    assert found.positives[0, 1, 0] == 0


def test_any_axis() -> None:
    table = np.arange(24).reshape(2, 3, 4)
    found = whole_and_without(table, axis=1)
    assert found.shape == (2, 4, 4)
    assert (found[:, 0] == table.sum(axis=1)).all()
    for fold in range(3):
        assert (found[:, 1 + fold] == np.delete(table, fold, axis=1).sum(axis=1)).all()
