"""Charts: what leaves its level is seen, on how much evidence, and when it is back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from investigate.monitor.charts.chart import FEWEST, Alarm, Charted, as_normal, chart, normal_of_t
from investigate.monitor.charts.pace import DAYS
from investigate.monitor.charts.panel import limit


def alarm(value: float = -3.0) -> Alarm:
    return Alarm(
        series=0, raised=10, since=8, value=value, expected=0.0, error=0.2, before=8, weight=3.0
    )


def follow(one: Alarm, values: list[float]) -> int | None:
    for t, value in enumerate(values, start=11):
        if not one.goes_on(t, value, 1.0):
            return t
    return None


def test_it_goes_on_while_values_are_where_they_fell_to() -> None:
    assert follow(alarm(), [-3.0, -2.5, -3.5] * 30) is None


def test_it_is_over_soon_after_values_are_back() -> None:
    one = alarm()
    assert follow(one, [-3.0] * 5 + [0.0] * 10) == 17
    assert (one.back, one.ended) == (16, 17)
    assert one.after == pytest.approx(0.0)


def test_one_fine_day_is_not_enough_for_a_small_shift() -> None:
    assert follow(alarm(-1.0), [-1.0, 0.0, -1.0, 0.2, -1.2] * 10) is None


def test_half_of_the_way_back_is_not_back() -> None:
    assert follow(alarm(-6.0), [-2.5] * 60) is None


def test_better_than_before_is_over_too() -> None:
    assert follow(alarm(), [1.0] * 5) is not None


def test_what_was_extreme_by_luck_does_not_count_as_where_it_is() -> None:
    # One day far off raised it; the days since are off by less than half of that.
    assert follow(alarm(-5.0), [-2.0] * 50) is None


def test_a_rise_is_the_mirror_of_a_fall() -> None:
    assert follow(alarm(3.0), [3.0] * 5 + [0.0] * 10) == 17


@given(st.floats(-12, 12), st.floats(FEWEST, 1e6))
def test_as_rare_as_students_t(t: float, freedom: float) -> None:
    exact = -np.sign(t) * stats.norm.ppf(stats.t.sf(abs(t), freedom))
    # Wallace's formula is within 1.2% of it from five degrees of freedom on.
    assert normal_of_t(np.array(t), np.array(freedom)) == pytest.approx(exact, rel=0.02, abs=0.01)


@given(st.floats(0, 30), st.floats(0, 10), st.floats(0, 500))
def test_what_is_learnt_from_more_counts_for_more(
    off: float, learnt: float, effective: float
) -> None:
    def found(effective: float, learnt: float) -> float:
        return float(as_normal(*map(np.array, (off, 1.0, learnt, effective))))

    assert 0 <= found(effective, learnt) <= found(effective + 10, learnt) <= off + 1e-9
    assert found(effective, learnt + 1) <= found(effective, learnt) + 1e-9


@pytest.mark.parametrize("effective", [6, 20, 100])
@pytest.mark.parametrize("known", [0.0, 0.5, 0.9])
def test_it_is_never_larger_than_the_normal(effective: int, known: float) -> None:
    rng = np.random.default_rng(3)
    number = 400_000
    truth = 1 - known
    learnt = truth * rng.chisquare(effective, number) / effective
    off = rng.standard_normal(number) / np.sqrt(known + learnt)
    found = as_normal(off, np.full(number, known), learnt, np.full(number, float(effective)))
    for bound in (2.0, 3.0, 3.5):
        passed, stated = np.mean(found > bound), stats.norm.sf(bound)
        assert passed < stated + 4 * np.sqrt(stated / number)
    # Nor much smaller, in the middle.
    assert np.mean(found > 1.0) > stats.norm.sf(1.0) / 3


pytestmark = pytest.mark.slow

LEARN = 28
NEVER = np.inf


def charted(values: np.ndarray, variances: np.ndarray | None = None, **asked: object) -> Charted:
    series = values.shape[1]
    settled = {
        "learn": LEARN,
        "pace": DAYS,
        "sides": np.full(series, -1),
        "limits": np.full(series, NEVER),
        **asked,
    }
    return chart(values, np.ones_like(values) if variances is None else variances, **settled)


def noise(seed: int, steps: int, series: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((steps, series))


@given(seed=st.integers(0, 10**6), stop=st.integers(LEARN + 1, 119))
@settings(max_examples=15, deadline=None)
def test_what_is_said_of_a_day_depends_on_no_later_day(seed: int, stop: int) -> None:
    values = noise(seed, 120, 3)
    values[70:90] -= 2.5
    values[np.random.default_rng(seed).random(values.shape) < 0.1] = np.nan
    asked = {"limits": np.full(3, 3.5)}
    whole, part = charted(values, **asked), charted(values[:stop], **asked)
    np.testing.assert_array_equal(whole.statistic[:stop], part.statistic)
    np.testing.assert_array_equal(whole.expected[:stop], part.expected)
    raised = [(a.series, a.raised, a.since, a.value) for a in whole.alarms if a.raised < stop]
    assert raised == [(a.series, a.raised, a.since, a.value) for a in part.alarms]
    ended = {(a.series, a.raised): a.ended for a in whole.alarms}
    for alarm in part.alarms:
        after = ended[alarm.series, alarm.raised]
        assert alarm.ended == (after if after is not None and after < stop else None)


@given(
    seed=st.integers(0, 10**6),
    unit=st.floats(1e-3, 1e3),
    shift=st.floats(-100, 100),
)
@settings(max_examples=15, deadline=None)
def test_neither_unit_nor_origin_matters(seed: int, unit: float, shift: float) -> None:
    values, variances = noise(seed, 90, 2), 0.5 + noise(seed + 1, 90, 2) ** 2
    plain = charted(values, variances)
    moved = charted(unit * (values + shift), unit**2 * variances)
    np.testing.assert_allclose(moved.statistic, plain.statistic, rtol=1e-5, atol=1e-6)


def test_series_have_nothing_to_do_with_each_other() -> None:
    values = noise(1, 100, 5)
    values[60:, 2] -= 4
    values[:, 4] = np.nan
    together = charted(values, limits=np.full(5, 4.0))
    for n in range(5):
        alone = charted(values[:, [n]], limits=np.full(1, 4.0))
        np.testing.assert_allclose(
            together.statistic[:, n], alone.statistic[:, 0], rtol=1e-9, atol=1e-9
        )
    assert {alarm.series for alarm in together.alarms} == {2}


@pytest.mark.parametrize("side", [-1, 0, 1])
def test_which_side_matters(side: int) -> None:
    fell, rose = noise(3, 80, 1), noise(3, 80, 1)
    fell[50:] -= 6
    rose[50:] += 6
    asked = {"sides": np.array([side]), "limits": np.array([5.0])}
    assert bool(charted(fell, **asked).alarms) == (side <= 0)
    assert bool(charted(rose, **asked).alarms) == (side >= 0)


def test_a_shift_is_found_dated_and_its_end_is_seen() -> None:
    values = noise(5, 200, 200)
    values[100:130] -= 3.0
    found = charted(values, limits=np.full(200, limit(0.4, both=False, pace=DAYS)))
    first = {}
    for alarm in found.alarms:
        if alarm.raised >= 100:
            first.setdefault(alarm.series, alarm)
    assert len(first) > 190
    alarms = list(first.values())
    assert np.median([a.raised for a in alarms]) <= 101
    assert np.mean([abs(a.since - 100) <= 2 for a in alarms]) > 0.9
    assert np.mean([a.ended is not None and 130 <= a.ended <= 136 for a in alarms]) > 0.8
    shift = np.array([a.value - a.expected for a in alarms])
    assert np.median(shift) < -2.5
    # A day's own noise of one, and what the level is off by.
    assert 1.0 < np.median([a.error for a in alarms if a.raised == a.since]) < 1.3


def test_while_an_alarm_is_open_nothing_is_learnt() -> None:
    values = noise(7, 160, 1)
    values[80:] -= 8
    found = charted(values, limits=np.array([5.0]))
    (alarm,) = found.alarms
    assert alarm.ended is None
    bare = found.expected[alarm.since + 1 :, 0]
    assert np.ptp(bare) < 1.0
    assert bare.mean() == pytest.approx(values[:80].mean(), abs=1.0)


def test_the_pattern_of_the_week_is_no_news() -> None:
    weekly = np.tile([0, 0, 0, 0, 0, -4, -4], 40)[:, None]
    values = weekly[:250] + noise(9, 250, 1)
    found = charted(values)
    assert np.nanmax(found.statistic[LEARN + 28 :]) < 4.5
    late = slice(200, 250)
    assert np.corrcoef(found.expected[late, 0], weekly[late, 0])[0, 1] > 0.95


def test_a_slow_drift_is_followed() -> None:
    steady = noise(11, 400, 200)
    drifting = steady - 0.002 * np.arange(400)[:, None]
    raised = [
        np.mean(np.nanmax(charted(values).statistic, axis=0) > limit(0.4, False, DAYS))
        for values in (steady, drifting)
    ]
    assert raised[1] - raised[0] < 0.2
    # A level that were not followed would be off by half a standard deviation.
    assert charted(drifting).expected[-1].mean() == pytest.approx(-0.8, abs=0.2)


@pytest.mark.parametrize("slow", [0.0, 0.1, 0.5, 0.9])
def test_false_alarms_stay_at_the_rate_that_a_limit_is_for(slow: float) -> None:
    steps, series = LEARN + 365, 1000
    rng = np.random.default_rng(13)
    values = np.sqrt(1 - slow) * rng.standard_normal((steps, series))
    state = np.sqrt(slow) * rng.standard_normal(series)
    for t in range(steps):
        values[t] += state
        state = 0.9 * state + np.sqrt(slow * (1 - 0.81)) * rng.standard_normal(series)
    largest = np.nanmax(charted(values, np.full_like(values, 1 - slow)).statistic, axis=0)
    for a_year in (0.02, 0.1, 0.4):
        chance = 1 - np.exp(-a_year)
        share = np.mean(largest > limit(a_year, both=False, pace=DAYS))
        assert share < chance + 3 * np.sqrt(chance / series)
    # A limit that holds for all of these is not far from any of them, where it is passed at all.
    assert share > chance / 3


def test_a_level_must_be_known_from_more_than_is_set_against_it() -> None:
    values = noise(15, 120, 400)
    found = charted(values, limits=np.full(400, 2.5))
    assert len(found.alarms) > 200
    assert all(2 * (a.raised + 1 - a.since) <= a.since for a in found.alarms)


def test_a_series_without_values_or_with_few_says_nothing() -> None:
    values = np.full((60, 2), np.nan)
    values[50:55, 1] = [0, 0, 0, -50, -50]
    found = charted(values, limits=np.full(2, 3.0))
    assert found.alarms == []
    assert np.isnan(found.statistic).all()
