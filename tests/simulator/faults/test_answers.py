"""Faults between the answer and the log do what their names say, and no more."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

pytestmark = pytest.mark.slow

SIZE = 60_000
LABELS = ["labels_flipped", "labels_defaulted", "labels_everywhere"]


@pytest.mark.parametrize("name", [*LABELS, "duplicates", "late"])
def test_the_systems_do_not_see_it(look: Any, name: str) -> None:
    made, quiet = look(name, answers=SIZE), look("none", answers=SIZE)
    pd.testing.assert_frame_equal(made.simulated.history, quiet.simulated.history)
    pd.testing.assert_frame_equal(made.before, quiet.before)
    assert made.change() < quiet.change() - 0.02


@pytest.mark.parametrize("name", LABELS)
def test_only_outcomes_differ_and_only_inside(look: Any, name: str) -> None:
    made, quiet = look(name, strength=0.5, answers=SIZE), look("none", answers=SIZE)
    column = "outcome"
    pd.testing.assert_frame_equal(made.log.drop(columns=column), quiet.log.drop(columns=column))
    other = made.log[column] != quiet.log[column]
    inside = (made.log["time"] >= made.simulated.incident[0]).to_numpy(copy=True)
    if name != "labels_everywhere":
        inside &= (made.log["school"] == "school 2").to_numpy()
    assert not other[~inside].any()
    answered = quiet.log[column][inside]
    share = {
        "labels_flipped": 0.5,
        "labels_defaulted": 0.5 * answered.mean(),
        "labels_everywhere": 0.25,
    }
    assert other[inside].mean() == pytest.approx(share[name], abs=0.03)
    if name == "labels_defaulted":
        assert (made.log[column] <= quiet.log[column]).all()


def test_flipped_labels_can_be_those_of_another_cohort(look: Any) -> None:
    made = look("labels_flipped", answers=SIZE, cohort={"country": "FR"})
    assert made.change(country="FR") < -0.4
    assert abs(made.change(country="DE")) < 0.03


def test_duplicates_are_surprising_answers_of_the_incident(look: Any) -> None:
    made, quiet = look("duplicates", answers=SIZE), look("none", answers=SIZE)
    repeated = made.log.duplicated(["student", "exercise", "time"])
    assert repeated.sum() == len(made.log) - len(quiet.log)
    pd.testing.assert_frame_equal(made.log[~repeated].reset_index(drop=True), quiet.log)
    again = made.log[repeated]
    assert (again["time"] >= made.simulated.incident[0]).all()
    assert ((again["outcome"] - again["score"]).abs() > 0.5).all()
    assert not quiet.log.duplicated(["student", "exercise", "time"]).any()


def test_missing_input_gives_one_ability_to_one_version(look: Any) -> None:
    made = look("missing_input", answers=SIZE)
    lost = made.after["app_version"] == "5.2"
    assert (made.after["ability"][lost] == 0).all()
    assert (made.after["ability"][~lost] != 0).mean() > 0.99
    assert (made.before["ability"] != 0).mean() > 0.99
    assert made.change(app_version="5.2") < -0.1
    assert abs(made.change(app_version="5.1")) < 0.03
    half = look("missing_input", strength=0.5, answers=SIZE)
    lost = half.after["app_version"] == "5.2"
    assert (half.after["ability"][lost] == 0).mean() == pytest.approx(0.5, abs=0.12)


def test_late_outcomes_are_more_and_more_and_the_clear_ones_first(look: Any) -> None:
    made, quiet = look("late", answers=SIZE), look("none", answers=SIZE)
    first = pd.Timestamp(made.simulated.truth["onset"], tz="UTC")
    key = ["time", "student", "exercise"]
    kept = quiet.log.merge(made.log[key], on=key, how="left", indicator=True)["_merge"] == "both"
    late = (quiet.log["time"] >= first).to_numpy()
    assert kept[~late].all()
    days = (quiet.log["time"][late] - first).dt.days
    daily = kept[late].groupby(days.to_numpy()).mean().to_numpy()
    assert np.polyfit(np.arange(len(daily)), daily, 1)[0] < -0.02
    assert daily[0] < 0.9
    clear = (quiet.log["score"] - 0.5).abs() > 0.3
    assert kept[late & clear.to_numpy()].mean() < kept[late & ~clear.to_numpy()].mean() - 0.2
    last = made.after[made.after["time"] >= first]
    assert roc_auc_score(last["outcome"], last["score"]) < 0.70
