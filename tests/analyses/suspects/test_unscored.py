"""Missing scores are told: how many, and where, against counts by hand."""

from pathlib import Path

import made
import numpy as np
import pandas as pd
import pytest

from investigate.analyses.suspects.unscored import unscored_news
from investigate.log import count

pytestmark = pytest.mark.slow

ROWS = 4_000


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        ("none", ""),
        # As many as ever are no news.
        ("always", ""),
        ("everywhere", "{:.0%} of the incident's rows have no score, 0% before. AUC"),
        ("web", "{:.0%} of the incident's rows have no score, 0% before; 100% of these have "
                "channel web. AUC"),
    ],
)  # fmt: skip
def test_rows_without_a_score_are_told_where_they_became_more(
    lost: str, found: str, tmp_path: Path
) -> None:
    rng = np.random.default_rng(4)
    start = pd.Timestamp("2025-03-01")
    at = start + pd.to_timedelta(np.sort(rng.integers(0, 60 * 86_400, ROWS)), unit="s")
    x, channel = rng.normal(0, 2, ROWS), rng.choice(["web", "app", "shop"], ROWS)
    now, half = at >= start + pd.Timedelta(days=45), rng.random(ROWS) < 0.5
    gone = {
        "none": half & False,
        "always": half,
        "everywhere": half & now,
        "web": (channel == "web") & now,
    }[lost]
    frame = pd.DataFrame(
        {
            "at": at,
            "paid": (rng.random(ROWS) < made.logistic(x)).astype(int),
            "score": np.where(gone, np.nan, made.logistic(x)),
            "channel": channel,
        }
    )
    frame.to_csv(tmp_path / "log.csv", index=False)
    question = made.question(
        log=str(tmp_path / "log.csv"),
        columns={"time": "at", "outcome": "paid", "score": "score"},
        cohorts=["channel"],
        baseline={"start": "2025-03-01", "end": "2025-04-15"},
        incident={"start": "2025-04-15", "end": "2025-04-30"},
    )
    text = unscored_news(count(question))
    assert found.format(gone[now].mean()) in text
    assert bool(text) == bool(found)
