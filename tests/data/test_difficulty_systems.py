"""The two difficulty systems: against a brute-force twin, an as-of join, and the future."""

import math

import numpy as np
import pandas as pd
import pytest
from difficulty_systems import run_systems
from hypothesis import given, settings
from hypothesis import strategies as st
from prepare import KEYS
from sklearn.metrics import roc_auc_score

pytestmark = pytest.mark.slow

# --- against a twin that goes through all earlier rows anew -----------------------------------


def _expected(skill: float, difficulty: float) -> float:
    return 1 / (1 + math.exp(difficulty - skill))


def _default_from_scratch(known: pd.DataFrame, module: str, kind: str) -> float:
    of_kind = known[known["assessment_type"] == kind]
    of_both = of_kind[of_kind["module"] == module]
    rate = (of_kind["outcome"].sum() + 20 * 0.5) / (len(of_kind) + 20)
    rate = (of_both["outcome"].sum() + 20 * rate) / (len(of_both) + 20)
    return -math.log(rate / (1 - rate))


def _twin(rows: pd.DataFrame) -> pd.DataFrame:
    skill: dict[int, float] = dict.fromkeys(rows["id_student"], 0.0)
    hidden: dict[int, float] = {}
    seen: dict[tuple[str, int], int] = {}
    result = []
    for day, today in rows.groupby("submitted_on"):
        past = rows[rows["submitted_on"] < day]
        for item, answers in today.groupby("id_assessment"):
            earlier = past[past["id_assessment"] == item]
            # The default is written before the first answers and after each day with answers.
            written = earlier["submitted_on"].max()
            known = past if earlier.empty else past[past["submitted_on"] <= written]
            first = answers.iloc[0]
            default = _default_from_scratch(known, first["module"], first["assessment_type"])
            hidden.setdefault(item, default)
            system, served = "default_difficulty", default
            if len(earlier) >= 30:
                system, served = "continuous_calibration", hidden[item]
            for student in answers["id_student"]:
                before = int((past["id_student"] == student).sum())
                score = _expected(skill[student], served)
                result.append((score, system, skill[student], before))
        for answer in today.itertuples():
            student, item = answer.id_student, answer.id_assessment
            surprise = answer.outcome - _expected(skill[student], hidden[item])
            answers_of_student = seen.setdefault(("student", student), 0)
            answers_to_item = seen.setdefault(("item", item), 0)
            skill[student] += 1.0 / (1 + 0.05 * answers_of_student) * surprise
            hidden[item] -= 1.0 / (1 + 0.05 * answers_to_item) * surprise
            seen["student", student] += 1
            seen["item", item] += 1
    return pd.DataFrame(result, columns=["score", "system", "ability", "earlier"])


@st.composite
def small_answers(draw: st.DrawFn) -> pd.DataFrame:
    """Every student answers every assessment, on any of a few days, at times many on one."""
    students, items = draw(st.integers(2, 60)), draw(st.integers(1, 5))
    days, seed = draw(st.integers(1, 12)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), students)
    modules, kinds = rng.choice(["AAA", "BBB"], items), rng.choice(["TMA", "CMA"], items)
    rows = pd.DataFrame(
        {
            "submitted_on": pd.Timestamp("2013-02-01")
            + pd.to_timedelta(rng.integers(0, days, len(item)), unit="D"),
            "id_assessment": item + 1000,
            "id_student": np.tile(np.arange(students), items),
            "module": modules[item],
            "assessment_type": kinds[item],
            "outcome": rng.integers(0, 2, len(item)),
        }
    )
    return rows.sort_values(KEYS, ignore_index=True)


@settings(max_examples=25, deadline=None)
@given(rows=small_answers())
def test_both_systems_agree_with_a_twin(rows: pd.DataFrame) -> None:
    scored, _ = run_systems(rows)
    twin = _twin(rows)
    exact = ["system", "earlier"]
    pd.testing.assert_frame_equal(scored[exact], twin[exact])
    np.testing.assert_allclose(scored["ability"], twin["ability"], atol=1e-6)
    np.testing.assert_allclose(scored["score"], twin["score"], atol=0.5e-4 + 1e-6)


# --- the history -----------------------------------------------------------------------------


def test_scores_follow_from_ability_and_the_difficulty_in_force(
    log: pd.DataFrame, history: pd.DataFrame
) -> None:
    joined = pd.merge_asof(
        log,
        history.rename(columns={"system": "written_by"}),
        left_on="submitted_on",
        right_on="time",
        left_by="id_assessment",
        right_by="item",
        allow_exact_matches=False,
    )
    assert joined["difficulty"].notna().all()
    again = 1 / (1 + np.exp(joined["difficulty"] - joined["ability"]))
    assert (again - joined["score"]).abs().max() < 0.5e-4 + 1e-9
    assert (joined["system"] == joined["written_by"]).all()
    assert log["score"].between(0, 1, inclusive="neither").all()
    assert (log["score"].round(4) == log["score"]).all()


def test_each_assessment_goes_from_the_default_to_the_calibration(
    log: pd.DataFrame, history: pd.DataFrame
) -> None:
    per_day = log.groupby(["id_assessment", "submitted_on"]).size()
    before = (per_day.groupby("id_assessment").cumsum() - per_day).rename("before")
    answers = log.join(before, on=["id_assessment", "submitted_on"])["before"]
    calibrated = log["system"] == "continuous_calibration"
    assert (calibrated == (answers >= 30)).all()
    assert set(log["system"]) == {"default_difficulty", "continuous_calibration"}

    assert not history.duplicated(["time", "item"]).any()
    assert history.equals(history.sort_values(["time", "item"], ignore_index=True))
    first = history.groupby("item")["time"].first()
    opened = log.groupby("id_assessment")["submitted_on"].first()
    assert (opened - first == pd.Timedelta(hours=1)).all()
    # One first value per assessment, then one on each day on which it was answered.
    assert len(history) == len(per_day) + len(opened)


# --- nothing from the future -----------------------------------------------------------------


@pytest.mark.parametrize("cut", ["2013-02-18", "2013-10-22", "2014-01-21"])
def test_no_score_knows_the_outcomes_of_its_day_or_later(
    cut: str, log: pd.DataFrame, history: pd.DataFrame
) -> None:
    day = pd.Timestamp(cut, tz="UTC")
    rows = log[log["submitted_on"] <= day + pd.Timedelta(days=30)].drop(
        columns=["score", "system", "ability", "earlier_answers"]
    )
    rows["outcome"] = rows["outcome"].where(rows["submitted_on"] < day, 1 - rows["outcome"])
    scored, writes = run_systems(rows)

    until = rows["submitted_on"] <= day
    same = ["score", "system", "ability"]
    assert (rows["submitted_on"] == day).any()
    pd.testing.assert_frame_equal(scored.loc[until, same], log.loc[until[until].index, same])
    assert (scored.loc[~until, "score"] != log.loc[until[~until].index, "score"]).any()
    wrote, has_written = writes[writes["time"] < day], history[history["time"] < day]
    assert wrote["difficulty"].tolist() == has_written["difficulty"].tolist()
    assert wrote["item"].tolist() == has_written["item"].tolist()


# --- on the real answers ---------------------------------------------------------------------


def test_auc_is_that_of_a_plain_online_elo(log: pd.DataFrame) -> None:
    # Measured beforehand with another program: one Elo for all, no default.
    plain = {
        ("2013-01-01", "2016-01-01"): 0.814,
        ("2014-02-01", "2014-10-01"): 0.824,
        ("2014-10-01", "2014-11-01"): 0.677,
        ("2014-11-01", "2014-12-01"): 0.781,
        ("2014-12-01", "2015-01-01"): 0.797,
        ("2013-10-01", "2013-11-01"): 0.695,
    }
    for (start, end), expected in plain.items():
        bounds = pd.Timestamp(start, tz="UTC"), pd.Timestamp(end, tz="UTC")
        rows = log[log["submitted_on"].between(*bounds, inclusive="left")]
        assert roc_auc_score(rows["outcome"], rows["score"]) == pytest.approx(expected, abs=0.02)
