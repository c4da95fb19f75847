"""Benjamini-Hochberg against scipy's, whose import takes a second."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from investigate.analyses.discovery import discovered


@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000 + 1e-5), min_size=1, max_size=20))
def test_equals_scipy(p_values: list[float]) -> None:
    capped = [min(p, 1.0) for p in p_values]
    expected = false_discovery_control(capped) <= 0.1
    assert discovered(np.array(capped), 0.1).tolist() == expected.tolist()


def test_many_looks_need_more_evidence() -> None:
    assert discovered(np.array([0.03]), 0.05).tolist() == [True]
    assert not discovered(np.array([0.03, *[0.9] * 19]), 0.05).any()
    assert discovered(np.array([0.001, *[0.9] * 19]), 0.05)[0]


def test_what_has_no_p_value_neither_stands_nor_counts() -> None:
    found = discovered(np.array([np.nan, 0.04, np.nan]), 0.05)
    assert found.tolist() == [False, True, False]
    assert not discovered(np.array([np.nan]), 0.05).any()
    assert discovered(np.array([]), 0.05).shape == (0,)


@pytest.mark.parametrize(("rate", "expected"), [(0.02, 1), (0.06, 2), (0.5, 3)])
def test_a_laxer_rate_finds_more(rate: float, expected: int) -> None:
    assert discovered(np.array([0.004, 0.03, 0.3]), rate).sum() == expected
