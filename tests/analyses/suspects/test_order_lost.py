"""Outcomes that follow one group's scores less than before, where few outcomes are ones."""

from functools import cache

import made
import numpy as np
import plain
import pytest
from scipy import optimize, special

from investigate.analyses.suspects.order_lost import _asked, _chance, _fitted, _Slope, order_lost
from investigate.counts.table import Counts

ODDS = np.array([-6.0, -4.5, -3.0, -1.5])
SCHOOLS = ("a", "b", "c")


@cache
def rare(damage: str) -> Counts:
    """Three schools, of whose outcomes one in thirty is one; the first of them is damaged."""
    rng = np.random.default_rng(4)
    log = made.platform(4, 9_000)
    log["school"] = rng.choice(SCHOOLS, len(log), p=[0.3, 0.4, 0.3])
    odds = rng.normal(-4.5, 1.6, len(log))
    log["score"] = special.expit(odds).round(4)
    struck = ((log["time"] >= "2024-02-10") & (log["school"] == "a")).to_numpy()
    if damage == "more":
        odds = odds + 1.2 * struck
    log["outcome"] = (rng.random(len(log)) < special.expit(odds)).astype(int)
    if damage == "shuffled":
        log.loc[struck, "score"] = rng.permutation(log.loc[struck, "score"])
    return plain.count(log, made.question(cohorts=["school"]))


def test_a_group_whose_scores_were_shuffled_is_the_one() -> None:
    found = [order_lost(rare("shuffled"), "school", ("", one), 0.99) for one in SCHOOLS]
    assert found == [True, False, False]


def test_more_ones_at_every_score_are_no_loss_of_order() -> None:
    assert not any(order_lost(rare("more"), "school", ("", one), 0.99) for one in SCHOOLS)


def test_a_group_without_another_beside_it_is_not_told_apart() -> None:
    assert not order_lost(rare("shuffled"), "all", ("", ""), 0.9)


@pytest.mark.parametrize("spread", [1.0, 1.7])
def test_the_chance_of_a_sum_is_that_of_outcomes_drawn_at_random(spread: float) -> None:
    rng = np.random.default_rng(8)
    rows, before = np.array([300, 200, 100, 50]), 0.02
    chance = special.expit(ODDS)
    weight = rows * chance * (1 - chance)
    lever = ODDS - weight @ ODDS / weight.sum()
    known = float(weight @ lever**2)
    slope = _Slope(rows.astype(float), chance, lever, 0.0, known, before)
    drawn = rng.binomial(rows, chance, (200_000, 4)) - rows * chance
    sums = drawn @ lever / known + rng.normal(0, np.sqrt(before), len(drawn))
    sums *= np.sqrt(spread)
    for tail in (0.05, 0.005):
        found = float(np.quantile(sums, tail))
        assert _chance([(slope, 1 / known)], found, spread) == pytest.approx(tail, rel=0.2)


def test_the_slope_is_that_of_a_logistic_regression() -> None:
    rows, ones = np.array([900.0, 700.0, 400.0, 200.0]), np.array([4.0, 9.0, 14.0, 30.0])

    def surprise(at: np.ndarray) -> float:
        chance = special.expit(at[0] + at[1] * ODDS)
        return -float(ones @ np.log(chance) + (rows - ones) @ np.log(1 - chance))

    best = optimize.minimize(surprise, [0.0, 1.0], method="BFGS", options={"gtol": 1e-8})
    slope, variance = _fitted(rows, ones, ODDS)
    assert slope == pytest.approx(best.x[1], abs=1e-4)
    chance = special.expit(best.x[0] + best.x[1] * ODDS)
    design = np.stack([np.ones(4), ODDS])
    known = design * (rows * chance * (1 - chance)) @ design.T
    assert variance == pytest.approx(np.linalg.inv(known)[1, 1], rel=1e-3)


def test_a_baseline_that_was_steep_by_chance_is_not_taken_for_the_truth() -> None:
    """The test against a logistic regression of both windows, by the ratio of likelihoods."""
    levels, before = np.linspace(-5, 0, 11), np.full(11, 100.0)
    now = before / 2
    steep, flat = (
        (rows * special.expit(slope * (levels + 2.1) - 2.1)).round()
        for rows, slope in ((before, 1.5), (now, 1.1))
    )

    def surprise(at: np.ndarray, slopes: tuple[int, int]) -> float:
        total = 0.0
        for window, (rows, ones) in enumerate(((before, steep), (now, flat))):
            odds = at[window] + at[2 + slopes[window]] * levels
            total += float(rows @ np.logaddexp(0, odds) - ones @ odds)
        return total

    one, two = (
        optimize.minimize(surprise, start, (slopes,), method="BFGS").fun
        for start, slopes in ((np.ones(3), (0, 0)), (np.ones(4), (0, 1)))
    )
    ratio = np.sqrt(2 * (one - two))
    slope = _asked((before, steep), (now, flat), levels)
    error = np.sqrt(slope.known + slope.known**2 * slope.before)
    assert -slope.found / error == pytest.approx(ratio, rel=0.05)
    again = _asked((now, flat), (before, steep), levels)
    error = np.sqrt(again.known + again.known**2 * again.before)
    assert again.found / error == pytest.approx(ratio, rel=0.05)
