"""What must not move the date, for steps drawn by hypothesis."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.analyses.change_point import LevelChange, change_point

Floats = np.ndarray
SE = 0.01


def found(values: Floats, errors: Floats, incident: int) -> LevelChange:
    change = change_point(values, errors, incident=incident)
    assert change is not None
    return change


few = settings(max_examples=12)


@st.composite
def series(draw: st.DrawFn, size: float = 0.08) -> tuple[Floats, Floats, int, int]:
    """Values and errors of one step, where it is, and the window's first bucket."""
    before, after = draw(st.integers(8, 40)), draw(st.integers(5, 30))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    errors = SE * rng.uniform(0.5, 2, before + after)
    levels = np.repeat([0.75, 0.75 + draw(st.sampled_from([-size, size]))], [before, after])
    incident = draw(st.integers(max(3, before - 4), before + 3))
    return levels + errors * rng.standard_normal(len(levels)), errors, before, incident


@pytest.mark.slow
@few
@given(series(), st.floats(-2, 2))
def test_a_constant_moves_the_levels_and_nothing_else(
    case: tuple[Floats, Floats, int, int], constant: float
) -> None:
    values, errors, _, incident = case
    change = found(values, errors, incident=incident)
    moved = found(values + constant, errors, incident=incident)
    assert (moved.low, moved.index, moved.high) == (change.low, change.index, change.high)
    assert moved.p_value == pytest.approx(change.p_value, abs=0.002)
    assert moved.before - change.before == pytest.approx(constant)
    assert moved.after - change.after == pytest.approx(constant)


@pytest.mark.slow
@settings(max_examples=25)
@given(series(size=0.01))
def test_a_rise_is_the_mirror_image_of_a_fall(case: tuple[Floats, Floats, int, int]) -> None:
    values, errors, _, incident = case
    change = found(values, errors, incident=incident)
    mirrored = found(-values, errors, incident=incident)
    assert mirrored == dataclasses.replace(change, before=-change.before, after=-change.after)


@pytest.mark.slow
@few
@given(series(), st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(case: tuple[Floats, Floats, int, int], unit: float) -> None:
    values, errors, _, incident = case
    change = found(values, errors, incident=incident)
    scaled = found(values * unit, errors * unit, incident=incident)
    assert (scaled.low, scaled.index, scaled.high) == (change.low, change.index, change.high)
    assert scaled.p_value == pytest.approx(change.p_value, abs=0.002)
    assert scaled.before == pytest.approx(change.before * unit)


@pytest.mark.slow
@few
@given(series(), st.data())
def test_buckets_without_a_value_do_not_move_the_date(
    case: tuple[Floats, Floats, int, int], data: st.DataObject
) -> None:
    values, errors, _, incident = case
    change = found(values, errors, incident=incident)
    holes = data.draw(st.lists(st.integers(0, len(values)), min_size=1, max_size=5))
    kept = np.flatnonzero(np.isfinite(np.insert(values, holes, np.nan)))
    holed = found(
        np.insert(values, holes, np.nan),
        np.insert(errors, holes, SE),
        incident=int(kept[incident]),
    )
    assert holed.index == kept[change.index]
