"""Which value of an outcome in words is 1."""

import pandas as pd
import pytest

from investigate.log.looking import SampledColumn
from investigate.proposal.parts import positive_of


@pytest.mark.parametrize(
    ("common", "rarer", "positive", "sure"),
    [
        ("legit", "fraud", "fraud", "sure"),
        ("Churned", "stayed", "Churned", "sure"),
        ("not paid", "paid", "paid", "sure"),
        # Both are words that people count: which of them it is, the score has to say.
        ("Fully Paid", "Charged Off", "Charged Off", "a guess"),
        ("green", "blue", "blue", "a guess"),
    ],
)
def test_a_value_that_people_count_is_one_and_of_others_the_rarer(
    common: str, rarer: str, positive: str, sure: str
) -> None:
    labels = pd.Series([common] * 3 + [rarer] * 2, dtype="object")
    found = positive_of(SampledColumn("status", "text", labels))
    assert (found.column, found.sure) == (positive, sure)
