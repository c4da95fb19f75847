"""A robot's rows, left out: held to scikit-learn's AUC of the others."""

from dataclasses import replace
from pathlib import Path

import ibis
import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.flooded import flooded
from investigate.analyses.verdict import verdict
from investigate.log import count
from investigate.log.floods import floods

pytestmark = pytest.mark.slow

BOT = "robot zqx"


def log(rows: int = 8_000) -> pd.DataFrame:
    """Scores that know as much as ever, and a robot that sends a quarter of the incident's rows."""
    rng = np.random.default_rng(5)
    frame = made.platform(5, rows)[["time", "outcome", "score", "student"]]
    frame["student"] = frame["student"].astype(str)
    now = np.flatnonzero(frame["time"] >= "2024-02-10")
    robot = frame.iloc[rng.choice(now, len(now) // 3)].copy()
    robot["student"], robot["outcome"] = BOT, 1
    robot["score"] = rng.uniform(0, 0.2, len(robot)) + 1e-9
    return pd.concat([frame, robot], ignore_index=True)


@pytest.mark.slow
def test_one_cluster_that_carries_the_fall_is_told_without_its_id(tmp_path: Path) -> None:
    frame = log()
    frame.to_parquet(tmp_path / "log.parquet")
    question = made.question(
        str(tmp_path / "log.parquet"), cohorts=[],
        columns={"time": "time", "outcome": "outcome", "score": "score", "cluster": "student"},
    )  # fmt: skip
    counts = count(question)
    (suspect,) = flooded(counts, question)
    areas = {
        kept: [
            roc_auc_score(own["outcome"], own["score"])
            for _, own in frame[frame["student"].ne(BOT) | kept].groupby(
                lambda row: frame["time"][row] >= pd.Timestamp("2024-02-10", tz="UTC")
            )
        ]
        for kept in (True, False)
    }
    lost, left = (areas[kept][0] - areas[kept][1] for kept in (True, False))
    assert suspect.points.value == pytest.approx(lost - left, abs=1e-3)
    assert f"{areas[False][1]:.3f}" in suspect.evidence
    assert "One cluster has 25% of the incident's rows and 0%" in suspect.evidence
    found = verdict(counts, question)
    assert found.detail["verdict"]["kind"] == "flood"
    assert "zqx" not in str(found) + str(counts.meta) + str(counts.texts())


def scored_rows(codes: np.ndarray) -> ibis.Table:
    """Rows of clusters ``codes``, the first half of them in the baseline."""
    at = np.arange(len(codes))
    return ibis.memtable(
        {
            "cluster": codes, "window": 2 * at // len(codes), "fold": codes % 32,
            "bin": at % 7, "outcome": at % 2, "scored": np.ones(len(codes), bool),
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("clusters", "share", "flooding"),
    [(100, 0.3, 1), (100, 0.04, 0), (5, 0.3, 0)],
    ids=["floods", "small", "one of few"],
)
def test_a_flood_is_large_new_and_unlike_its_peers(
    clusters: int, share: float, flooding: int
) -> None:
    rows = 2_000
    codes = np.arange(2 * rows) % clusters + 1
    codes[rows : rows + int(share * rows)] = 0
    found = floods(scored_rows(codes), 10)
    assert len(found) == flooding
    for one in found:
        assert set(one["window"]) == {1}
        assert sum(one["positives"]) + sum(one["negatives"]) == int(share * rows)


@pytest.mark.parametrize(
    ("before", "now", "flooding"),
    [
        ([], [50] * 6, 6),
        # Heavy ones were there before, too, though others; twenty are a crowd; six are few rows.
        ([50] * 6, [50] * 6, 0),
        ([], [15] * 20, 0),
        ([], [15] * 6, 0),
    ],
    ids=["a few", "in both", "many", "small"],
)
def test_a_few_clusters_may_flood_together(
    before: list[int], now: list[int], flooding: int
) -> None:
    rows = 2_000
    codes = np.arange(2 * rows) % 400
    for window, sizes in enumerate((before, now)):
        heavy = np.repeat(1_000 * (window + 1) + np.arange(len(sizes)), sizes)
        codes[window * rows : window * rows + len(heavy)] = heavy
    found = floods(scored_rows(codes), 10)
    assert len(found) == flooding
    assert all(sum(one["positives"]) + sum(one["negatives"]) == 50 for one in found)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("broken", [True, False])
def test_what_a_flood_does_not_explain_is_said_with_where_it_was(broken: bool) -> None:
    rng = np.random.default_rng(3)
    question = made.question(
        cohorts=["channel"],
        columns={"time": "time", "outcome": "outcome", "score": "score", "cluster": "who"},
    )
    rows = 4_000
    day = rng.uniform(0, made.DAYS, rows)
    score, now = rng.uniform(0.02, 0.98, rows).round(2), day >= made.BASELINE_DAYS
    channel = rng.choice(["app", "web"], rows)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": (rng.random(rows) < score**2).astype(int),
        "score": np.where(now & (channel == "app") & broken, 1 - score, score),
        "channel": channel,
        "who": rng.integers(0, 400, rows).astype(str),
    })  # fmt: skip
    robot = frame[now].iloc[:250].assign(who=BOT, outcome=1, score=0.01, channel="web")
    counts = plain.count(pd.concat([frame, robot]), question)
    bin = int(np.searchsorted(counts.bins["high"], 0.01))
    flood = {"window": [1], "fold": [plain.fold(BOT)], "bin": [bin]}
    meta = counts.meta | {"floods": [flood | {"positives": [250], "negatives": [0]}]}
    (suspect,) = flooded(replace(counts, meta=meta), question)
    areas = [roc_auc_score(own["outcome"], own["score"]) for _, own in frame.groupby(now)]
    left = f"does not explain the fall that is left, {areas[0] - areas[1]:.3f} ["
    assert (left in suspect.evidence) is broken
    assert ("Within channel app it fell by itself" in suspect.evidence) is broken
