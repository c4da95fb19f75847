"""When writes are undone from, where no freeze is asked for: those that only incident rows had."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.replay.arms import arms
from investigate.analyses.verdict import verdict
from investigate.counts.table import Counts
from investigate.log.counting import count
from investigate.question import params
from investigate.question.question import Question

pytestmark = pytest.mark.slow

START, FREEZE, DAYS = pd.Timestamp("2024-03-01", tz="UTC"), pd.Timestamp("2024-03-21", tz="UTC"), 30
ITEMS, DAILY = 12, 120


def made(written: pd.Timestamp, gone: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows that tell their day alone; values that one system scrambled at ``written``.

    ``gone`` days before the incident have no rows.
    """
    r = np.random.default_rng(8)
    items = [f"i{k:02}" for k in range(ITEMS)]
    difficulty = np.linspace(-2, 2, ITEMS)
    first = pd.DataFrame({
        "time": START - pd.Timedelta(days=1), "item": items, "system": "a", "difficulty": difficulty
    })  # fmt: skip
    swapped = first.assign(time=written, difficulty=r.permutation(difficulty))
    history = pd.concat([first, swapped], ignore_index=True)
    days = START + pd.to_timedelta(np.arange(DAYS).repeat(DAILY), unit="D")
    log = pd.DataFrame({"time": days, "ability": np.round(r.normal(size=DAYS * DAILY), 3)})
    log["item"] = r.choice(items, len(log))
    log["user"] = r.integers(0, 300, len(log)).astype(str)
    log["system"] = "a"
    true = pd.Series(difficulty, items)
    log["outcome"] = (r.random(len(log)) < _logistic(log, log["item"].map(true))).astype(int)
    values = pd.merge_asof(log, history, on="time", by="item", allow_exact_matches=False)
    log["score"] = _logistic(log, values["difficulty"])
    empty = log["time"].between(FREEZE - pd.Timedelta(days=gone), FREEZE, "left")
    return log[~empty].reset_index(drop=True), history


def _logistic(log: pd.DataFrame, difficulty: pd.Series) -> Any:
    return 1 / (1 + np.exp(-(log["ability"] - difficulty)))


def counted(log: pd.DataFrame, history: pd.DataFrame, **asked: Any) -> tuple[Counts, Question]:
    log.to_parquet("log.parquet", index=False)
    history.to_parquet("history.parquet", index=False)
    question = params.from_names({
        "case": "evening", "log": "log.parquet", "history": "history.parquet",
        "columns": {"time": "time", "outcome": "outcome", "score": "score", "system": "system",
                    "item": "item", "cluster": "user", "ability": "ability"},
        "score_formula": "logistic(ability - difficulty)",
        "baseline": {"start": "2024-03-01", "end": "2024-03-21"},
        "incident": {"start": "2024-03-21", "end": "2024-03-31"},
        **asked,
    })  # fmt: skip
    return count(question, {}, False), question


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_values_of_the_evening_before_are_undone() -> None:
    log, history = made(FREEZE - pd.Timedelta(seconds=1))
    counts, question = counted(log, history)
    meta = counts.meta["replay"]
    assert pd.Timestamp(meta["freeze"]) == FREEZE - pd.Timedelta(days=1)
    assert [pd.Timestamp(meta[end]) for end in ("start", "end")] == [
        FREEZE, FREEZE + pd.Timedelta(days=10),
    ]  # fmt: skip
    # The placebo keeps its rows.
    assert pd.Timestamp(meta["placebo"][0]) == FREEZE - pd.Timedelta(days=10)
    found = arms(counts, "writes")
    assert found is not None
    now = log[log["time"] >= FREEZE]
    before = history[history["time"] < FREEZE - pd.Timedelta(days=1)].set_index("item")
    old = _logistic(now, now["item"].map(before["difficulty"]))
    expected = roc_auc_score(now["outcome"], old)
    assert found.incident[0][0] == pytest.approx(expected, abs=meta["width"])
    assert found.incident[-1][0] < expected - 0.1
    named = verdict(counts, question).detail["verdict"]
    assert (named["kind"], named["system"]) == ("system_fault", "a")


@pytest.mark.parametrize(
    ("written", "gone", "asked"),
    [
        (FREEZE + pd.Timedelta(days=2), 0, {}),
        (FREEZE - pd.Timedelta(seconds=1), 2, {}),
        (FREEZE - pd.Timedelta(seconds=1), 0, {"replay": {"freeze": "2024-03-21"}}),
    ],
    ids=["nothing written in between", "no rows on the day before", "asked for"],
)
def test_else_it_is_the_start_of_the_incident(
    written: pd.Timestamp, gone: int, asked: dict[str, Any]
) -> None:
    counts, _ = counted(*made(written, gone), **asked)
    assert pd.Timestamp(counts.meta["replay"]["freeze"]) == FREEZE
