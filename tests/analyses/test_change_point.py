import numpy as np
import pytest

from investigate.analyses.change_point import LevelChange, change_point

pytestmark = pytest.mark.slow

Floats = np.ndarray
SE = 0.01


def ar1(rng: np.random.Generator, n: int, rho: float) -> Floats:
    z = rng.standard_normal(n)
    for t in range(1, n):
        z[t] = rho * z[t - 1] + np.sqrt(1 - rho**2) * z[t]
    return z


def made(seed: int, *lengths_and_levels: tuple[int, float], rho: float = 0.0) -> Floats:
    level = np.concatenate([np.full(n, value) for n, value in lengths_and_levels])
    return level + SE * ar1(np.random.default_rng(seed), len(level), rho)


def found(values: Floats, errors: Floats | None = None, **asked: float) -> LevelChange:
    equal = np.full(len(values), SE)
    change = change_point(values, equal if errors is None else errors, **asked)  # type: ignore[arg-type]
    assert change is not None
    return change


def brute_force_split(values: Floats, errors: Floats) -> int:
    w = errors**-2.0

    def rss(part: slice) -> float:
        return float(w[part] @ (values[part] - np.average(values[part], weights=w[part])) ** 2)

    return min(range(1, len(values)), key=lambda k: rss(slice(0, k)) + rss(slice(k, None)))


@pytest.mark.parametrize("seed", range(12))
def test_one_step_is_where_a_scan_of_every_split_puts_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 90))
    at = int(rng.integers(n // 3, n - 5))
    errors = SE * rng.uniform(0.5, 2, n)
    values = 0.75 - 0.05 * (np.arange(n) >= at) + errors * rng.standard_normal(n)
    change = found(values, errors, incident=n // 2)
    assert change.index == brute_force_split(values, errors)
    assert change.low <= change.index <= change.high
    w = errors**-2.0
    before = np.average(values[: change.index], weights=w[: change.index])
    after = np.average(values[change.index :], weights=w[change.index :])
    # Excess variance, where there is any, evens the weights out: hence within, not equal.
    assert change.before == pytest.approx(before, abs=SE / 3)
    assert change.after == pytest.approx(after, abs=SE / 3)


HIGH, LOW = 0.75, 0.68


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("series", "incident", "truth"),
    [
        (((40, HIGH), (20, LOW)), 40, 40),  # with the window
        (((32, HIGH), (28, LOW)), 40, 32),  # before the window
        (((15, HIGH), (45, LOW)), 40, 15),  # during most of the baseline
        (((50, HIGH), (10, LOW)), 40, 50),  # inside the window
        (((36, HIGH), (10, LOW), (14, HIGH)), 40, 36),  # and recovered inside it
        (((8, HIGH), (11, LOW), (7, HIGH)), 8, 8),  # and between two quarters of it
        (((12, HIGH), (5, LOW), (23, HIGH), (20, LOW)), 40, 40),  # after an earlier dip
        (((20, HIGH), (20, 0.73), (20, LOW)), 40, 40),  # after a smaller step
        (((40, LOW), (20, HIGH)), 40, 40),  # a rise
        (((59, HIGH), (1, 0.6)), 59, 59),  # one bucket is all there is of it
    ],
)
def test_the_date_is_when_the_incidents_level_began(
    seed: int, series: tuple[tuple[int, float], ...], incident: int, truth: int
) -> None:
    change = found(made(seed, *series), incident=incident)
    assert change.index == truth
    assert change.low <= truth <= change.high
    assert change.p_value < 0.05


def test_levels_are_those_next_to_the_change() -> None:
    for seed, size in enumerate([0.1, 0.06, 0.025]):
        change = found(made(seed, (36, 0.75), (7, 0.75 - size), (17, 0.75)), incident=36)
        assert change.before == pytest.approx(0.75, abs=0.006)
        assert change.after == pytest.approx(0.75 - size, abs=0.01)


@pytest.mark.slow
def test_a_weak_fault_that_recovered_is_not_mixed_with_the_days_after_it() -> None:
    weak = [made(seed, (36, 0.75), (7, 0.73), (17, 0.75)) for seed in range(30)]
    changes = [found(values, incident=36) for values in weak]
    sizes = np.array([change.after - change.before for change in changes])
    assert sizes.mean() == pytest.approx(-0.02, abs=0.0025)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_series_without_a_change_are_seldom_called_changed(rho: float) -> None:
    n, seeds = 60, 60
    p = np.array([found(made(s, (n, 0.75), rho=rho), incident=45).p_value for s in range(seeds)])
    # 5% of 60 is 3; 9 or more has a probability of 0.3% if the test is calibrated.
    assert (p < 0.05).sum() <= 8
    # Nor does it never speak: p-values of a calibrated test fill the unit interval.
    assert 0.3 < p.mean() < 0.7
    assert p.min() < 0.2


@pytest.mark.slow
def test_autocorrelation_makes_the_same_step_less_certain() -> None:
    def typical(rho: float) -> float:
        series = (made(s, (45, 0.75), (15, 0.735), rho=rho) for s in range(15))
        return float(np.median([found(values, incident=45).p_value for values in series]))

    assert typical(0.0) < 0.02 < typical(0.7)


def test_errors_stated_too_small_do_not_make_a_change() -> None:
    values = made(2, (60, 0.75))
    stated = found(values, np.full(60, SE), incident=45)
    bold = found(values, np.full(60, SE / 10), incident=45)
    assert stated.p_value > 0.05
    assert bold.p_value > 0.05


def test_p_is_never_zero_and_the_step_is_dated_exactly() -> None:
    change = found(made(3, (60, 0.75), (20, 0.5)), incident=60)
    assert (change.low, change.index, change.high) == (60, 60, 60)
    assert change.p_value == 1 / 1000


def test_a_bucket_with_a_tiny_error_does_not_take_the_date() -> None:
    values, errors = made(4, (40, 0.75), (20, 0.68)), np.full(60, SE)
    values[10], errors[10] = 1.0, SE / 1000
    assert found(values, errors, incident=40).index == 40


def test_weekends_are_not_taken_for_a_change() -> None:
    n, at = 70, 56
    weekend = np.arange(n) % 7 >= 5
    errors = np.where(weekend, 2 * SE, SE)
    clean = made(5, (at, 0.75), (n - at, 0.71))
    values = clean + SE * weekend * np.random.default_rng(50).standard_normal(n) - 0.06 * weekend
    by_weekday = found(values, errors, incident=at, period=7)
    plain = found(values, errors, incident=at)
    assert abs(by_weekday.index - at) <= 1
    assert by_weekday.low <= at <= by_weekday.high
    assert by_weekday.p_value < 0.05
    assert by_weekday.high - by_weekday.low < plain.high - plain.low
    assert by_weekday.p_value < plain.p_value
    weekdays = [values[part & ~weekend].mean() for part in (np.arange(n) < at, np.arange(n) >= at)]
    assert by_weekday.after - by_weekday.before == pytest.approx(
        weekdays[1] - weekdays[0], abs=SE / 3
    )


def test_too_few_periods_leave_the_pattern_in() -> None:
    values = made(6, (20, 0.75), (10, 0.7)) - 0.05 * (np.arange(30) % 7 >= 5)
    assert found(values, incident=20, period=7) == found(values, incident=20)
    assert found(values, incident=21, period=7) != found(values, incident=21)


def test_a_drift_has_a_wider_interval_than_a_step() -> None:
    n = 80
    wobble = made(7, (n, 0.0))
    step = np.where(np.arange(n) >= 40, 0.70, 0.75)
    drift = np.interp(np.arange(n), [15, 65], [0.75, 0.70])
    sharp = found(step + wobble, incident=40)
    vague = found(drift + wobble, incident=40)
    assert vague.high - vague.low >= 5 > sharp.high - sharp.low
    assert 15 < vague.index < 65
    assert vague.p_value < 0.05


def test_more_confidence_is_a_wider_interval() -> None:
    values = made(8, (40, 0.75), (20, 0.735))
    narrow = found(values, incident=40, confidence=0.5)
    wide = found(values, incident=40, confidence=0.99)
    assert wide.low < narrow.low <= narrow.high < wide.high


def test_missing_buckets_before_the_change_belong_to_its_interval() -> None:
    values = made(9, (40, 0.75), (20, 0.6))
    values[33:40] = np.nan
    change = found(values, incident=40)
    assert (change.low, change.index, change.high) == (33, 40, 40)


def test_buckets_without_a_usable_error_are_as_good_as_missing() -> None:
    values, errors = made(10, (40, 0.75), (20, 0.68)), np.full(60, SE)
    unusable = {5: 0.0, 21: np.nan, 44: np.inf, 50: -SE}
    missing = values.copy()
    for index, error in unusable.items():
        errors[index] = error
        values[index] = 0.1
        missing[index] = np.nan
    assert found(values, errors, incident=40) == found(missing, incident=40)


@pytest.mark.parametrize(
    ("values", "errors", "incident"),
    [
        (made(11, (7, 0.75)), np.full(7, SE), 4),
        (made(11, (30, 0.75)), np.full(30, 0.0), 20),
        (made(11, (30, 0.75)), np.full(30, np.nan), 20),
        (made(11, (30, 0.75)), np.full(30, SE), 0),
        (made(11, (30, 0.75)), np.full(30, SE), 30),
        (np.where(np.arange(30) < 20, np.nan, 0.7), np.full(30, SE), 20),
        (np.full(30, 0.5), np.full(30, SE), 20),
        (np.array([]), np.array([]), 0),
    ],
)
def test_no_change_can_be_dated(values: Floats, errors: Floats, incident: int) -> None:
    assert change_point(values, errors, incident=incident) is None


def test_inputs_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        change_point(np.zeros(10), np.ones(9), incident=5)
    with pytest.raises(ValueError, match="period"):
        change_point(np.zeros(10), np.ones(10), incident=5, period=1)


def test_series_with_a_value_in_every_other_bucket_only() -> None:
    dense = made(13, (6, 0.75), (4, 0.6))
    sparse = np.full(20, np.nan)
    sparse[::2] = dense
    change = found(sparse, incident=12)
    assert (change.low, change.index) == (11, 12)
    assert change.p_value < 0.05


def test_series_without_noise_is_dated() -> None:
    change = found(np.repeat([0.75, 0.7], [30, 15]), incident=30)
    assert (change.low, change.index, change.high) == (30, 30, 30)
    assert (change.before, change.after) == (pytest.approx(0.75), pytest.approx(0.7))


@pytest.mark.slow
def test_the_same_answer_every_time() -> None:
    values = made(12, (40, 0.75), (20, 0.73), rho=0.4)
    assert found(values, incident=40) == found(values, incident=40)
