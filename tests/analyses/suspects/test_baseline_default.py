"""A baseline that had a default is told, since its AUC is too low to compare with."""

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.baseline_default import baseline_news
from investigate.question import params

QUESTION = params.from_names({
    "case": "repaired", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"},
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "before", "now", "told"),
    [
        (100, 0.2, 0.0, True),
        (100, 0.2, 0.2, False),
        (100, 0.02, 0.0, False),
        # One level of few is common by itself.
        (10, 0.2, 0.0, False),
    ],
)
def test_a_score_that_only_the_baseline_repeats_is_told(
    levels: int, before: float, now: float, told: bool
) -> None:
    rng = np.random.default_rng(6)
    day = np.sort(rng.uniform(0, 30, 3_000))
    fixed = rng.random(len(day)) < np.where(day < 20, before, now)
    score = np.where(fixed, 0.5, (rng.integers(0, levels, len(day)) + 0.25) / levels)
    counts = plain.count(
        pd.DataFrame({
            "time": pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D"),
            "outcome": rng.integers(0, 2, len(day)), "score": score,
        }),
        QUESTION,
    )  # fmt: skip
    news = baseline_news(counts)
    share = fixed[day < 20].mean()
    expected = f" Look at the baseline: {share:.0%} of its rows have the score 0.5, 0% of the"
    assert news.startswith(expected) if told else news == ""
