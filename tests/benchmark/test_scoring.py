"""Answers against truths, case by case."""

from typing import Any

import pytest
from verdicts import result

from investigate.benchmark.scoring import Score, false_alarm, size

MATHS = {"subject": "maths"}
FAULT = ("system_fault", "a", MATHS)
FAILED = {"error": "RuntimeError: x", "control": False}


@pytest.mark.parametrize(
    ("truth", "said", "kind", "system", "cohort", "scoped"),
    [
        (FAULT, FAULT, True, True, True, True),
        (FAULT, ("system_fault", "b", MATHS), True, False, True, True),
        (FAULT, ("outcome_fault", None, MATHS), False, False, True, True),
        (FAULT, ("system_fault", "a", None), True, True, False, True),
        (FAULT, ("system_fault", "a", {"subject": "biology"}), True, True, False, True),
        (FAULT, ("system_fault", "a", {**MATHS, "grade": "7"}), True, True, False, True),
        (("system_fault", "a", None), FAULT, True, True, False, False),
        (("system_fault", "a", None), ("system_fault", "a", {}), True, True, True, False),
        (("system_interaction", None, None), ("no_drop", None, None), False, True, True, False),
        (("score_spread", None, None), ("score_spread", None, None), True, True, True, False),
    ],
)
def test_kind_system_and_cohort(
    truth: Any, said: Any, kind: bool, system: bool, cohort: bool, scoped: bool
) -> None:
    score = Score.of(result(truth, said), "with")
    assert (score.kind, score.system, score.cohort, score.scoped) == (kind, system, cohort, scoped)
    assert score.cause == (kind and system)


@pytest.mark.parametrize(
    ("onset", "days", "dated"),
    [
        ("2024-02-08", 0, True),
        ("2024-02-09", 1, True),
        ("2024-02-07", -1, True),
        ("2024-02-09 06:00", 1.25, False),
        ("2024-02-01", -7, False),
        (None, None, False),
    ],
)
def test_the_onset_may_be_a_day_off(onset: str | None, days: float | None, dated: bool) -> None:
    score = Score.of(result(onset=onset), "with")
    assert (score.days, score.dated) == (days, dated)


def test_points_are_those_that_the_fault_took() -> None:
    # Without the fault 0.76, with it 0.65; 0.1 were told.
    assert Score.of(result(), "with").points == pytest.approx(0.01)
    assert Score.of(result(points=0.16), "with").points == pytest.approx(0.05)


@pytest.mark.parametrize(
    "untold",
    [{"points": None}, {"reference": None}, {"said": ("outcome_fault", None, None)}],
)
def test_points_of_another_thing_are_not_compared(untold: Any) -> None:
    assert Score.of(result(**untold), "with").points is None


def test_each_way_has_its_own_score() -> None:
    told = result(without=("system_fault", "b", None))
    assert Score.of(told, "with").system
    assert not Score.of(told, "without").system


def test_no_answer_is_wrong_and_has_no_size() -> None:
    score = Score.of(FAILED, "with")
    assert not any([score.kind, score.system, score.cohort, score.dated])
    assert size(FAILED) is None
    assert false_alarm(FAILED, "with")


@pytest.mark.parametrize("moved", [0.1, -0.1])
def test_size_is_how_far_auc_moved_either_way(moved: float) -> None:
    assert size(result(moved=moved)) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("kind", "accused"),
    [
        ("no_drop", False),
        ("population_mix", False),
        ("score_spread", False),
        ("unexplained", True),
        ("system_fault", True),
        ("system_interaction", True),
        ("system_misalignment", True),
        ("outcome_fault", True),
        ("missing_input", True),
        ("duplicate_rows", True),
        ("late_outcomes", True),
    ],
)
def test_a_false_alarm_accuses(kind: str, accused: bool) -> None:
    nothing = ("no_drop", None, None)
    assert false_alarm(result(nothing, (kind, None, None), nothing), "with") == accused
    assert not false_alarm(result(nothing, (kind, None, None), nothing), "without")
