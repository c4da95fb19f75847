"""Step, slide and recovered fall: fits against least squares by brute force, and what is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.analyses.change_point import change_point
from investigate.analyses.change_shape import Shape, _slide, _temporary

Floats = np.ndarray
SE = 0.01


def rss(y: Floats, w: Floats, *columns: Floats) -> float:
    root = np.sqrt(w)
    design = np.column_stack([np.ones(len(y)), *columns]) * root[:, None]
    fitted = design @ np.linalg.lstsq(design, root * y, rcond=None)[0]
    return float(((root * y - fitted) ** 2).sum())


def drawn(seed: int, n: int) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    position = np.sort(rng.choice(3 * n, n, replace=False))
    return rng.normal(0, 1, n).cumsum(), rng.uniform(0.2, 4, n), position


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(6, 14))
def test_the_slide_is_the_best_of_all_by_least_squares(seed: int, n: int) -> None:
    y, w, position = drawn(seed, n)
    found = _slide(y, w, position)
    assert found is not None
    brute = {
        (a, b): rss(y, w, ((position - position[a]) / (position[b] - position[a])).clip(0, 1))
        for a in range(n - 3)
        for b in range(a + 3, n)
    }
    first, last, fitted, by_start = found
    assert brute[first, last] == pytest.approx(min(brute.values()))
    assert float(w @ (y - fitted) ** 2) == pytest.approx(brute[first, last])
    assert by_start[: n - 3] == pytest.approx([min(v for (a, _), v in brute.items() if a == k)
                                      for k in range(n - 3)])  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(7, 14))
def test_a_recovered_fall_is_the_best_of_all_that_came_back_half_way(seed: int, n: int) -> None:
    y, w, _ = drawn(seed, n)
    incident = n // 2
    brute = {}
    for a in range(1, n - 3):
        for b in range(max(a + 1, incident + 1), n - 2):
            levels = [
                np.average(y[p], weights=w[p]) for p in (slice(0, a), slice(a, b), slice(b, n))
            ]
            moved, back = levels[1] - levels[0], levels[1] - levels[2]
            if back * np.sign(moved) >= 0.5 * abs(moved):
                inside, later = np.zeros(n), np.zeros(n)
                inside[a:b], later[b:] = 1, 1
                brute[a, b] = rss(y, w, inside, later)
    found = _temporary(y, w, incident)
    assert (found is None) == (not brute)
    if found is not None:
        assert brute[found] == pytest.approx(min(brute.values()))


def shape_of(seed: int, shape: Floats, incident: int = 50) -> Shape:
    rng = np.random.default_rng(seed)
    errors = SE * rng.uniform(0.7, 1.4, len(shape))
    found = change_point(
        0.75 + shape + errors * rng.standard_normal(len(shape)), errors, incident=incident
    )
    assert found is not None
    return found.shape


DAY = np.arange(70)


def test_a_step_is_a_step() -> None:
    kinds = [shape_of(seed, -0.05 * (DAY >= 50)).kind for seed in range(12)]
    # Two in a hundred are called a slide in simulation: three of twelve have a chance of 0.2%.
    assert kinds.count("step") >= 10


@pytest.mark.parametrize("seed", range(4))
def test_a_slide_has_a_start_and_an_end(seed: int) -> None:
    shape = shape_of(seed, -0.1 * ((DAY - 48) / 14).clip(0, 1))
    assert shape.kind == "slide"
    assert shape.low is not None
    assert shape.high is not None
    assert shape.stop is not None
    assert shape.low <= shape.start <= shape.high
    assert abs(shape.start - 48) <= 3
    assert abs(shape.stop - 62) <= 4


@pytest.mark.parametrize("seed", range(4))
def test_a_fall_that_recovers_ends_with_its_last_bucket(seed: int) -> None:
    shape = shape_of(seed, -0.06 * ((DAY >= 50) & (DAY < 58)))
    assert (shape.kind, shape.start, shape.stop) == ("temporary", 50, 57)


@pytest.mark.slow
def test_an_earlier_dip_is_not_the_fall_of_the_incident() -> None:
    dip = -0.06 * ((DAY >= 20) & (DAY < 26)) - 0.06 * (DAY >= 50)
    for seed in range(4):
        assert shape_of(seed, dip).kind == "step"
