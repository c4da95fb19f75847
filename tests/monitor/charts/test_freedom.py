"""Against SciPy's distributions, and against errors that really are learnt from so many values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from investigate.monitor.charts.freedom import FEWEST, as_normal, normal_of_t


@given(st.floats(-12, 12), st.floats(FEWEST, 1e6))
def test_as_rare_as_students_t(t: float, freedom: float) -> None:
    exact = -np.sign(t) * stats.norm.ppf(stats.t.sf(abs(t), freedom))
    # Wallace's formula is within 1.2% of it from five degrees of freedom on.
    assert normal_of_t(np.array(t), np.array(freedom)) == pytest.approx(exact, rel=0.02, abs=0.01)


@given(st.floats(0, 30), st.floats(0, 10), st.floats(0, 500))
def test_what_is_learnt_from_more_counts_for_more(off: float, learnt: float, told: float) -> None:
    def found(told: float, learnt: float) -> float:
        return float(as_normal(*map(np.array, (off, 1.0, learnt, told))))

    assert 0 <= found(told, learnt) <= found(told + 10, learnt) <= off + 1e-9
    assert found(told, learnt + 1) <= found(told, learnt) + 1e-9


@pytest.mark.parametrize("told", [6, 20, 100])
@pytest.mark.parametrize("known", [0.0, 0.5, 0.9])
def test_it_is_never_larger_than_the_normal(told: int, known: float) -> None:
    rng = np.random.default_rng(3)
    number = 400_000
    truth = 1 - known
    learnt = truth * rng.chisquare(told, number) / told
    off = rng.standard_normal(number) / np.sqrt(known + learnt)
    found = as_normal(off, np.full(number, known), learnt, np.full(number, float(told)))
    for limit in (2.0, 3.0, 3.5):
        passed, stated = np.mean(found > limit), stats.norm.sf(limit)
        assert passed < stated + 4 * np.sqrt(stated / number)
    # Nor much smaller, in the middle.
    assert np.mean(found > 1.0) > stats.norm.sf(1.0) / 3
