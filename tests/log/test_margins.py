"""Both margins hold exactly, cells are few, and what a group is credited with lies near by."""

import numpy as np
import pandas as pd
import pytest

from investigate.log.margins import dealt

BINS, BANDS, GROUPS = 400, 50, 30
BAND = np.arange(BINS) * BANDS // BINS
SIDES = ["positives", "negatives"]


def cells(rows: int) -> pd.DataFrame:
    """Rows of groups, by window, group and bin."""
    rng = np.random.default_rng(1)
    latent, window = rng.normal(size=rows), rng.integers(0, 2, rows)
    outcome = rng.random(rows) < 1 / (1 + np.exp(-(1 + window) * latent))
    frame = pd.DataFrame(
        {
            "window": window,
            "group": rng.integers(0, GROUPS, rows),
            "bin": np.clip(((latent + 3) / 6 * BINS).astype(int), 0, BINS - 1),
            "positives": outcome.astype(int),
            "negatives": 1 - outcome.astype(int),
        }
    )
    return frame.groupby(["window", "group", "bin"], as_index=False)[SIDES].sum()


def margins(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    banded = frame.assign(band=BAND[frame["bin"]])
    return (
        frame.groupby(["window", "bin"], as_index=False)[SIDES].sum(),
        banded.groupby(["window", "band", "group"], as_index=False)[SIDES].sum(),
    )


@pytest.mark.parametrize("rows", [40, 30_000])
def test_margins_hold_and_cells_are_few(rows: int) -> None:
    by_bin, by_band = margins(cells(rows))
    shuffled = [side.sample(frac=1, random_state=1) for side in (by_bin, by_band)]
    found = dealt(*shuffled, BAND)
    order = ["window", "group", "bin"]
    assert (found[SIDES].sum(axis=1) > 0).all()
    assert found.equals(found.sort_values(order, ignore_index=True))
    assert not found.duplicated(order).any()
    for given, margin in zip((by_bin, by_band), margins(found), strict=True):
        pd.testing.assert_frame_equal(given, margin, check_dtype=False)
    assert len(found) <= 2 * (len(by_bin) + len(by_band))


def test_nothing_gives_nothing() -> None:
    assert dealt(*margins(cells(40).iloc[:0]), BAND).empty
