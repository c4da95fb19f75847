"""The log, the history and the events: one story, and the same one every time."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from investigate import cli
from investigate.errors import InputError
from investigate.simulator import SCENARIOS, simulate

pytestmark = pytest.mark.slow

COLUMNS = ["time", "student", "exercise", "outcome", "score", "system", "ability"]
COHORTS = ["country", "grade", "subject", "school", "app_version"]
SHORT = {"baseline_days": 12, "incident_days": 6}
SYSTEMS = {"default_difficulty", "continuous_calibration"}


def test_the_same_arguments_give_the_same_rows() -> None:
    one, two = (simulate("loop", 7, 0.6, 20_000) for _ in range(2))
    pd.testing.assert_frame_equal(one.log, two.log)
    pd.testing.assert_frame_equal(one.history, two.history)
    pd.testing.assert_frame_equal(one.events, two.events)
    assert one.truth == two.truth


def test_another_seed_gives_other_rows() -> None:
    one, two = (simulate("none", seed, answers=5_000).log for seed in (1, 2))
    assert not one["score"].head(500).equals(two["score"].head(500))


def test_global_random_state_plays_no_part() -> None:
    np.random.seed(1)  # noqa: NPY002
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    simulate("runaway", 1, answers=2_000)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


@pytest.mark.parametrize("scenario", [*SCENARIOS, "mix+reset", "reset+precedence"])
def test_scores_follow_from_the_history(look: Any, scenario: str) -> None:
    made = look(scenario, 3, 0.7, 4_000, **SHORT).simulated
    written = made.history.sort_values("time", kind="stable").rename(columns={"system": "writer"})
    assert not written.duplicated(["exercise", "time"]).any()
    rows = pd.merge_asof(
        made.log.sort_values("time", kind="stable"),
        written,
        on="time",
        by="exercise",
        allow_exact_matches=False,
    )
    assert rows["difficulty"].notna().all()
    assert (rows["writer"] == rows["system"]).all()
    score = 1 / (1 + np.exp(rows["difficulty"] - rows["ability"]))
    np.testing.assert_allclose(score, rows["score"], rtol=0, atol=0.6e-6)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_log_holds_what_the_kit_asks_for(look: Any, scenario: str) -> None:
    made = look(scenario, 3, 0.7, 4_000, **SHORT).simulated
    log = made.log
    assert list(log) == COLUMNS + COHORTS
    assert not log.isna().to_numpy().any()
    assert set(log["outcome"]) == {0, 1}
    assert set(log["system"]) == set(made.history["system"]) == SYSTEMS
    assert str(log["time"].dtype) == str(made.history["time"].dtype) == "datetime64[us, UTC]"
    assert log["time"].is_monotonic_increasing
    assert made.baseline[0] <= log["time"].min()
    assert log["time"].max() < made.incident[1]
    assert made.baseline == (pd.Timestamp("2024-01-01", tz="UTC"), made.incident[0])
    assert made.incident[0] == pd.Timestamp("2024-01-13", tz="UTC")
    assert set(made.events["system"]) <= {"", *SYSTEMS}


def test_the_history_holds_one_value_per_exercise_from_before_the_log() -> None:
    made = simulate("none", 1, answers=10_000)
    early = made.history[made.history["time"] < made.baseline[0]]
    assert not early.duplicated("exercise").any()
    first = made.history.groupby("exercise")["time"].min()
    served = made.log.groupby("exercise")["time"].min()
    assert (first[served.index] < served).all()


def test_nothing_moves_where_nothing_happens(look: Any) -> None:
    made = look("none", answers=240_000)
    weeks = (made.log["time"] - made.simulated.baseline[0]).dt.days // 10
    auc = [roc_auc_score(w["outcome"], w["score"]) for _, w in made.log.groupby(weeks)]
    assert min(auc) > 0.72
    assert max(auc) < 0.80
    assert max(auc) - min(auc) < 0.015
    share = (made.log["system"] == "default_difficulty").mean()
    assert 0.15 < share < 0.30
    assert 230_000 < len(made.log) < 250_000
    for column in COHORTS:
        assert made.log[column].nunique() >= 3


def test_windows_start_and_length_can_be_chosen() -> None:
    made = simulate(
        "default_scrambled", 1, 1.0, 5_000, baseline_days=10, incident_days=4, start="2025-03-03"
    )
    assert made.incident[0] == pd.Timestamp("2025-03-13", tz="UTC")
    assert made.incident[1] == pd.Timestamp("2025-03-17", tz="UTC")
    assert made.truth["onset"] == "2025-03-13"
    assert made.log["time"].dt.date.nunique() == 14


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"answers": 10}, "answers: 10 are too few"),
        ({"baseline_days": 0}, "each must be at least 1"),
        ({"start": "yesterday"}, "'yesterday' is no date"),
        ({"seed": -1}, "-1 is negative"),
    ],
)
def test_what_cannot_be_simulated_is_told(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate(**{"scenario": "none", "seed": 1, **arguments})


def test_a_simulation_leaves_a_question_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["simulate", "stale", "--seed", "3", "--out", "an incident", "--answers", "2000"]
    done = CliRunner().invoke(cli.app, command)
    assert done.exit_code == 0, done.output
    summary, following = done.stdout.splitlines()
    made = simulate("stale", 3, 1.0, 2_000)
    assert summary == (
        f"an incident: {len(made.log):,} answers, {len(made.history):,} writes, the truth"
    )
    assert following == "next: investigate run 'an incident/question.yml'"
    pd.testing.assert_frame_equal(pd.read_parquet("an incident/log.parquet"), made.log)
    again = CliRunner().invoke(cli.app, command)
    assert (again.exit_code, len(again.stderr.splitlines())) == (2, 1)
