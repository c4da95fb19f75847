"""The audit of one group tells items that became alike from scores that lost what they knew."""

import numpy as np
import pandas as pd
import pytest

from investigate.analyses.suspects.item_signal import item_signal

ITEMS, ROWS = 60, 40


def items(effect: float, knows: float, seed: int = 1) -> pd.DataFrame:
    """Counts by item: in the incident items differ `effect` times, scores know `knows` of that."""
    rng = np.random.default_rng(seed)
    easy = rng.normal(0, 1, ITEMS)
    rows = []
    for window, (wide, known) in enumerate([(1.0, 1.0), (effect, knows)]):
        for half in (0, 1):
            own = (easy * wide)[:, None] + np.zeros((ITEMS, ROWS))
            right = rng.random(own.shape) < 1 / (1 + np.exp(-own))
            bins = np.round(500 + 100 * (known * own + rng.normal(0, 0.5, own.shape)))
            rows += [
                {"item": f"i{k}", "window": window, "half": half, "rows": ROWS,
                 "positives": int(right[k].sum()), "bins": int(bins[k].sum())}
                for k in range(ITEMS)
            ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("effect", "knows", "says"),
    [(1.0, 1.0, None), (1.0, 0.3, "lost"), (0.3, 1.0, "alike"), (0.5, 0.1, "lost")],
)
def test_scores_that_lost_what_they_knew_and_items_that_became_alike(
    effect: float, knows: float, says: str | None
) -> None:
    assert item_signal(items(effect, knows), 0.95) == says


def test_few_items_and_items_counted_together_tell_nothing() -> None:
    table = items(1.0, 0.2)
    assert item_signal(table[table["item"].isin(["i1", "i2", "i3"])], 0.95) is None
    assert item_signal(table.assign(item="(other)"), 0.95) is None
