"""Rising rates are those of scikit-learn's isotonic regression."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from investigate.counts.isotonic import rising_rates


@given(
    st.dictionaries(
        st.integers(0, 40), st.tuples(st.integers(1, 900), st.floats(0, 1)), min_size=1
    ),
    st.integers(0, 5),
)
def test_rates_are_those_of_scikit_learn(cells: dict[int, tuple[int, float]], beyond: int) -> None:
    bins = np.array(sorted(cells))
    rows = np.array([cells[place][0] for place in bins])
    positives = np.round(rows * np.array([cells[place][1] for place in bins]))
    size = int(bins[-1]) + 1 + beyond
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(bins, positives / rows, rows)
    expected = model.predict(np.arange(size))
    np.testing.assert_allclose(rising_rates(bins, positives, rows, size), expected, atol=1e-12)
