"""From the whole log to the group that holds a loss: on gains written down by hand."""

import math
from collections.abc import Sequence

import pytest

from investigate.analyses.suspects.narrowing import Scope, narrowed, places_disjoint, several

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


def test_a_rest_that_lost_no_more_than_chance_is_quiet() -> None:
    gains = {WHOLE: 0.1, ELO: 0.07, RULES: 0.03}
    calm = narrowed(WHOLE, LEVELS, lambda s: gains.get(s, 0.0), calm=lambda s, _: s is ELO)
    assert calm is ELO
    # A third of the loss is still to be its own.
    few = gains | {ELO: 0.03}
    few_of_it = narrowed(WHOLE, LEVELS, lambda s: few.get(s, 0.0), calm=lambda s, _: s is ELO)
    assert few_of_it is WHOLE


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


def test_a_group_that_may_hold_a_loss_by_chance_is_not_named() -> None:
    gains = {WHOLE: 0.1, ELO: 0.1, SOUTH: 0.1, PAIR: 0.1}
    asked: list[tuple[Scope, Scope, int]] = []

    def apart(inner: Sequence[Scope], outer: Scope, among: int) -> bool:
        asked.append((inner[0], outer, among))
        return outer is WHOLE

    assert narrowed(WHOLE, LEVELS, lambda s: gains.get(s, 0.0), apart) is SOUTH
    # A group of the log is one; a pair within it is one of two.
    assert asked == [(SOUTH, WHOLE, 1), (PAIR, SOUTH, 2)]
    assert narrowed(WHOLE, LEVELS, lambda s: gains.get(s, 0.0), lambda *_: False) is WHOLE


def test_several_groups_are_asked_for_as_one_choice_of_all() -> None:
    east, west, rest = (
        Scope("region", "", name, n) for name, n in (("e", 20), ("w", 20), ("r", 60))
    )
    gains = {WHOLE: 0.1, east: 0.05, west: 0.05, rest: 0.0}
    among: list[int] = []

    def apart(inner: Sequence[Scope], outer: Scope, looked_at: int) -> bool:
        among.append(looked_at)
        return len(among) > 1

    columns = [[ELO, RULES], [east, west, rest]]
    assert several(WHOLE, columns, lambda s: gains.get(s, 0.0), apart) == []
    assert several(WHOLE, columns, lambda s: gains.get(s, 0.0), apart) == [east, west]
    assert among == [5, 5]


@pytest.mark.parametrize("gained", [5e-324, math.nan])
def test_a_gain_that_is_a_rounding_error_is_in_no_place(gained: float) -> None:
    """A constant score gains nothing; the least number that is not zero, by rows, is zero."""
    whole = Scope("all", "", "", 100)
    groups = [Scope("shop", "", name, 40) for name in ("a", "b")]
    assert narrowed(whole, [groups], lambda _: gained) is whole
    assert several(whole, [groups], lambda _: gained) == []


def test_where_the_largest_group_is_no_news_the_next_is_asked_as_one_of_many() -> None:
    currency, city = Scope("currency", "", "EUR", 75), Scope("city", "", "Lyon", 6)
    gains = {WHOLE: 0.1, currency: 0.099, city: 0.08}
    asked: list[tuple[Scope, int]] = []

    def apart(ones: Sequence[Scope], _: Scope, among: int) -> bool:
        asked.append((ones[0], among))
        return ones[0] is not currency

    level = [currency, city]
    assert narrowed(WHOLE, [level], lambda scope: gains.get(scope, 0.0), apart) is city
    assert asked == [(currency, 1), (city, 2)]
    refuse = narrowed(WHOLE, [level], lambda scope: gains.get(scope, 0.0), lambda *_: False)
    assert refuse is WHOLE


def test_places_share_no_row_where_a_system_or_a_column_has_other_values() -> None:
    web, ios = ("channel", ("", "web")), ("channel", ("", "ios"))
    ml, rules = ("system", ("ml", "")), ("system", ("rules", ""))
    both = ("system*channel", ("ml", "web"))
    assert places_disjoint(web, ios)
    assert places_disjoint(ml, rules)
    assert places_disjoint(both, ios)
    assert places_disjoint(both, rules)
    assert not places_disjoint(web, ml)
    assert not places_disjoint(both, ml)
    assert not places_disjoint(web, ("country", ("", "ios")))
    assert not places_disjoint(web, ("all", None))
