"""What undoes everything gives way to a cause with rows or a place of its own, and to it alone."""

from dataclasses import replace

import pytest

from investigate.analyses.suspects.ranking import best_of
from investigate.analyses.suspects.suspect import Suspect
from investigate.finding import Estimate

LOST = 0.2
CITY = {"city": "a"}


def suspect(
    kind: str, points: float, supported: bool = True, cohort: dict[str, str] | None = None
) -> Suspect:
    return Suspect(kind, Estimate(points), f"{kind} {points}", supported, cohort=cohort)


EVERYTHING = suspect("lost_resolution", 0.2)


@pytest.mark.parametrize(
    ("other", "wins"),
    [
        (suspect("missing_input", 0.1), True),
        (suspect("missing_input", 0.04), True),  # rows that are marked one by one
        (suspect("missing_input", 0.02), False),
        (suspect("missing_input", 0.1, supported=False), False),
        (suspect("lost_validity", 0.11, cohort=CITY), True),
        (suspect("lost_validity", 0.09, cohort=CITY), False),  # less than half, with a place
        (suspect("cannot_tell", 0.15, cohort=CITY), False),
        (suspect("population_mix", 0.15, cohort=CITY), False),
        (suspect("lost_validity", 0.15), False),
    ],
)
def test_everything_gives_way_to_what_has_rows_or_a_place(other: Suspect, wins: bool) -> None:
    assert best_of([EVERYTHING, other], LOST) is (other if wins else EVERYTHING)


def test_marked_rows_do_not_outrank_a_larger_cause_with_a_place() -> None:
    place = suspect("lost_validity", 0.15, cohort=CITY)
    assert best_of([EVERYTHING, suspect("missing_input", 0.04), place], LOST) is place


def test_nothing_material_explains_nothing() -> None:
    assert best_of([suspect("lost_validity", 0.05)], LOST) is None


def test_marked_rows_go_before_lost_resolution_in_a_place_though_they_recover_less() -> None:
    narrow = suspect("lost_resolution", 0.09, cohort=CITY)
    marked = suspect("missing_input", 0.05)
    assert best_of([EVERYTHING, narrow, marked], LOST) is marked
    assert best_of([EVERYTHING, narrow, suspect("missing_input", 0.02)], LOST) is EVERYTHING


def test_marked_rows_go_before_narrower_scores_of_a_group_that_grew() -> None:
    """Scores that are cut to two values lie closer together, whoever is scored."""
    spread, marked = suspect("score_spread", 0.2, cohort=CITY), suspect("missing_input", 0.1)
    assert best_of([spread, marked], LOST) is marked


def test_other_rows_that_explain_more_go_before_what_has_no_place() -> None:
    rows, everywhere = suspect("population_mix", 0.12, cohort=CITY), suspect("lost_validity", 0.1)
    assert best_of([everywhere, rows], LOST) is rows
    assert best_of([everywhere, suspect("population_mix", 0.09, cohort=CITY)], LOST) is everywhere
    placed = suspect("lost_validity", 0.1, cohort=CITY)
    assert best_of([placed, rows], LOST) is placed


@pytest.mark.parametrize(("points", "told"), [(0.17, True), (0.12, False)])
def test_a_scale_that_moved_goes_before_a_place_of_which_less_is_known(
    points: float, told: bool
) -> None:
    place = replace(suspect("lost_validity", 0.19, cohort=CITY), either=True)
    other = suspect("lost_validity", points, cohort={"app": "ios"})
    for one in (replace(other, shifted=True, either=True), replace(other, either=False)):
        assert best_of([place, one], LOST) is (one if told else place)


@pytest.mark.parametrize(
    ("low", "either", "kind", "innocent"),
    [
        (0.17, False, "system_fault", True),
        (0.17, True, "system_fault", False),  # what is left is not surely small
        (0.12, False, "system_fault", False),
        (0.17, False, "missing_input", False),  # rows that are marked one by one
    ],
)
def test_other_rows_that_surely_account_for_all_and_clear_the_rest_accuse_no_place(
    low: float, either: bool, kind: str, innocent: bool
) -> None:
    rows = replace(suspect("population_mix", 0.2), points=Estimate(0.2, low, 0.3), either=either)
    place = replace(suspect(kind, 0.19), system="b")
    assert best_of([place, rows], LOST) is (rows if innocent else place)
