"""Steps, days and the slow noise."""

import numpy as np
import pytest

from investigate.monitor.charts.pace import DAYS, HOURS, Pace


@pytest.mark.parametrize("pace", [DAYS, HOURS])
def test_the_share_of_slow_noise_in_a_mean_is_that_of_its_covariances(pace: Pace) -> None:
    for n in (1, 2, 5, 30):
        steps = np.arange(n)
        covariances = pace.ar1 ** np.abs(steps[:, None] - steps[None, :])
        assert pace.slow_share(np.array([n])) == pytest.approx(covariances.mean())


def test_hours_and_days_mean_the_same() -> None:
    assert HOURS.ar1**24 == pytest.approx(DAYS.ar1)
    assert HOURS.forgetting**24 == pytest.approx(DAYS.forgetting)
    assert HOURS.year == 24 * DAYS.year
    assert HOURS.period == 24 * DAYS.period
    assert DAYS.year % DAYS.period == 0
