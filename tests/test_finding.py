"""A finding as JSON and back."""

import json
import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.finding import Estimate, Finding, plain

FINDING = Finding(
    name="drop",
    claim="AUC fell — by ein Stück.",
    numbers={"change": Estimate(-0.1, -0.2, float("nan")), "sum": Estimate(None)},
    table=({"group": "Ü", "auc": float("nan"), "rows": np.int64(3)},),
    caveats=("One.", "Two."),
    detail={"auc": np.array([[0.5, np.nan]]), "on": date(2024, 3, 1), "deep": {"inf": np.inf}},
    columns=("group", "auc"),
)


def test_to_json_holds_plain_values_and_null_for_nan() -> None:
    document = FINDING.to_json()
    assert document["numbers"]["change"] == {"value": -0.1, "low": -0.2, "high": None}
    assert document["table"] == [{"group": "Ü", "auc": None, "rows": 3}]
    assert type(document["table"][0]["rows"]) is int
    assert document["detail"] == {"auc": [[0.5, None]], "on": "2024-03-01", "deep": {"inf": None}}


def test_through_text_and_back() -> None:
    back = Finding.from_json(json.loads(FINDING.dumps()))
    assert back.to_json() == FINDING.to_json()
    assert back.numbers["change"] == FINDING.numbers["change"]
    assert back.dumps() == FINDING.dumps()
    assert "Stück" in FINDING.dumps()
    assert isinstance(back.table, tuple)
    assert (back.caveats, back.columns) == (FINDING.caveats, FINDING.columns)


@given(st.floats(), st.floats(), st.floats())
def test_estimates_keep_full_precision_and_never_nan(value: float, low: float, high: float) -> None:
    found = Estimate(value, low, high)
    back = json.loads(json.dumps(found.to_json(), allow_nan=False))
    for name, number in (("value", value), ("low", low), ("high", high)):
        assert back[name] == (number if math.isfinite(number) else None)
    assert Estimate(**back) == found


def test_an_estimate_holds_floats_of_python() -> None:
    found = Estimate(np.float64(0.1), np.float32(0.5), 1)
    assert [type(n) for n in (found.value, found.low, found.high)] == [float] * 3


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.1, 0.2, True),
        (-0.2, -0.1, True),
        (-0.1, 0.1, False),
        (0.0, 0.2, False),
        (None, 0.2, False),
        (0.1, None, False),
        (1e-200, 1e-200, True),
    ],
)
def test_whether_zero_is_outside(low: float | None, high: float | None, expected: bool) -> None:
    assert Estimate(0.1, low, high).excludes_zero is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.bool_(True), True),
        (np.float64("nan"), None),
        (np.str_("a"), "a"),
        (np.array([1, 2]), [1, 2]),
        (np.array(3.5), 3.5),
        ((1, (2, [np.int8(3)])), [1, [2, [3]]]),
        ({1: -np.inf}, {"1": None}),
        (datetime(2024, 3, 1, 12, tzinfo=UTC), "2024-03-01T12:00:00+00:00"),
        (Estimate(0.5), {"value": 0.5, "low": None, "high": None}),
        (None, None),
        (True, True),
    ],
)
def test_plain(value: object, expected: object) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)
    json.dumps(found, allow_nan=False)


def test_what_is_not_json_fails_loudly() -> None:
    with pytest.raises(TypeError):
        Finding("a", "b", detail={"what": object()}).dumps()
