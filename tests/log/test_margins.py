"""Both margins hold exactly, cells are few, and intervals are those of all folds in every bin."""

import numpy as np
import pandas as pd
import pytest

from investigate.analyses.contributions import by_group, row_weights
from investigate.counts.grouping import Grouping
from investigate.counts.jackknife import standard_error
from investigate.counts.table import FOLDS
from investigate.log.margins import dealt
from investigate.log.tables import FOLD_BANDS

BINS, BANDS, GROUPS = 400, FOLD_BANDS, 6
BAND = np.arange(BINS) * BANDS // BINS
KEYS = ["group", "window"]
SIDES = ["positives", "negatives"]


def cells(seed: int, rows: int, clusters: int) -> pd.DataFrame:
    """Rows of clusters that differ, by group, window, fold and bin: every fold in every bin."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, clusters, rows)
    better = rng.normal(0, 0.7, clusters)[cluster]
    latent = rng.normal(size=rows)
    window = rng.integers(0, 2, rows)
    strength = np.where(window == 1, 0.6, 1.2)
    outcome = rng.random(rows) < 1 / (1 + np.exp(-(strength * latent + better)))
    place = np.clip(((latent + 3) / 6 * BINS).astype(int), 0, BINS - 1)
    frame = pd.DataFrame(
        {
            "group": rng.choice(GROUPS, rows, p=[0.4, 0.3, 0.15, 0.1, 0.04, 0.01]),
            "window": window,
            "fold": rng.integers(0, FOLDS, clusters)[cluster],
            "bin": place,
            "positives": outcome.astype(int),
            "negatives": 1 - outcome.astype(int),
        }
    )
    return frame.groupby([*KEYS, "fold", "bin"], as_index=False)[SIDES].sum()


def margins(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    banded = frame.assign(band=BAND[frame["bin"]])
    return (
        frame.groupby([*KEYS, "bin"], as_index=False)[SIDES].sum(),
        banded.groupby([*KEYS, "band", "fold"], as_index=False)[SIDES].sum(),
    )


def arrays(frame: pd.DataFrame) -> Grouping:
    names = ["group", "window", "fold", "bin", *SIDES]
    keys = [("", str(n)) for n in range(GROUPS)]
    return Grouping("g", keys, *(frame[name].to_numpy(np.int64) for name in names), BINS)


@pytest.mark.parametrize("rows", [40, 3_000, 200_000])
def test_margins_hold_and_cells_are_few(rows: int) -> None:
    frame = cells(1, rows, 500)
    by_bin, by_fold = margins(frame)
    shuffled = [side.sample(frac=1, random_state=1) for side in (by_bin, by_fold)]
    found = dealt(*shuffled, KEYS, BAND)
    assert list(found) == [*KEYS, "fold", "bin", *SIDES]
    assert (found[SIDES].sum(axis=1) > 0).all()
    order = [*KEYS, "fold", "bin"]
    assert found.equals(found.sort_values(order, ignore_index=True))
    assert not found.duplicated(order).any()
    for given, told in zip(margins(found), (by_bin, by_fold), strict=True):
        pd.testing.assert_frame_equal(given, told, check_dtype=False)
    assert len(found) <= 2 * (len(by_bin) + len(by_fold))


@pytest.mark.slow
def test_nothing_gives_nothing() -> None:
    by_bin, by_fold = margins(cells(1, 40, 5).iloc[:0])
    assert dealt(by_bin, by_fold, KEYS, BAND).empty


@pytest.mark.slow
def test_intervals_are_those_of_every_fold_in_every_bin() -> None:
    frame = cells(2, 400_000, 2_000)
    found = dealt(*margins(frame), KEYS, BAND)
    assert len(found) < len(frame) / 2
    exact, small = arrays(frame), arrays(found)
    weights = row_weights(exact.replicates())
    parts = [by_group(side, weights).T for side in (small, exact)]
    np.testing.assert_allclose(parts[0][:, 0], parts[1][:, 0], atol=1e-15)
    ours, theirs = (np.array([float(standard_error(own)[0]) for own in side]) for side in parts)
    np.testing.assert_allclose(ours, theirs, rtol=0.03)
    assert np.sqrt(np.mean((ours / theirs - 1) ** 2)) < 0.02
