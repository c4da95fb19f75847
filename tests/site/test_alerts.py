"""What alerts say, whatever their bodies hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.ledger.entry import GENESIS, Entry
from investigate.site.alerts import alerts, ended, ends, raised
from investigate.site.case_timeline import timeline
from investigate.site.cases import Case

AUC: dict[str, Any] = {
    "alert": "a1", "stream": "all", "measure": "auc", "since": "2024-02-08", "day": "2024-02-10",
    "value": 0.61, "expected": 0.74, "joined": False,
}  # fmt: skip
END: dict[str, Any] = {"alert": "a1", "day": "2024-02-20", "value": 0.742, "expected": 0.74}


def entry(n: int, kind: str, body: dict[str, Any]) -> Entry:
    time = f"2024-02-{n:02}T08:15:00Z"
    return Entry(n=n, kind=kind, time=time, of=None, files={}, prev=GENESIS, body=body)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "AUC of all rows was 0.610, 0.740 expected; the change began on 2024-02-08"),
        ({"stream": "system: rules"}, "AUC of system rules was 0.610, 0.740 expected; the"),
        ({"stream": "country: DE: x"}, "AUC of country DE: x was 0.610"),
        ({"stream": None, "since": "soon"}, "AUC of all rows was 0.610, 0.740 expected"),
        (
            {"measure": "rows", "value": 1200, "expected": 0},
            "the number of rows was 1,200, 0 expected",
        ),
        (
            {"measure": "missing scores", "value": 0.02},
            "the share of missing scores was 2.0%, 74.0%",
        ),
        ({"why": "fixed limit"}, "AUC of all rows was 0.610, its limit 0.740"),
        ({"value": True, "expected": "x"}, "AUC of all rows; the change began on 2024-02-08"),
        (
            {"since": "2024-02-08T06:00", "measure": "base rate"},
            "the base rate was 61.0%, 74.0% expected; the change began on 2024-02-08 06:00",
        ),
        (
            {"since": "2024-02-08T00:00Z"},
            "AUC of all rows was 0.610, 0.740 expected; the change began on 2024-02-08 00:00 UTC",
        ),
        ({"value": 10**400, "expected": 1e300}, "AUC of all rows was 1e+300 expected"),
    ],
)
def test_an_alert_says_what_its_body_tells(changes: dict[str, Any], text: str) -> None:
    assert raised({**AUC, **changes}).startswith(f"An alert was raised: {text}")


def test_a_body_that_says_nothing() -> None:
    assert raised({}) == "An alert was raised"
    assert ended({}) == "What an alert was about is back inside its bounds"


def test_an_end_is_of_the_alert_that_it_names() -> None:
    other = {**AUC, "alert": "a2", "measure": "rows", "stream": "system: rules"}
    found = alerts([
        entry(1, "alert", AUC),
        entry(2, "run", {}),
        entry(3, "alert", other),
        entry(4, "alert-end", END),
        entry(5, "alert-end", {**END, "alert": "a2", "value": 5000, "expected": 5100}),
        entry(6, "alert-end", {**END, "alert": "gone"}),
    ])  # fmt: skip
    assert sorted(found) == [0, 2, 3, 4, 5]
    assert ended(found[3]) == "AUC of all rows is back: 0.742, 0.740 expected"
    assert ended(found[4]) == "The number of rows of system rules is back: 5,000, 5,100 expected"
    assert ended(found[5]) == "What an alert was about is back: 0.742, 0.740 expected"


def test_what_was_withdrawn_never_came_back() -> None:
    gone = {**END, "value": None, "withdrawn": True}
    found = alerts([entry(1, "alert", AUC), entry(2, "alert-end", gone)])
    text = "the rows and the watch as they are now would not raise it"
    assert ended(found[1]) == f"The alert on AUC of all rows was withdrawn: {text}"
    entries = (entry(1, "alert", AUC), entry(2, "alert-end", gone))
    newest = timeline(Case("cases/c", "c", (), entries, {}, ()))[0]
    assert (newest.text, newest.tone) == (ended(found[1]), "none")


def test_an_end_is_of_the_newest_alert_of_its_number() -> None:
    other = {**AUC, "alert": "a2"}
    found = ends([
        entry(1, "alert", AUC),
        entry(2, "alert", other),
        entry(3, "alert-end", END),
        entry(4, "alert", AUC),
        entry(5, "alert-end", {"alert": "gone"}),
        entry(6, "alert-end", {"alert": "a2"}),
    ])  # fmt: skip
    assert found == {0: 2, 1: 5, 3: None}


def test_a_case_tells_which_alerts_go_on() -> None:
    group = {**AUC, "alert": "a2", "measure": "missing scores", "value": 0.4, "expected": 0.0}
    entries = (entry(1, "alert", AUC), entry(2, "alert", group), entry(3, "alert", {}))
    case = Case("cases/c", "c", (), (*entries, entry(4, "alert-end", END)), {}, ())
    assert case.going == (
        "The share of missing scores was 40.0%, 0.0% expected; the change began on 2024-02-08",
        "It does not say on what.",
    )


def test_names_are_written_as_the_text_at_hand_writes_them() -> None:
    raised_text = raised(
        {**AUC, "stream": "country: DE", "measure": "<b>"}, lambda text: f"[{text}]"
    )
    assert raised_text.startswith("An alert was raised: [<b>] of [country] [DE] was 0.610")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(sorted(AUC)), JSON))
def test_whatever_a_body_holds_there_is_a_line(body: dict[str, Any]) -> None:
    found = alerts([entry(1, "alert", body), entry(2, "alert-end", body)])
    for line in (raised(found[0]), ended(found[1])):
        assert line.isprintable()
        assert 10 < len(line) < 600


@pytest.mark.slow
def test_the_page_of_a_case_tells_alerts_in_words() -> None:
    entries = (entry(1, "alert", AUC), entry(2, "alert-end", END))
    end, alert = timeline(Case("cases/c", "c", (), entries, {}, ()))
    assert (alert.kind, alert.tone) == ("alert", "bad")
    assert alert.text.startswith("An alert was raised: AUC of all rows was 0.610")
    assert (end.kind, end.tone) == ("alert end", "good")
    assert end.text == "AUC of all rows is back: 0.742, 0.740 expected"
