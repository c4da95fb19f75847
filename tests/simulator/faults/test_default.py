"""Faults of default difficulty do what their names say, to its values alone."""

from typing import Any

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

CALIBRATION, DEFAULT = "continuous_calibration", "default_difficulty"
SIZE = 60_000


@pytest.mark.parametrize("name", ["default_scrambled", "scale"])
def test_exercises_that_calibration_serves_are_spared(look: Any, name: str) -> None:
    made = look(name, answers=SIZE)
    assert made.change() < -0.03
    assert abs(made.change(system=CALIBRATION)) < 0.025


def test_scrambled_values_lose_their_order(look: Any) -> None:
    assert look("default_scrambled", answers=SIZE).change(system=DEFAULT) < -0.15
    assert -0.08 < look("default_scrambled", strength=0.4, answers=SIZE).change() < -0.01


def test_another_scale_keeps_the_order_within_the_system(look: Any) -> None:
    made = look("scale", answers=SIZE)
    assert abs(made.change(system=DEFAULT)) < 0.04
    history = made.simulated.history
    own = history[history["system"] == DEFAULT]
    before = own["time"] < made.simulated.incident[0]
    shift = own[~before]["difficulty"].mean() - own[before]["difficulty"].mean()
    assert shift == pytest.approx(4, abs=0.5)


def test_reset_writes_one_value_for_the_share_that_it_hits(look: Any) -> None:
    for strength in (0.5, 1.0):
        made = look("reset", strength=strength, answers=SIZE)
        onset = made.simulated.incident[0]
        history = made.simulated.history
        night = history[(history["time"] > onset) & (history["time"] < onset + MINUTE)]
        night = night[night["system"] == DEFAULT]
        same = night["difficulty"].value_counts().iloc[0]
        served = history[history["time"] < onset].groupby("exercise").tail(1)
        served = served[served["exercise"].isin(made.after["exercise"])]
        assert same / len(served) == pytest.approx(strength, abs=0.1)
    assert made.change() < -0.02
    later = made.after[made.after["time"] > onset + 2 * DAY]
    assert (later["system"] == CALIBRATION).mean() > 0.6


MINUTE, DAY = pd.Timedelta(minutes=1), pd.Timedelta(days=1)


def test_precedence_takes_one_subject_from_calibration(look: Any) -> None:
    made = look("precedence", answers=SIZE)
    inside = made.after[made.after["subject"] == "maths"]
    assert set(inside["system"]) == {DEFAULT}
    assert made.change(subject="maths") < -0.1
    outside = made.after[made.after["subject"] != "maths"]
    assert (outside["system"] == CALIBRATION).mean() > 0.7
    for subject in ("english", "biology", "history"):
        assert abs(made.change(subject=subject)) < 0.05
