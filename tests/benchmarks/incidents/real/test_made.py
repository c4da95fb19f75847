"""Faults put into real logs: rows, history and truth agree."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from benchmarks.incidents.made import Made
from benchmarks.incidents.ordinary.world import World
from benchmarks.incidents.real.logs import LOGS, real
from benchmarks.incidents.real.made import KNOWN, made
from benchmarks.incidents.real.writes import WRITES, in_force
from investigate.question import params

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]


@pytest.fixture(params=LOGS)
def world(request: pytest.FixtureRequest) -> World:
    """A stretch; `make data` makes the logs that it is cut from."""
    return real(request.param, 1)


def parts(one: Made) -> pd.DataFrame:
    """The log under plain names, with times that know no zone."""
    log = one.log.rename(columns={name: part for part, name in one.question["columns"].items()})
    return log.assign(time=log["time"].dt.tz_localize(None))


def test_a_world_is_the_log_as_it_is(world: World) -> None:
    log = LOGS["nfl" if "forecast" in world.shape.names.values() else "oulad"]
    rows = pd.read_parquet(ROOT / "data" / log.folder / "log.parquet")
    rows["time"] = rows[log.names["time"]].dt.tz_localize(None)
    chosen = rows[(rows["time"] >= world.shape.start) & (rows["time"] < world.shape.end)]
    scores = np.sort(chosen[log.names["score"]])
    found = np.sort(world.score(world.logit))
    assert set(found) <= set(np.round(scores, log.digits))
    assert len(found) == len(world.rows) > 1_000


def test_the_history_gives_the_scores(world: World) -> None:
    assert world.history is not None
    logits = world.rows["ability"].to_numpy() - in_force(world.rows, world.history)
    off = np.abs(expit(logits) - world.score(world.logit))
    # Two games of one day share what was known before the first.
    assert (off <= 0.6 * 10.0**-world.shape.digits).mean() > 0.99


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("scenario", WRITES)
def test_a_broken_system_writes_wrong_values_and_its_scores_follow(
    name: str, scenario: str
) -> None:
    one, healthy = made(name, scenario, 3, 1.0), made(name, "none", 3, 1.0)
    assert one.history is not None
    assert healthy.history is not None
    faulty, whole = parts(one), parts(healthy)
    start = one.question["incident"]["start"]
    now = (faulty["time"] >= start).to_numpy()
    system = (faulty["system"] == one.truth["system"]).to_numpy()
    same = (faulty["score"] == whole["score"]).to_numpy()
    assert same[~now].all()
    assert same[~system].all()
    assert same[now & system].mean() < 0.2
    assert (faulty["outcome"] == whole["outcome"]).all()
    history = one.history.assign(time=one.history["time"].dt.tz_localize(None))
    logits = faulty["ability"].to_numpy() - in_force(faulty, history)
    digits = LOGS[name].digits
    off = np.abs(expit(logits) - faulty["score"].to_numpy())
    assert (off <= 0.6 * 10.0**-digits).mean() > 0.99
    taken = roc_auc_score(whole["outcome"][now], whole["score"][now]) - roc_auc_score(
        faulty["outcome"][now], faulty["score"][now]
    )
    assert one.truth["took"] == pytest.approx(taken, abs=1e-9)


@pytest.mark.parametrize("name", LOGS)
def test_an_incident_is_a_question_with_a_history(name: str, tmp_path: Path) -> None:
    made(name, "labels_zeroed_cohort", 2, 1.0).write(tmp_path / "made")
    question = params.load(tmp_path / "made" / "question.yml", [])
    assert question.history is not None
    assert question.columns.item == LOGS[name].names["item"]
    truth = json.loads((tmp_path / "made" / "truth.json").read_text("utf-8"))
    assert truth["kind"] == "outcome_fault"
    ((column, value),) = truth["cohort"].items()
    log = pd.read_parquet(tmp_path / "made" / "log.parquet")
    when = log[question.columns.time] >= pd.Timestamp(str(question.incident.start), tz="UTC")
    struck = when & (log[column] == value)
    assert log.loc[struck, question.columns.outcome].sum() == 0
    assert log.loc[~struck, question.columns.outcome].mean() > 0.2


def test_seeds_choose_other_stretches() -> None:
    for name in LOGS:
        starts = {made(name, "none", seed, 1.0).question["incident"]["start"] for seed in range(8)}
        assert len(starts) > 2
    assert len(KNOWN) == 20
