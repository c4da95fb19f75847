"""A cause undone in one cohort, as rows that another column's groups share with it see it."""

from pathlib import Path
from typing import Any

import made
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.counts.table import Counts
from investigate.log import count

pytestmark = pytest.mark.slow

BARE = {"time": "time", "outcome": "outcome", "score": "score", "cluster": "student"}
IOS = ("", "ios")


def log_of(fault: str, seed: int = 0, rows: int = 20_000) -> pd.DataFrame:
    """In the incident rows of ios have a fault, but on tablets; phones are most of ios."""
    rng = np.random.default_rng(seed)
    log = made.platform(seed, rows)
    log["channel"] = rng.choice(["web", "ios"], len(log), p=[0.6, 0.4])
    phone = rng.random(len(log)) < np.where(log["channel"] == "ios", 0.75, 0.3)
    log["device"] = np.where(phone, "phone", rng.choice(["tablet", "desktop"], len(log)))
    signal = rng.normal(size=len(log)) * 2
    log["score"] = (1 / (1 + np.exp(-signal))).round(3)
    log["outcome"] = (rng.random(len(log)) < 1 / (1 + np.exp(1.0 - 1.6 * signal))).astype(int)
    log["now"] = log["time"] >= "2024-02-10"
    log["was"] = log["outcome"]
    log["struck"] = log["now"] & (log["channel"] == "ios") & (log["device"] != "tablet")
    if fault == "flipped":
        log.loc[log["struck"], "outcome"] = 1 - log.loc[log["struck"], "outcome"]
    else:
        log.loc[log["struck"], "score"] = 0.2
    return log


def counted(log: pd.DataFrame, folder: Path) -> Counts:
    path = folder / "log.parquet"
    log.drop(columns=["now", "was", "struck"]).to_parquet(path)
    return count(made.question(log=str(path), columns=BARE, cohorts=["channel", "device"]))


def sizes(counts: Counts) -> pd.DataFrame:
    """Rows and positives of each device in the incident."""
    own = counts.facts[(counts.facts["by"] == "device") & (counts.facts["window"] == 1)]
    return own.assign(cohort=own["cohort"].astype(str)).set_index("cohort")[["rows", "positives"]]


def test_outcomes_given_anew_are_those_of_the_rows_that_groups_share(tmp_path: Path) -> None:
    log = log_of("flipped")
    undone = sizes(Undoing(counted(log, tmp_path)).counts([UndoingArm("channel", IOS, "labels")]))
    incident = log[log["now"]]
    truly = incident.groupby("device")["was"].agg(["size", "sum"])
    assert (undone["rows"] / truly["size"] - 1).abs().max() < 0.01
    # What was flipped is 20% of the phones' rows: tablets, which were not, keep their outcomes.
    assert ((undone["positives"] - truly["sum"]) / truly["size"]).abs().max() < 0.015
    flipped = incident.groupby("device")["outcome"].sum()
    assert (flipped["phone"] - truly["sum"]["phone"]) / truly["size"]["phone"] > 0.05


def test_rows_whose_scores_change_stay_in_their_groups(tmp_path: Path) -> None:
    log = log_of("default")
    undone = sizes(Undoing(counted(log, tmp_path)).counts([UndoingArm("channel", IOS, "scores")]))
    truly = log[log["now"]].groupby("device")["was"].agg(["size", "sum"])
    assert (undone["rows"] / truly["size"] - 1).abs().max() < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_second_cause_in_another_column_gains_what_rows_gain(seed: int, tmp_path: Path) -> None:
    log = log_of("flipped", seed)
    rng = np.random.default_rng(seed)
    tablets = log["now"] & (log["device"] == "tablet")
    log["score"] = log["score"].clip(0.001, 0.999)
    log.loc[tablets, "score"] = rng.permutation(log.loc[tablets, "score"])
    arms = [UndoingArm("channel", IOS, "labels"), UndoingArm("device", ("", "tablet"), "labels")]
    _observed, once, twice = Undoing(counted(log, tmp_path)).values(arms)
    incident = log[log["now"]]
    fits = 1 / (1 + np.exp(1.0 - 1.6 * np.log(incident["score"] / (1 - incident["score"]))))

    def area(given: Any) -> float:
        """Where rows that are `given` outcomes have 1 with the probability of their scores."""
        ones = np.where(given, fits, incident["outcome"])
        twofold = np.repeat([1, 0], len(ones)), np.tile(incident["score"], 2)
        return float(roc_auc_score(*twofold, sample_weight=np.concatenate([ones, 1 - ones])))

    ios, tablet = incident["channel"] == "ios", incident["device"] == "tablet"
    assert once == pytest.approx(area(ios), abs=0.008)
    assert twice - once == pytest.approx(area(ios | tablet) - area(ios), abs=0.008)
