"""A finding as JSON and back."""

import json
import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.finding import MIME, Estimate, Finding, as_html, as_text, draws, plain

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


WIDE = Finding(
    name="by country",
    claim="DE carries most.",
    numbers={f"n{k}": Estimate(k / 10, -1.0, 1.0) for k in range(7)} | {"sure": Estimate(0.25)},
    table=tuple({"group": f"g{k}", "auc": k / 7, "detail": {"k": k}} for k in range(500)),
    detail={"long": list(range(10_000))},
    columns=("group", "auc"),
)


def test_its_repr_is_a_few_lines() -> None:
    assert repr(WIDE).splitlines() == [
        "Finding 'by country': DE carries most.",
        *(f"  n{k}: {WIDE.numbers[f'n{k}']}" for k in range(5)),
        "  and 3 more numbers",
        "  table: 500 rows of group, auc",
    ]
    assert str(WIDE.numbers["n1"]) == "0.1000 [−1.0000, 1.0000]"
    assert str(WIDE.numbers["sure"]) == "0.2500"
    assert repr(Finding("x", "Only this.")) == "Finding 'x': Only this."
    assert WIDE.sentence == WIDE.claim


def test_its_table_as_a_frame() -> None:
    frame = WIDE.to_frame()
    assert list(frame.columns) == ["group", "auc"]
    assert frame["auc"].tolist() == [row["auc"] for row in WIDE.table]
    assert list(WIDE.to_frame(full=True).columns) == ["group", "auc", "detail"]
    frame.loc[0, "group"] = "changed"
    assert WIDE.table[0]["group"] == "g0"
    ragged = Finding("x", "X.", table=({"a": 1}, {"b": 2.0}))
    assert ragged.to_frame().isna().to_numpy().tolist() == [[False, True], [True, False]]
    assert Finding("x", "X.").to_frame().empty


def test_a_number_that_stands_in_the_table_is_not_shown_twice() -> None:
    rows = ({"part": "mix", "auc": 0.1, "low": 0.0, "high": 0.2}, {"part": "sum", "auc": 0.3})
    numbers = {"mix": Estimate(0.1, 0.0, 0.2), "other": Estimate(0.1, 0.0, 0.3)}
    html = as_html(Finding("x", "X.", numbers, rows))
    assert "<td>0.3000</td>" in html
    assert html.count("mix") == 1
    assert html.count("other") == 1


def test_a_figure_is_found_by_the_first_word_of_the_name() -> None:
    drawn = []

    @draws("sketched")
    def sketch(finding: Finding) -> str:
        drawn.append(finding.name)
        return "a figure"

    @draws("sketched", "outlined")
    def outline(finding: Finding) -> str:
        return "an outline"

    assert Finding("sketched by country", "X.").plot() == "a figure"
    assert Finding("sketched", "X.").plot("outline") == "an outline"
    assert Finding("outlined", "X.").plot() == "an outline"
    assert drawn == ["sketched by country"]


@pytest.mark.slow
def test_a_finding_shows_itself_with_its_json() -> None:
    bundle = WIDE._repr_mimebundle_(include=None, exclude=None)
    assert bundle[MIME] == WIDE.to_json()
    assert bundle["text/html"] == WIDE._repr_html_() == as_html(WIDE)
    assert bundle["text/plain"] == as_text(WIDE)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_loss_is_a_change_turned_round(value: float, below: float, above: float) -> None:
    change = Estimate(value, value - below, value + above)
    assert -change == Estimate(-value, -value - above, -value + below)
    assert -Estimate(value) == Estimate(-value)
    assert -Estimate(None, None, value) == Estimate(None, -value, None)
    lost = -change
    assert -lost == change
