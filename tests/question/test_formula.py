"""Which formulas can be read, and that they mean what Python makes of them."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.question.formula import LINEAR, LOGISTIC, Formula


@pytest.mark.parametrize(
    ("text", "logistic", "ability", "difficulty", "constant"),
    [
        ("logistic(ability - difficulty)", True, 1, -1, 0),
        ("  sigmoid( ability -  difficulty ) ", True, 1, -1, 0),
        ("expit (ability − difficulty)", True, 1, -1, 0),
        ("ability - difficulty", False, 1, -1, 0),
        ("-difficulty + ability", False, 1, -1, 0),
        ("logistic(1.7 * (ability - difficulty) + 0.2)", True, 1.7, -1.7, 0.2),
        ("logistic((ability - difficulty) / 2)", True, 0.5, -0.5, 0),
        ("ability + 2 * difficulty - 3", False, 1, 2, -3),
        ("400 * ability - (difficulty * 400 - 1500)", False, 400, -400, 1500),
        ("logistic(+ability - -difficulty)", True, 1, 1, 0),
        ("logistic(ability\n- difficulty)", True, 1, -1, 0),
    ],
)
def test_reads_slopes(
    text: str, logistic: bool, ability: float, difficulty: float, constant: float
) -> None:
    found = Formula.parse(text)
    assert found.logistic is logistic
    assert found.ability_slope == pytest.approx(ability)
    assert found.difficulty_slope == pytest.approx(difficulty)
    assert found.constant == pytest.approx(constant)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no formula that can be read"),
        ("logistic(ability - difficulty", "is no formula that can be read"),
        ("ability - hardness", "is no formula that can be read"),
        ("ability - difficulty; 1", "is no formula that can be read"),
        ("exp(ability - difficulty)", "is no formula that can be read"),
        ("__import__('os').getcwd()", "is no formula that can be read"),
        ("logistic(ability) - difficulty", "is no formula that can be read"),
        ("ability ** 2 - difficulty", "is no formula that can be read"),
        ("1 / (ability - difficulty)", "is no formula that can be read"),
        ("True * ability - difficulty", "is no formula that can be read"),
        ("(" * 5_000, "is no formula that can be read"),
        ("ability * difficulty", "is not linear"),
        ("ability * ability - difficulty", "is not linear"),
        ("ability - difficulty / (ability + 9)", "is not linear"),
        ("1e999 * ability - difficulty", "is not linear"),
        ("ability", "needs both"),
        ("logistic(difficulty)", "needs both"),
        ("ability - difficulty - ability", "needs both"),
        ("3", "needs both"),
    ],
)
def test_refuses_the_rest_with_a_remedy(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        Formula.parse(text)
    assert "write logistic(ability - difficulty)" in str(caught.value)
    assert "\n" not in str(caught.value)


slopes = st.floats(0.1, 5).map(lambda x: round(x, 3))


@given(slopes, slopes, st.integers(-9, 9), st.booleans(), st.floats(-3, 3), st.floats(-3, 3))
def test_gives_the_score_that_python_gives(
    a: float, d: float, c: int, logistic: bool, ability: float, difficulty: float
) -> None:
    inner = f"{a} * ability - {d} * difficulty + {c}"
    found = Formula.parse(f"logistic({inner})" if logistic else inner)
    logit = found.ability_slope * ability + found.difficulty_slope * difficulty + found.constant
    expected = a * ability - d * difficulty + c
    assert logit == pytest.approx(expected, abs=1e-9)
    if found.logistic:
        assert 1 / (1 + exp(-logit)) == pytest.approx(1 / (1 + exp(-expected)))
    assert Formula.parse(str(found)) == found


def test_the_two_usual_ones() -> None:
    assert (LOGISTIC.logistic, LINEAR.logistic) == (True, False)
    for usual in (LOGISTIC, LINEAR):
        assert (usual.ability_slope, usual.difficulty_slope, usual.constant) == (1, -1, 0)
