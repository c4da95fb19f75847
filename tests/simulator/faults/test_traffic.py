"""Who answers what changes, and scores mean what they meant."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow

SIZE = 120_000


def calibration_error(rows: pd.DataFrame) -> float:
    """How far outcome rates lie from scores, over ten bins of scores."""
    bins = rows.groupby(np.minimum((rows["score"] * 10).astype(int), 9))
    gap = (bins["outcome"].mean() - bins["score"].mean()).abs()
    return float(np.average(gap, weights=bins.size()))


@pytest.mark.parametrize("name", ["mix", "spread", "growth", "seasonal"])
def test_scores_stay_valid(look: Any, name: str) -> None:
    made = look(name, answers=SIZE)
    assert calibration_error(made.after) < 0.03
    assert made.change() < -0.04 if name in ("mix", "spread") else abs(made.change()) < 0.015


def test_a_country_joins_and_the_others_keep_their_auc(look: Any) -> None:
    made = look("mix", answers=SIZE)
    joined = made.log["country"] == "IT"
    assert not joined[made.log["time"] < made.simulated.incident[0]].any()
    assert (made.after["country"] == "IT").mean() == pytest.approx(0.5, abs=0.03)
    for country in ("DE", "FR", "PL"):
        assert abs(made.change(country=country)) < 0.03
    few = look("mix", strength=0.2, answers=SIZE)
    assert (few.after["country"] == "IT").mean() == pytest.approx(0.1, abs=0.02)
    assert few.change() > made.change()


def test_beside_a_fault_the_mix_is_small(look: Any) -> None:
    made = look("mix+wrong_exercise", answers=SIZE)
    assert (made.after["country"] == "IT").mean() == pytest.approx(0.125, abs=0.02)
    assert made.change(system="continuous_calibration") < -0.03


def test_spread_brings_scores_closer_together(look: Any) -> None:
    made = look("spread", answers=SIZE)
    assert made.after["score"].std() < 0.8 * made.before["score"].std()


def test_traffic_doubles(look: Any) -> None:
    made = look("growth", answers=SIZE)
    assert len(made.after) / 12 == pytest.approx(2 * len(made.before) / 38, rel=0.04)


def test_weekends_grow_quieter(look: Any) -> None:
    made = look("seasonal", answers=SIZE)

    def weekend(rows: pd.DataFrame) -> float:
        daily = rows.groupby(rows["time"].dt.date).size()
        late = pd.to_datetime(daily.index).day_of_week >= 5
        return float(daily[late].mean() / daily[~late].mean())

    assert weekend(made.before) == pytest.approx(0.85, abs=0.03)
    assert weekend(made.after) == pytest.approx(0.85 / 3, abs=0.03)
