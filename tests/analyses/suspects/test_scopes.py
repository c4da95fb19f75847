"""What each group recovers alone, against undoing one group after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.analyses.mechanism import cells_in
from investigate.analyses.suspects.scopes import gain_of, gains_alone
from investigate.counts.grouping import Grouping


def made(seed: int, groups: int, bins: int, entries: int) -> Grouping:
    """Entries at random, in no order; some groups may be in one window alone, or in none."""
    random = np.random.default_rng(seed)

    def ints(high: int, low: int = 0) -> np.ndarray:
        return random.integers(low, high, entries).astype(np.int64)

    window = ints(2)
    window[:2] = 0, 1
    positives, negatives = ints(9), ints(9)
    positives[:2] = negatives[:2] = 3
    return Grouping(
        by="cohort",
        keys=[("", str(k)) for k in range(groups)],
        group=ints(groups),
        window=window,
        fold=ints(32),
        bin=ints(bins),
        positives=positives,
        negatives=negatives,
        bins=bins,
    )


@pytest.mark.slow
@pytest.mark.parametrize("parts", [(1, 1, 0), (1, 0, 0), (0, 1, 1)])
@given(
    seed=st.integers(0, 10**6), groups=st.integers(1, 6), bins=st.integers(2, 40),
    entries=st.integers(8, 300),
)  # fmt: skip
def test_all_groups_at_once_are_each_group_alone(
    parts: tuple[int, int, int], seed: int, groups: int, bins: int, entries: int
) -> None:
    cells = cells_in(made(seed, groups, bins, entries))
    at_once = gains_alone(cells, parts)
    alone = []
    for group in range(groups):
        chosen = np.arange(groups) == group
        alone.append(gain_of(cells, tuple(np.where(chosen, part, 1) for part in parts)))
    np.testing.assert_allclose(at_once, alone, rtol=0, atol=1e-12)
