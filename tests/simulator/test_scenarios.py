"""Names, strengths, cohorts and the truth behind them."""

from typing import Any

import pytest

from investigate.errors import InputError
from investigate.simulator import SCENARIOS, simulate

pytestmark = pytest.mark.slow

CALIBRATION, DEFAULT = "continuous_calibration", "default_difficulty"
SCHOOL, MATHS = {"school": "school 2"}, {"subject": "maths"}
TRUTH = {
    "none": ("no_drop", None, None),
    "growth": ("no_drop", None, None),
    "seasonal": ("no_drop", None, None),
    "loop_refresh_only": ("no_drop", None, None),
    "loop_restart_only": ("no_drop", None, None),
    "mix": ("population_mix", None, {"country": "IT"}),
    "spread": ("score_spread", None, None),
    "loop": ("system_interaction", None, None),
    "wrong_exercise": ("system_fault", CALIBRATION, None),
    "wrong_exercise_cohort": ("system_fault", CALIBRATION, MATHS),
    "inverted": ("system_fault", CALIBRATION, None),
    "stale": ("system_fault", CALIBRATION, None),
    "runaway": ("system_fault", CALIBRATION, None),
    "reset": ("system_fault", DEFAULT, None),
    "default_scrambled": ("system_fault", DEFAULT, None),
    "scale": ("system_misalignment", DEFAULT, None),
    "precedence": ("system_fault", DEFAULT, MATHS),
    "labels_flipped": ("outcome_fault", None, SCHOOL),
    "labels_defaulted": ("outcome_fault", None, SCHOOL),
    "labels_everywhere": ("outcome_fault", None, None),
    "duplicates": ("duplicate_rows", None, None),
    "missing_input": ("missing_input", None, {"app_version": "5.2"}),
    "late": ("late_outcomes", None, None),
    "mix+wrong_exercise": ("system_fault", CALIBRATION, None),
    "wrong_exercise+growth": ("system_fault", CALIBRATION, None),
    "scale+none": ("system_misalignment", DEFAULT, None),
}


def test_every_scenario_is_described_in_a_line() -> None:
    assert set(SCENARIOS) == {name for name in TRUTH if "+" not in name}
    assert all(description and "\n" not in description for description in SCENARIOS.values())


@pytest.mark.parametrize(("scenario", "truth"), TRUTH.items())
def test_the_truth_says_what_where_and_since_when(scenario: str, truth: tuple[Any, ...]) -> None:
    made = simulate(scenario, 4, 0.5, 2_000)
    kind, system, cohort = truth
    onset = {"no_drop": None, "late_outcomes": "2024-02-12"}.get(kind, "2024-02-08")
    assert made.truth == {
        "kind": kind,
        "system": system,
        "cohort": cohort,
        "onset": onset,
        "scenario": scenario,
        "strength": 0.5,
        "seed": 4,
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cohorts_that_faults_are_limited_to_are_not_tiny(look: Any, seed: int) -> None:
    log = look("none", seed, answers=60_000).log
    for cohort in (SCHOOL, MATHS, {"app_version": "5.2"}, {"grade": "grade 6"}):
        ((column, value),) = cohort.items()
        assert 0.15 < (log[column] == value).mean() < 0.45


def test_a_deploy_comes_an_hour_before_its_fault_among_harmless_ones() -> None:
    made = simulate("runaway", 1, answers=2_000)
    quiet = simulate("none", 1, answers=2_000)
    deploy = made.incident[0] - (made.incident[1] - made.incident[0]) / 12 / 24
    at = made.events[made.events["time"] == deploy]
    assert list(at["system"]) == [CALIBRATION]
    assert len(made.events) == len(quiet.events) + 1
    assert len(quiet.events) >= 4


@pytest.mark.parametrize("strength", [0.0, -0.1, 1.01, float("nan")])
def test_a_strength_out_of_range_is_told(strength: float) -> None:
    with pytest.raises(InputError, match=r"strength: .* is not in \(0, 1\]"):
        simulate("loop", 1, strength)


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no 'wrong_exercize'; did you mean wrong_exercise"):
        simulate("mix+wrong_exercize", 1)
    with pytest.raises(InputError, match=r"no 'xyzzy'; known are none, growth"):
        simulate("xyzzy", 1)


@pytest.mark.parametrize(
    ("scenario", "cohort", "message"),
    [
        ("loop", MATHS, "is not limited to a cohort"),
        ("precedence", {"school": "school 1"}, "takes one column out of subject, grade"),
        ("precedence", {}, "takes one column"),
        ("labels_flipped", {"school": "school 99"}, "there is no school 'school 99'; known are"),
    ],
)
def test_a_cohort_that_cannot_be_is_told(
    scenario: str, cohort: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        simulate(scenario, 1, cohort=cohort)
