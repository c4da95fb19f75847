"""Edges of score bins: exact where they can be, fine where they cannot."""

from pathlib import Path

import daywise
import numpy as np
import pandas as pd
import pytest

from investigate import log
from investigate.log.daily.edges import MOST, SHARE
from investigate.question.question import Window


def learnt(folder: Path, score: object, outcome: object) -> tuple[float, ...]:
    frame = pd.DataFrame({"s": score, "y": outcome}).assign(at=daywise.FIRST)
    frame.assign(who="a", land="DE", student=1).to_parquet(folder / "log.parquet")
    watch = daywise.watch(folder / "log.parquet")
    asked = watch.question("made", watch.baseline, Window(start="2024-04-01", end="2024-05-01"))
    with log.reading(asked, "day", log.parts(asked.log)) as read:
        return read.edges()


def test_each_of_few_scores_is_an_edge(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=MOST)
    score = rng.choice(values, 20_000)
    assert learnt(tmp_path, score, rng.integers(0, 2, 20_000)) == tuple(sorted(set(score)))


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["apart", "alike", "ties", "rare"])
def test_no_bin_of_several_scores_holds_much_of_a_class(tmp_path: Path, shape: str) -> None:
    rng = np.random.default_rng(2)
    outcome = (rng.random(60_000) < (0.01 if shape == "rare" else 0.3)).astype(int)
    score = rng.normal(size=60_000) + (0 if shape == "alike" else 1.5) * outcome
    if shape == "ties":
        score = np.where(rng.random(60_000) < 0.4, 0.25, score)
    edges = learnt(tmp_path, score, outcome)
    assert list(edges) == sorted(set(edges))
    assert len(edges) < 2 * MOST
    place = np.searchsorted(edges, score, side="right") - 1
    frame = pd.DataFrame({"bin": place, "score": score, "y": outcome})
    several = frame.groupby("bin")["score"].nunique() > 1
    for y in (0, 1):
        share = frame[frame["y"] == y].groupby("bin").size() / (outcome == y).sum()
        assert share[several.reindex(share.index)].max() <= 1 / SHARE
