"""A log of 40 items of which eight drift, for tests of what items do."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from investigate.counts.table import Counts
from investigate.log import count
from investigate.question import params
from investigate.question.question import Question

ROWS, ITEMS, DRIFTING = 24_000, 40, 8
START, ONSET = pd.Timestamp("2025-03-01"), pd.Timestamp("2025-03-31")


def frame() -> pd.DataFrame:
    """Items that half of the rows of each system have; the first eight became harder or easier."""
    rng = np.random.default_rng(8)
    item, known = rng.integers(0, ITEMS, ROWS), rng.normal(0, 1.3, ROWS)
    seconds = np.sort(rng.integers(0, 60 * 86_400, ROWS))
    times = START + pd.to_timedelta(seconds, "s")
    difficulty = rng.normal(0, 1, ITEMS)
    shift = np.where(np.arange(ITEMS) < DRIFTING, np.where(np.arange(ITEMS) % 2, 1.5, -1.5), 0)
    inner = known - difficulty[item]
    truth = inner - shift[item] * (times >= ONSET)
    right = rng.random(ROWS) < 1 / (1 + np.exp(-truth))
    rows = pd.DataFrame({"time": times, "y": right.astype(int), "item": [f"i{i:02}" for i in item]})
    rows["score"] = (1 / (1 + np.exp(-inner))).round(4)
    rows["system"] = rng.choice(["a", "b"], ROWS)
    # One item of which one system never had the right difficulty.
    odd = (rows["item"] == "i20") & (rows["system"] == "b")
    rows.loc[odd, "y"] = (rng.random(odd.sum()) < rows.loc[odd, "score"] ** 4).astype(int)
    return rows


@cache
def asked(named: bool = True, by_item: bool = False) -> tuple[Counts, Question]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        frame().assign(exercise=frame()["item"]).to_parquet(path, index=False)
        columns = {"time": "time", "outcome": "y", "score": "score", "system": "system"}
        question = params.from_names(
            {
                "case": "drift",
                "log": str(path),
                "columns": {**columns, "item": "item"} if named else columns,
                "cohorts": ["exercise"] if by_item else [],
                "baseline": {"start": "2025-03-01", "end": "2025-03-31"},
                "incident": {"start": "2025-03-31", "end": "2025-04-30"},
            }
        )
        return count(question), question
