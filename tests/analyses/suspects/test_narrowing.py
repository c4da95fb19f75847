"""From the whole log to the group that holds a loss: on gains written down by hand."""

import pytest

from investigate.analyses.suspects.narrowing import Scope, narrowed

WHOLE = Scope("all", "", "", 100)
ELO, RULES = Scope("system", "elo", "", 60), Scope("system", "rules", "", 40)
NORTH, SOUTH = Scope("region", "", "north", 70), Scope("region", "", "south", 30)
PAIR = Scope("system*region", "elo", "south", 20)
OTHER = Scope("system*region", "rules", "south", 10)
LEVELS = [[ELO, RULES, NORTH, SOUTH], [PAIR, OTHER]]


def found(gains: dict[Scope, float]) -> Scope:
    return narrowed(WHOLE, LEVELS, lambda scope: gains.get(scope, 0.0))


def test_a_loss_everywhere_stays_with_the_whole_log() -> None:
    gains = {scope: 0.001 * scope.rows for scope in (WHOLE, ELO, RULES, NORTH, SOUTH, PAIR, OTHER)}
    assert found(gains) is WHOLE


@pytest.mark.parametrize(("scope", "rest"), [(ELO, RULES), (SOUTH, NORTH), (NORTH, SOUTH)])
def test_a_loss_in_one_group(scope: Scope, rest: Scope) -> None:
    # Its two pairs share the loss by their rows: neither holds it alone.
    assert found({WHOLE: 0.1, scope: 0.099, rest: 0.001}) is scope


def test_a_loss_in_one_pair() -> None:
    assert found({WHOLE: 0.1, ELO: 0.1, SOUTH: 0.1, PAIR: 0.1}) is PAIR
    assert found({WHOLE: 0.1, ELO: 0.098, SOUTH: 0.1, PAIR: 0.09, OTHER: 0.01}) in (PAIR, SOUTH)


def test_most_of_a_loss_is_not_enough_where_the_rest_lost_too() -> None:
    # Elo has 60 of 100 rows and 0.07 of 0.1: the rest lost more than half as much a row.
    assert found({WHOLE: 0.1, ELO: 0.07, RULES: 0.03}) is WHOLE


def test_half_of_a_loss_is_not_enough() -> None:
    assert found({WHOLE: 0.1, SOUTH: 0.05}) is WHOLE


@pytest.mark.parametrize("gain", [0.0, -0.1])
def test_without_a_gain_nothing_is_narrowed(gain: float) -> None:
    assert found({WHOLE: gain, ELO: 0.1}) is WHOLE


def test_a_group_that_is_the_whole_log_narrows_nothing() -> None:
    only = Scope("system", "elo", "", 100)
    assert narrowed(WHOLE, [[only]], lambda _: 0.1) is WHOLE


def test_of_two_the_one_whose_rest_is_quieter() -> None:
    assert found({WHOLE: 0.1, ELO: 0.09, SOUTH: 0.099}) is SOUTH
    assert found({WHOLE: 0.1, ELO: 0.1, SOUTH: 0.09}) is ELO


def test_a_pair_lies_in_its_system_and_its_cohort() -> None:
    assert PAIR.within(WHOLE)
    assert PAIR.within(ELO)
    assert PAIR.within(SOUTH)
    for outer in (RULES, NORTH, Scope("school", "", "south", 30)):
        assert not PAIR.within(outer)
    assert not SOUTH.within(ELO)


def test_how_suspects_name_it() -> None:
    assert WHOLE.of == (None, None)
    assert ELO.of == ("elo", None)
    assert SOUTH.of == (None, {"region": "south"})
    assert PAIR.of == ("elo", {"region": "south"})
