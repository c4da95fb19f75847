"""Answers against truths, case by case."""

from typing import Any

import pytest
from verdicts import result

from benchmarks.incidents.scoring import Score, false_alarm, judged, misleading, size

MATHS = {"subject": "maths"}
FAULT = ("system_fault", "a", MATHS)
FAILED = {"error": "RuntimeError: x", "control": False}


@pytest.mark.parametrize(
    ("truth", "answer", "kind", "system", "cohort", "scoped"),
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
    truth: Any, answer: Any, kind: bool, system: bool, cohort: bool, scoped: bool
) -> None:
    score = Score.of(result(truth, answer), "with")
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
    # Without the fault 0.76, with it 0.65; 0.1 was found.
    assert Score.of(result(), "with").points == pytest.approx(0.01)
    assert Score.of(result(points=0.16), "with").points == pytest.approx(0.05)


@pytest.mark.parametrize(
    "changes",
    [{"points": None}, {"reference": None}, {"answered": ("outcome_fault", None, None)}],
)
def test_points_of_another_thing_are_not_compared(changes: Any) -> None:
    assert Score.of(result(**changes), "with").points is None


def test_each_way_has_its_own_score() -> None:
    made = result(without=("system_fault", "b", None))
    assert Score.of(made, "with").system
    assert not Score.of(made, "without").system


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


PAIR = [
    {"kind": "missing_input", "system": None, "cohort": None, "took": 0.05},
    {"kind": "system_fault", "accept": ["either"], "system": "a", "cohort": None, "took": 0.05},
]
MISSING, EITHER_A = ("missing_input", None, None), ("outcome_fault", "a", None)


def with_answer(answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A result whose answer without history says `more`."""
    answer["said"]["without"].update(more)
    return answer


def test_other_kinds_systems_and_cohorts_can_be_right_as_well() -> None:
    wider = {
        "accept": ["missing_input", "either"],
        "systems": ["a", None],
        "cohorts": [None, MATHS],
    }
    for answer, right in [
        (("missing_input", None, MATHS), (True, True, True)),
        (("outcome_fault", "a", None), (False, True, True)),
        (("system_fault", "b", {"subject": "biology"}), (True, False, False)),
    ]:
        made = result(("system_fault", "a", None), answer)
        made["truth"] |= wider
        score = Score.of(made, "with")
        assert (score.kind, score.system, score.cohort) == right
    made["said"]["with"] |= {"kind": "outcome_fault", "either": True}
    assert Score.of(made, "with").kind


@pytest.mark.parametrize(
    ("account", "both"),
    [([MISSING, EITHER_A], True), ([MISSING], False), ([EITHER_A, EITHER_A], False), ([], False)],
)
def test_of_two_causes_the_account_has_to_name_both(account: list[Any], both: bool) -> None:
    parts = [
        {"kind": kind, "system": system, "cohort": cohort, "either": kind == "outcome_fault"}
        for kind, system, cohort in account
    ]
    made = with_answer(result(MISSING, MISSING), account=parts)
    made["truth"] |= {"causes": PAIR, **PAIR[0]}
    assert Score.of(made, "without").both == both


def test_of_two_causes_that_take_as_much_either_may_come_first() -> None:
    made = with_answer(result(MISSING, EITHER_A), either=True, account=[])
    made["truth"] |= {"causes": PAIR, **PAIR[0]}
    assert Score.of(made, "without").cause
    made["truth"]["causes"] = [PAIR[0], {**PAIR[1], "took": 0.02}]
    assert not Score.of(made, "without").cause


@pytest.mark.parametrize(
    ("onset", "until", "days"),
    [
        ("2024-02-05", None, -1),  # nothing was logged on the days between
        ("2024-02-10", None, 1),
        ("2024-02-12", None, 3),
        ("2024-02-10", "2024-02-10", 0),
        ("2024-02-12", "2024-02-10", 2),
        ("2024-02-04", "2024-02-10", -2),
    ],
)
def test_days_without_rows_do_not_count(onset: str, until: str | None, days: float) -> None:
    made = result(onset=onset)
    made["truth"]["until"] = until
    made["days"] = [f"2024-02-{day:02}" for day in (3, 4, 5, 8, 10, 11, 12)]
    assert Score.of(made, "with").days == days


@pytest.mark.parametrize(
    ("truth", "answer", "how"),
    [
        (FAULT, ("no_drop", None, None), "cleared"),
        (FAULT, ("score_spread", None, None), "cleared"),
        (FAULT, ("unexplained", None, None), None),
        (FAULT, ("system_fault", "b", None), None),
        (("no_drop", None, None), ("unexplained", None, None), None),
        (("no_drop", None, None), ("missing_input", None, None), "accused"),
        (("score_spread", None, None), ("system_fault", "b", None), "accused"),
        (("score_spread", None, None), ("population_mix", None, MATHS), None),
    ],
)
def test_misleading_clears_what_is_broken_or_accuses_what_is_not(
    truth: Any, answer: Any, how: str | None
) -> None:
    assert misleading(result(truth, answer), "with") == how


def test_a_peer_that_names_no_kind_misleads_nobody() -> None:
    made = result(FAULT, ("no_drop", "a", MATHS))
    made["said"] = {"peer": {"kind": None, "system": "a", "cohort": MATHS, "onset": "2024-02-08"}}
    score = Score.of({**made, "reference": None}, "peer")
    assert (score.kind, score.system, score.cohort, score.dated) == (False, True, True, True)
    assert score.misleading is None


def test_a_drop_that_may_be_chance_clears_nobody() -> None:
    made = result(FAULT, ("no_drop", None, None))
    made["said"]["with"]["either"] = True
    assert misleading(made, "with") is None


def test_what_is_excused_is_excused_of_no_place_alone() -> None:
    made = result(("score_spread", None, None), ("missing_input", None, None))
    made["truth"]["accept"] = ["missing_input"]
    assert misleading(made, "with") is None
    made["said"]["with"]["cohort"] = MATHS
    assert misleading(made, "with") == "accused"


@pytest.mark.parametrize(
    ("scenario", "moved", "reference", "counts"),
    [
        ("ordinary:late", 0.05, 0.75, True),
        ("ordinary:late", 0.05, 0.71, False),  # most of it is chance
        ("ordinary:late", 0.01, 0.80, False),
        ("loop", 0.05, 0.71, True),  # of a platform that was simulated again, all counts
    ],
)
def test_an_incident_is_judged_if_its_fault_moved_auc(
    scenario: str, moved: float, reference: float, counts: bool
) -> None:
    made = result(moved=moved, reference=reference, scenario=scenario)
    assert judged(made) == counts


@pytest.mark.parametrize(
    ("low", "high", "until", "holds", "width"),
    [
        ("2024-02-06", "2024-02-09", None, True, 2),
        ("2024-02-08", "2024-02-08 13:00", None, True, 0),
        ("2024-02-09", "2024-02-12", None, False, 2),
        ("2024-02-09", "2024-02-12", "2024-02-10", True, 2),
        ("2024-02-01", "2024-02-07", None, False, 1),
        (None, None, None, None, None),
    ],
)
def test_the_interval_that_is_told_holds_the_onset_or_not(
    low: str | None, high: str | None, until: str | None, holds: bool | None, width: int | None
) -> None:
    made = result(onset="2024-02-08")
    made["said"]["with"] |= {"onset_low": low, "onset_high": high}
    made["truth"] = {**made["truth"], "onset": "2024-02-08", "until": until}
    made["days"] = ["2024-02-06", "2024-02-07", "2024-02-09", "2024-02-10", "2024-02-12"]
    if holds is not None and str(high).endswith("13:00"):
        made["days"] = ["2024-02-08", "2024-02-09"]
    score = Score.of(made, "with")
    assert (score.holds, score.width) == (holds, width)
