"""A score's place among edges is that of numpy's binary search, whatever the scale."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from investigate.log import places as module
from investigate.log.places import placed

pytestmark = pytest.mark.quick_cases(1)

SHAPES: dict[str, Any] = {
    "probabilities": lambda rng: rng.random(3_000),
    "heavy tails": lambda rng: rng.standard_cauchy(3_000) * 1e6,
    "tiny": lambda rng: np.exp(rng.normal(-40, 20, 3_000)),
    "huge": lambda rng: np.clip(rng.normal(size=3_000), -1.7, 1.7) * 1e308,
    "steps": lambda rng: rng.integers(0, 9, 3_000) / 8,
}


@pytest.mark.quick_cases(8)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("edges", [0, 2, 300])
@pytest.mark.parametrize("crowded", [module.CROWDED, 0])
def test_places_are_those_of_binary_search(
    load: Any, monkeypatch: pytest.MonkeyPatch, shape: str, edges: int, crowded: int
) -> None:
    monkeypatch.setattr(module, "CROWDED", crowded)
    rng = np.random.default_rng(5)
    score = SHAPES[shape](rng)
    chosen = np.unique(rng.choice(score, edges, replace=False))
    values = rng.integers(0, 99, len(chosen) + 1)
    frame = pd.DataFrame({"score": [*score.tolist(), None], "id": range(len(score) + 1)})
    known = {"value": values, "place": np.arange(len(values))}
    rows = placed(load(frame), chosen, known).to_pandas().sort_values("id")
    assert rows["id"].tolist() == frame["id"].tolist()
    assert rows[["value", "place"]].iloc[-1].isna().all()
    expected = np.searchsorted(chosen, score, side="right")
    assert rows["place"].iloc[:-1].tolist() == expected.tolist()
    assert rows["value"].iloc[:-1].tolist() == values[expected].tolist()
    everyone = placed(load(frame.iloc[:-1]), chosen, known, scored=True).to_pandas()
    assert everyone.sort_values("id")["place"].tolist() == expected.tolist()
    assert everyone.sort_values("id")["value"].tolist() == values[expected].tolist()
