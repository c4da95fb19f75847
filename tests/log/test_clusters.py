"""What a row's cluster says of it, on rows counted out by hand and against pandas."""

from typing import Any

import messy
import numpy as np
import pandas as pd
import pytest

from investigate.log.clusters import with_clusters
from investigate.question.question import Question

START = pd.Timestamp("2024-03-01", tz="UTC")
CLUSTERED = messy.question("x")
UNCLUSTERED = messy.question("x", columns=messy.columns("item", "cluster"))


def rows(*given: dict[str, Any]) -> pd.DataFrame:
    """Rows in the order given."""
    alike = {"window": 0, "reason": None, "time": START, "cluster": "c"}
    frame = pd.DataFrame([{"id": i, **alike, **row} for i, row in enumerate(given)])
    return frame.astype({"reason": "Int8", "time": "datetime64[us, UTC]", "cluster": "str"})


def seasoned(load: Any, question: Question, frame: pd.DataFrame) -> list[bool]:
    found = with_clusters(load(frame), question).to_pandas()
    return found.sort_values("id")["seasoned"].tolist()


def test_a_cluster_is_seasoned_after_five_earlier_rows(load: Any) -> None:
    times = [START + pd.Timedelta(days=d) for d in (0, 1, 2, 3, 4, 4, 5, 6)]
    frame = rows(*({"time": time} for time in times))
    assert seasoned(load, CLUSTERED, frame) == [False] * 6 + [True] * 2
    assert seasoned(load, UNCLUSTERED, frame) == [True] * 8


@pytest.mark.slow
def test_rows_without_score_or_window_are_earlier_rows_too(load: Any) -> None:
    times = [START + pd.Timedelta(days=d) for d in range(6)]
    frame = rows(*({"time": time, "window": -1, "reason": 2} for time in times))
    assert seasoned(load, CLUSTERED, frame) == [False] * 5 + [True]
    frame.loc[0, "time"] = pd.NaT
    assert seasoned(load, CLUSTERED, frame) == [False] * 6
    frame["cluster"] = None
    assert seasoned(load, CLUSTERED, frame.astype({"cluster": "str"})) == [False] * 6


@pytest.mark.slow
def test_rows_before_the_windows_season_as_rows_in_them_do(load: Any) -> None:
    rng = np.random.default_rng(3)
    hours = rng.integers(-24 * 20, 24 * 40, 2_000)
    frame = rows(*({"time": START + pd.Timedelta(hours=int(h))} for h in hours))
    frame["cluster"] = [f"c{n}" for n in rng.integers(0, 250, len(frame))]
    frame["window"] = np.select([hours < 0, hours < 24 * 20], [-1, 0], 1)
    frame.loc[::7, "reason"] = 2
    times = frame.sort_values("time").groupby("cluster")["time"]
    fifth = times.nth(4).rename("fifth")
    after = frame["cluster"].map(frame.loc[fifth.index].set_index("cluster")["time"])
    expected = (frame["time"] > after)[frame["window"] >= 0]
    found = with_clusters(load(frame), CLUSTERED).to_pandas().sort_values("id")
    inside = (found["window"] >= 0).to_numpy()
    assert 0.2 < expected.mean() < 0.9
    assert found["seasoned"].to_numpy()[inside].tolist() == expected.tolist()
    scored = frame[frame["reason"].isna()]
    both = set(scored.loc[scored["window"] == 0, "cluster"])
    both &= set(scored.loc[scored["window"] == 1, "cluster"])
    assert found["returning"].tolist() == frame["cluster"].isin(both).tolist()
