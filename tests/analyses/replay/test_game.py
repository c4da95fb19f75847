"""Shapley values and Harsanyi dividends against their definitions, word for word."""

from itertools import chain, combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from investigate.analyses.replay.game import dividends, shapley

games = st.integers(1, 4).flatmap(
    lambda k: st.lists(st.floats(-2, 2), min_size=2**k, max_size=2**k).map(np.array)
)


def mask(players: tuple[int, ...]) -> int:
    return sum(1 << player for player in players)


def subsets(players: tuple[int, ...]) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(players, n) for n in range(len(players) + 1)))


def players(values: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(range(int(np.log2(len(values)))))


def by_orders(values: NDArray[np.float64], player: int) -> float:
    """What a player adds on joining, averaged over all orders."""
    added = []
    for order in permutations(players(values)):
        before = order[: order.index(player)]
        added.append(values[mask((*before, player))] - values[mask(before)])
    return float(np.mean(added))


def by_signs(values: NDArray[np.float64], chosen: tuple[int, ...]) -> float:
    """The sum over subsets with alternating signs."""
    return float(sum((-1) ** (len(chosen) - len(s)) * values[mask(s)] for s in subsets(chosen)))


@pytest.mark.slow
@given(games)
def test_shares_are_means_over_all_orders(values: NDArray[np.float64]) -> None:
    shares = shapley(values)
    expected = [by_orders(values, player) for player in players(values)]
    np.testing.assert_allclose(shares, expected, atol=1e-12)
    assert shares.sum() == pytest.approx(values[-1] - values[0], abs=1e-12)


@pytest.mark.slow
@given(games)
def test_dividends_are_alternating_sums_over_subsets(values: NDArray[np.float64]) -> None:
    found = dividends(values)
    for chosen in subsets(players(values)):
        assert found[mask(chosen)] == pytest.approx(by_signs(values, chosen), abs=1e-12)
        # The worth of a set is the sum of the dividends of all its subsets.
        worth = sum(found[mask(s)] for s in subsets(chosen))
        assert worth == pytest.approx(values[mask(chosen)], abs=1e-12)


@given(games)
def test_a_share_is_an_equal_part_of_every_dividend(values: NDArray[np.float64]) -> None:
    found = dividends(values)
    for player, share in enumerate(shapley(values)):
        parts = [found[mask(s)] / len(s) for s in subsets(players(values)) if player in s]
        assert share == pytest.approx(sum(parts), abs=1e-12)


def test_two_players_by_hand() -> None:
    values = np.array([0.1, 0.4, 0.2, 0.9])
    np.testing.assert_allclose(dividends(values), [0.1, 0.3, 0.1, 0.4])
    np.testing.assert_allclose(shapley(values), [0.5, 0.3])


def test_replicates_are_games_of_their_own() -> None:
    values = np.random.default_rng(1).normal(size=(8, 5))
    for given_, found in ((values, shapley(values)), (values, dividends(values))):
        assert found.shape[1] == 5
        for column in range(5):
            one = (shapley if len(found) == 3 else dividends)(given_[:, column])
            np.testing.assert_allclose(found[:, column], one)


def test_the_values_given_stay_as_they_are() -> None:
    values = np.arange(4.0)
    dividends(values)
    np.testing.assert_array_equal(values, np.arange(4.0))
