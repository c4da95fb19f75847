"""Look-alikes of known cause must be told apart, on seeds that no threshold was chosen on."""

import gc
import re
import weakref
from dataclasses import replace
from pathlib import Path

import made
import plain
import pytest
import stored

from investigate.analyses import verdict
from investigate.analyses.account import Account, Part
from investigate.analyses.suspects.suspect import Suspect
from investigate.analyses.verdict import (
    also_found,
    first_cause,
    in_yaml,
    several_causes,
    single_cause_sentence,
)
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.question.params import as_yaml, load

pytestmark = pytest.mark.slow

SEEDS = (11, 12)
CAUSES = {
    "none": ("no_drop", None, None),
    "spread": ("score_spread", None, None),
    "mix": ("population_mix", None, {"country": "IT"}),
    "reset": ("system_fault", "calibration", None),
    "scrambled": ("system_fault", "calibration", None),
    "misaligned": ("system_misalignment", "default", None),
    "labels": ("outcome_fault", None, {"school": "school 2"}),
    "missing_input": ("missing_input", None, {"version": "2.0"}),
    "duplicates": ("duplicate_rows", None, None),
}


QUICK = ("none", "labels")


def slow(value: object) -> object:
    """A value of a parameter that is left to the whole suite."""
    return pytest.param(value, marks=pytest.mark.slow)


ROWS = 20_000


def found(damage: str, seed: int, **changes: object) -> Finding:
    asked = made.question(**changes)

    def count() -> Counts:
        return plain.count(made.platform(seed, ROWS, damage), asked)

    return verdict(stored.counts(count, damage, seed, ROWS, changes), asked)


@pytest.mark.parametrize("damage", [d if d in QUICK else slow(d) for d in CAUSES])
def test_names_the_cause_that_was_put_in(damage: str) -> None:
    kind, system, cohort = CAUSES[damage]
    named = found(damage, SEEDS[damage not in QUICK]).detail["verdict"]
    assert named["kind"] == kind
    assert named["system"] == system
    if kind != "score_spread":  # it names who the newcomers are, by chance none here
        assert named["cohort"] == cohort


def test_every_suspect_has_the_form_of_the_verdict() -> None:
    detail = found("labels", SEEDS[0]).detail
    for suspect in detail["suspects"]:
        assert set(detail["verdict"]) <= set(suspect)
        assert isinstance(suspect["sentence"], str)
    assert detail["suspects"][0]["kind"] == detail["verdict"]["kind"]


def test_points_recover_what_the_fault_took() -> None:
    healthy, broken = (found(d, SEEDS[0]).detail["verdict"] for d in ("none", "labels"))
    assert healthy["points"] < broken["low"] < broken["points"]


@pytest.mark.slow
def test_without_an_item_column_a_fault_is_told_by_where_it_struck() -> None:
    columns = {"time": "time", "outcome": "outcome", "score": "score", "system": "system"}
    columns["cluster"] = "student"
    finding = found("scrambled", SEEDS[0], columns=columns)
    assert (finding.detail["verdict"]["kind"], finding.detail["verdict"]["system"]) == (
        "system_fault",
        "calibration",
    )
    assert any("No item column" in caveat for caveat in finding.caveats)


@pytest.mark.slow
def test_an_improvement_is_no_drop() -> None:
    log = made.platform(SEEDS[0], damage="scrambled")
    swapped = made.question(
        baseline={"start": "2024-02-10", "end": "2024-02-22"},
        incident={"start": "2024-03-10", "end": "2024-04-19"},
    )
    later = log.assign(
        time=log["time"].where(
            log["time"] >= "2024-02-10",
            log["time"] + (made.pd.Timestamp("2024-03-10") - made.pd.Timestamp("2024-01-01")),
        )
    )
    named = verdict(plain.count(later, swapped), swapped).detail["verdict"]
    assert named["kind"] == "no_drop"
    assert "rose" in named["sentence"]


@pytest.mark.parametrize(
    ("high", "either", "begins"),
    [
        (0.12, True, "No fault is shown: "),  # it may be all of the drop
        (0.09, True, "In part no fault: "),
        (0.12, False, "Nothing is broken as far as the log tells: "),
    ],
)
def test_how_far_a_harmless_cause_clears_the_drop(high: float, either: bool, begins: str) -> None:
    dropped = Finding("drop", "", numbers={"change": Estimate(-0.1)})
    mix = Suspect("population_mix", Estimate(0.08, 0.06, high), "Rows.", True, either=either)
    assert single_cause_sentence(dropped, mix).startswith(begins)


@pytest.mark.parametrize(
    ("value", "low", "told"),
    [
        (0.19, 0.15, "0.190 [0.150, 0.230], more than the 0.100 lost"),
        (0.12, 0.09, "all of the 0.100 lost"),
        (0.09, 0.05, "0.090 [0.050, 0.130] of the 0.100 lost"),
    ],
)
def test_what_recovers_more_than_was_lost_says_so(value: float, low: float, told: str) -> None:
    dropped = Finding("drop", "", numbers={"change": Estimate(-0.1)})
    cause = Suspect("lost_validity", Estimate(value, low, 2 * value - low), "Rows.", True)
    assert told in single_cause_sentence(dropped, cause)


def test_counts_go_with_their_last_user() -> None:
    """What a session remembers of counts must not keep them, which are large."""
    asked = made.question()
    counted = plain.count(made.platform(SEEDS[0], damage="labels"), asked)
    verdict(counted, asked)
    gone = weakref.ref(counted)
    gc.disable()
    try:
        del counted
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(("second", "either"), [("lost_validity", True), ("population_mix", False)])
def test_an_innocent_cause_clears_nothing_beside_one_that_is_not(second: str, either: bool) -> None:
    """Programs read the first cause alone."""
    causes = [
        Suspect(kind=name, points=Estimate(0.05, 0.04, 0.06), evidence="", supported=True)
        for name in ("score_spread", second)
    ]
    parts = tuple(Part(cause, cause.points, 0.8) for cause in causes)
    first = first_cause(causes[0], Account(parts, tuple(causes), lost=0.1, least=0.01))
    assert (first.kind, first.either) == ("score_spread", either)


def test_an_innocent_cause_clears_nothing_beside_rows_that_are_marked() -> None:
    first, marked = (
        Suspect(kind=name, points=Estimate(0.05, 0.04, 0.06), evidence="", supported=True)
        for name in ("score_spread", "missing_input")
    )
    alone = (Part(first, first.points, 0.8),)
    for others, either in (
        ((), False),
        ((marked,), True),
        ((replace(marked, supported=False),), False),
    ):
        whole = Account(alone, (first, *others), lost=0.05)
        assert first_cause(first, whole).either is either


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        # One default in each of two cohorts: undone together they leave the second no part.
        (("missing_input", None), ("missing_input", {"channel": "ios"}), True),
        (("missing_input", {"channel": "ios"}), ("missing_input", {"channel": "ios"}), False),
        (("missing_input", None), ("population_mix", {"channel": "ios"}), False),
        # What a flood took is still in the counts, so that nobody looked on top of it.
        (("flood", None), ("missing_input", {"channel": "ios"}), False),
    ],
)
def test_a_sure_finding_that_adds_nothing_is_told_beside_the_account(
    first: tuple[str, dict[str, str] | None], second: tuple[str, dict[str, str]], told: bool
) -> None:
    cause, other = (
        Suspect(kind, Estimate(points, 0.01, 0.2), "Rows.", True, cohort=cohort)
        for (kind, cohort), points in ((first, 0.1), (second, 0.02))
    )
    unsure = replace(other, cohort={"channel": "web"}, supported=False)
    whole = Account((Part(cause, cause.points, 0.8),), (cause, unsure, other), 0.1)
    assert [text[:27] for text in also_found(whole)] == ["Also found, in channel ios:"] * told


def test_parts_that_are_told_sum_to_what_was_lost() -> None:
    rows = [
        ("system_fault", "a", 0.08),
        ("outcome_fault", None, 0.05),
        # What raised AUC meanwhile is no cause that the verdict names.
        ("population_mix", None, -0.03),
        ("unexplained", None, 0.002),
    ]
    parts = []
    for kind, system, value in rows:
        points = Estimate(value, value - 0.01, value + 0.01)
        parts.append(Part(Suspect(kind, points, "", True, system=system), points, 0.8))
    whole = Account(tuple(parts), tuple(part.suspect for part in parts), 0.102, 0.01, 0.01)
    told = several_causes(whole)
    assert "have two causes" in told
    assert "Beside these: population mix (−0.030 [−0.040, −0.020])." in told
    named = [float(n.replace("−", "-")) for n in re.findall(r"(?:\(|: )(−?0\.\d+) \[", told)]
    assert sum(named) == pytest.approx(whole.lost)


@pytest.mark.parametrize(
    "name",
    ["DE", "school 2", "1.10", "yes", "null", "UK, London", "a: b", "[5, 9)", "#1", 'x"y', "-"],
)
def test_a_group_is_named_such_that_it_can_be_asked_about(name: str, tmp_path: Path) -> None:
    path = tmp_path / "asked.yml"
    path.write_text(f"{as_yaml(made.question())}where: {{country: {in_yaml(name)}}}\n")
    assert dict(load(path).where) == {"country": (name,)}
    assert in_yaml("school 2") == "school 2"


def test_a_drop_that_is_surely_smaller_than_what_matters_is_told_as_that() -> None:
    log = made.platform(11, 12_000, "labels")
    told = {}
    for tolerance in (0.01, 0.4):
        question = made.question(thresholds={"tolerance": tolerance})
        told[tolerance] = verdict(plain.count(log, question), question).claim
    small = " The whole drop is surely smaller than 0.400 (thresholds.tolerance)."
    assert small not in told[0.01]
    assert told[0.4].replace(small, "") == told[0.01]
