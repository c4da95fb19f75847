"""A worse model that takes rows over is named where chance alone sends rows to it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses import verdict
from investigate.analyses.suspects.worse_system import successor
from investigate.counts.table import Counts
from investigate.log import count
from investigate.question import params
from investigate.question.question import Question

pytestmark = pytest.mark.slow

ROWS = 16_000


def log(share: float, knows: float = 0.5, sent: str = "by chance") -> pd.DataFrame:
    """Model b serves 6% of the rows, and then a ``share``; its scores know less from the start.

    Rows are ``sent`` to it by chance, or those of one shop for the most part.
    """
    rng = np.random.default_rng(21)
    day = rng.uniform(0, 60, ROWS)
    shop = rng.choice(["n", "s", "w"], ROWS)
    odds = np.where(day >= 40, share, 0.06)
    if sent == "one shop":
        odds = np.where(shop == "w", np.minimum(3 * odds, 0.95), 0.01)
    model = np.where(rng.random(ROWS) < odds, "b", "a")
    inputs = rng.normal(0, 1.3, (2, ROWS))
    known = np.where(model == "b", -1 + knows * inputs[0], -1 + inputs.sum(axis=0))
    return pd.DataFrame({
        "time": pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D"),
        "y": (rng.random(ROWS) < 1 / (1 + np.exp(1 - inputs.sum(axis=0)))).astype(int),
        "score": (1 / (1 + np.exp(-known))).round(5), "model": model, "shop": shop,
        "app": rng.choice(["ios", "web"], ROWS),
    })  # fmt: skip


def counted(frame: pd.DataFrame, cohorts: tuple[str, ...] = ("shop", "app")) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        frame.to_parquet(path, index=False)
        question = params.from_names({
            "case": "roll-out", "log": str(path),
            "columns": {"time": "time", "outcome": "y", "score": "score", "system": "model"},
            "cohorts": list(cohorts),
            "baseline": {"start": "2024-01-01", "end": "2024-02-10"},
            "incident": {"start": "2024-02-10", "end": "2024-03-01"},
        })  # fmt: skip
        return count(question), question


def drop_by_shares(frame: pd.DataFrame) -> float:
    """The baseline's AUC less that of its rows drawn so that models have the incident's shares."""
    now = frame["time"] >= pd.Timestamp("2024-02-10", tz="UTC")
    before = frame[~now]
    weight = frame[now]["model"].value_counts(normalize=True) / before["model"].value_counts(
        normalize=True
    )
    y, score = before["y"], before["score"]
    mixed = roc_auc_score(y, score, sample_weight=before["model"].map(weight))
    return float(roc_auc_score(y, score) - mixed)


@pytest.mark.parametrize("share", [0.4, 0.9])
def test_a_worse_model_that_took_rows_over_is_named_with_the_day(share: float) -> None:
    frame = log(share)
    found: tuple[Counts, Question] = counted(frame)
    assert successor(*found) is not None
    first = verdict(*found).detail["verdict"]
    # Nobody broke a score; and yet it is no all-clear.
    assert (first["kind"], first["system"], first["either"]) == ("population_mix", "b", True)
    assert first["points"] == pytest.approx(drop_by_shares(frame), abs=0.02)
    assert first["onset"] == "2024-02-10"
    assert "Nothing is broken" not in first["sentence"]
    assert "in the same groups they have an AUC of" in first["sentence"]


@pytest.mark.parametrize(
    ("frame", "cohorts"),
    [
        (log(0.4, sent="one shop"), ("shop", "app")),  # its rows may be the harder ones
        (log(0.4), ()),  # nothing says whose rows they are
        (log(0.06), ("shop", "app")),  # it took nothing over
    ],
)
def test_without_evidence_of_its_rows_nothing_is_said_of_a_system(
    frame: pd.DataFrame, cohorts: tuple[str, ...]
) -> None:
    assert successor(*counted(frame, cohorts)) is None


def test_where_both_models_rank_worse_now_it_is_not_the_shares() -> None:
    frame = log(0.4)
    frame["model"] = np.random.default_rng(2).permutation(frame["model"])
    now = frame["time"] >= pd.Timestamp("2024-02-10", tz="UTC")
    # Scores of both know less now: the drop is not that of the one that took rows over.
    frame.loc[now, "score"] = frame.loc[now, "score"] ** 0.1 + np.random.default_rng(3).normal(
        0, 0.1, int(now.sum())
    )
    assert successor(*counted(frame)) is None
