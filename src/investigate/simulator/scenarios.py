"""The scenarios by name: what happens, and what an investigation should find."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from investigate.errors import InputError
from investigate.simulator.faults import answers, calibration, default, loop, traffic
from investigate.simulator.faults.fault import Cohort, Fault
from investigate.simulator.world import COHORTS

_SCENARIOS: dict[str, tuple[type[Fault], str]] = {
    "none": (Fault, "nothing changes"),
    "growth": (traffic.Growth, "traffic doubles; harmless"),
    "seasonal": (traffic.Seasonal, "weekends grow quieter; harmless"),
    "loop_refresh_only": (loop.RefreshOnly, "the refreshing half of the loop alone; harmless"),
    "loop_restart_only": (loop.RestartOnly, "the restarting half of the loop alone; harmless"),
    "mix": (traffic.Mix, "a country joins whose students are alike"),
    "spread": (traffic.Spread, "selection matches difficulty to ability better"),
    "loop": (loop.Loop, "two systems feed each other noise"),
    "wrong_exercise": (calibration.WrongExercise, "calibration writes to the wrong exercise"),
    "wrong_exercise_cohort": (
        calibration.WrongExerciseCohort,
        "calibration writes to the wrong exercise in one subject",
    ),
    "inverted": (calibration.Inverted, "calibrated values are written with the wrong sign"),
    "stale": (calibration.Stale, "calibration stops writing while content is revised"),
    "runaway": (calibration.Runaway, "calibration's steps are far too large"),
    "reset": (default.Reset, "default difficulty overwrites all values by one"),
    "default_scrambled": (default.Scrambled, "the content model reads shuffled features"),
    "scale": (default.Scale, "default difficulty writes on another scale"),
    "precedence": (default.Precedence, "default difficulty overwrites calibration in one subject"),
    "labels_flipped": (answers.LabelsFlipped, "outcomes of one school are turned round"),
    "labels_defaulted": (answers.LabelsDefaulted, "outcomes of one school are recorded as 0"),
    "labels_everywhere": (answers.LabelsEverywhere, "a share of all outcomes is random"),
    "duplicates": (answers.Duplicates, "surprising answers are sent several times"),
    "missing_input": (answers.MissingInput, "one app version scores by a default ability"),
    "late": (answers.Late, "the newest outcomes are not all in, clear-cut ones least"),
}

SCENARIOS: Mapping[str, str] = MappingProxyType(
    {name: description for name, (_, description) in _SCENARIOS.items()}
)
"""What each scenario is, by name."""


BESIDE = 0.25  # how strong the scenarios before the last are, of the last one's strength


def faults(scenario: str, strength: float, cohort: Cohort | None = None) -> list[Fault]:
    """The faults that `scenario` names, joined by +; `cohort` is the last one's.

    The others are there to distract and are weaker. Raises `InputError` for a name that is not
    in `SCENARIOS`, a strength outside (0, 1] or a cohort that the last fault cannot have.
    """
    if not 0 < strength <= 1:
        raise InputError(f"strength: {strength!r} is not in (0, 1]; write a number such as 0.5")
    *beside, last = [_type(name) for name in scenario.split("+")]
    if cohort is not None:
        _check(cohort, last, scenario)
    return [*(fault(strength * BESIDE) for fault in beside), last(strength, cohort)]


def _type(name: str) -> type[Fault]:
    if name in _SCENARIOS:
        return _SCENARIOS[name][0]
    if close := difflib.get_close_matches(name, _SCENARIOS, n=3, cutoff=0.4):
        raise InputError(f"scenario: there is no {name!r}; did you mean {' or '.join(close)}?")
    raise InputError(f"scenario: there is no {name!r}; known are {', '.join(_SCENARIOS)}")


def _check(cohort: Cohort, fault: type[Fault], scenario: str) -> None:
    if not fault.columns:
        raise InputError(f"cohort: {scenario!r} is not limited to a cohort; leave it out")
    if len(cohort) != 1 or not set(cohort) <= set(fault.columns):
        listed = ", ".join(fault.columns)
        raise InputError(f"cohort: {scenario!r} takes one column out of {listed}")
    ((column, value),) = cohort.items()
    if value not in COHORTS[column]:
        known = ", ".join(COHORTS[column])
        raise InputError(f"cohort: there is no {column} {value!r}; known are {known}")
