import numpy as np
import pytest

from investigate.analyses.ar_noise import _AUTOCORRELATIONS, ArNoise, _pairs
from investigate.analyses.segmentation import best_stretch, without_stretch

MANY = 4000


def noise_on(n: int, seed: int = 0) -> tuple[ArNoise, np.ndarray]:
    w = np.random.default_rng(seed).uniform(0.2, 5, n)
    return ArNoise(w, np.arange(n), [n]), w


def test_simulated_noise_has_the_variance_of_its_weights() -> None:
    noise, w = noise_on(30)
    assert noise.simulate(np.full(MANY, 0.6)).var(axis=1) * w == pytest.approx(
        np.ones(30), rel=0.12
    )


def test_simulated_noise_forgets_over_gaps_as_over_buckets() -> None:
    position = np.array([0, 1, 2, 4, 5, 8, 20, 21, 22, 23])
    noise = ArNoise(np.full(10, 4.0), position, [10])
    seen = np.corrcoef(noise.simulate(np.full(MANY, 0.7)))
    expected = 0.7 ** np.abs(position[:, None] - position)
    assert seen == pytest.approx(expected, abs=0.06)


def test_pairs_are_the_buckets_so_far_apart_and_no_others() -> None:
    position = np.array([0, 1, 2, 4, 5, 8, 20, 21])
    for lag in range(1, 7):
        expected = {
            (i, j) for i, a in enumerate(position) for j, b in enumerate(position) if b - a == lag
        }
        earlier, later = _pairs(position, lag)
        assert set(zip(earlier.tolist(), later.tolist(), strict=True)) == expected
        assert len(earlier) == len(expected)


@pytest.mark.parametrize("rho", [0.3, 0.6])
def test_autocorrelation_is_right_in_the_middle_although_a_stretch_was_fitted(rho: float) -> None:
    n = 60
    noise, w = noise_on(n)
    made = noise.simulate(np.full(MANY, rho))
    _, start, stop = best_stretch(made, w, [n])
    residuals = without_stretch(made, w, start, stop)
    assert np.median(noise.autocorrelation(residuals)) == pytest.approx(rho, abs=0.07)
    z = residuals * np.sqrt(w)[:, None]
    naive = np.median((z[1:] * z[:-1]).mean(axis=0) / (z**2).mean(axis=0))
    assert naive < rho - 0.07  # the bias that there was to undo


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("rho", "reach"), [(0.0, 0.1), (0.6, 0.2)])
def test_long_run_variance_is_that_of_the_weighted_mean(rho: float, reach: float) -> None:
    n = 1500
    noise = ArNoise(np.full(n, 4.0), np.arange(n), [n])
    made = 3 * noise.simulate(np.full(400, rho))
    estimated = np.median(noise.long_run_variance(made - made.mean(axis=0), 1))
    of_means = n * (made.mean(axis=0) / 3).var() * 4.0 * 9
    assert estimated == pytest.approx(of_means, rel=reach)


def test_long_series_leave_fewer_autocorrelations_plausible() -> None:
    widths = {}
    for n in (40, 800):
        noise, _ = noise_on(n)
        rho = noise.plausible(noise.simulate(np.full(1, 0.6)), 200)
        assert (np.diff(rho) >= 0).all()
        assert rho[5] < 0.6 < rho[-5]
        widths[n] = rho[-5] - rho[5]
    assert widths[800] < widths[40] / 2


def autoregressive_misfit(z: np.ndarray, position: np.ndarray, rho: float) -> float:
    """-2 log-likelihood from the whole covariance, at the best variance, but for a constant."""
    correlation = rho ** np.abs(position[:, None] - position)
    variance = z @ np.linalg.solve(correlation, z) / len(z)
    return float(len(z) * np.log(variance) + np.linalg.slogdet(correlation)[1])


def test_misfit_is_the_likelihood_of_the_whole_covariance() -> None:
    position = np.array([0, 1, 2, 4, 5, 8, 20, 21, 22, 23, 24, 27])
    w = np.random.default_rng(3).uniform(0.2, 5, 12)
    noise = ArNoise(w, position, [12])
    for residuals in noise.simulate(np.array([0.0, 0.5, 0.9])).T:
        z = residuals * np.sqrt(w)
        tried = [autoregressive_misfit(z, position, rho) for rho in _AUTOCORRELATIONS]
        assert noise.misfit(residuals) == pytest.approx(min(tried))


def test_a_series_without_noise_has_a_statistic_all_the_same() -> None:
    noise, _ = noise_on(20)
    y = np.repeat([0.0, 1.0], 10)[:, None]
    statistic, residuals = noise.statistics(y)
    assert np.isfinite(statistic).all()
    assert statistic[0] > 1e6
    assert residuals == pytest.approx(np.zeros((20, 1)))


@pytest.mark.slow
def test_the_same_series_of_noise_every_time() -> None:
    first, _ = noise_on(12)
    again, _ = noise_on(12)
    assert (first.simulate(np.full(5, 0.4)) == again.simulate(np.full(5, 0.4))).all()
