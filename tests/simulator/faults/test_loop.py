"""The loop takes everything; either half alone takes next to nothing."""

from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

pytestmark = pytest.mark.slow

SIZE = 120_000
TWO_DAYS = pd.Timedelta(days=2)


def roc(rows: pd.DataFrame) -> float:
    return float(roc_auc_score(rows["outcome"], rows["score"]))


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_both_halves_together_leave_nothing_of_the_signal(look: Any, seed: int) -> None:
    made = look("loop", seed, answers=SIZE)
    assert roc(made.before) > 0.72
    assert roc(made.after) == pytest.approx(0.5, abs=0.03)
    later = made.after[made.after["time"] >= made.after["time"].min().normalize() + TWO_DAYS]
    assert roc(later) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("half", ["loop_refresh_only", "loop_restart_only"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_either_half_is_harmless(look: Any, half: str, seed: int) -> None:
    assert abs(look(half, seed, answers=SIZE).change()) < 0.02


def test_the_refreshing_half_does_run(look: Any) -> None:
    refreshed = look("loop_refresh_only", 1, answers=SIZE)
    assert (refreshed.after["system"] == "default_difficulty").mean() > 0.9


def test_the_restarting_half_waits_for_a_calibrated_value_to_be_overwritten(look: Any) -> None:
    restarted, none = (look(s, 1, answers=SIZE).simulated for s in ("loop_restart_only", "none"))
    pd.testing.assert_frame_equal(restarted.history, none.history)
    moves = look("loop", 1, answers=SIZE).simulated.history.sort_values(["exercise", "time"])
    moves["step"] = moves.groupby("exercise")["difficulty"].diff().abs()
    calibrated = moves[moves["system"] == "continuous_calibration"]
    onset = restarted.incident[0]
    assert calibrated.loc[calibrated["time"] < onset, "step"].max() < 2
    assert calibrated.loc[calibrated["time"] >= onset, "step"].max() > 4


def test_strength_grades_the_damage(look: Any) -> None:
    changes = [look("loop", 2, strength, SIZE).change() for strength in (0.25, 0.5, 1.0)]
    assert changes == sorted(changes, reverse=True)
    assert -0.08 < changes[0] < -0.015
