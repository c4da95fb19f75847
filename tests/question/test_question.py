"""The question: its windows, its names, its identity."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from investigate.errors import InputError
from investigate.question import params
from investigate.question.question import Question, Window

NAMES: dict[str, Any] = {
    "case": "made",
    "log": "log.parquet",
    "columns": {"time": "t", "outcome": "y", "score": "s"},
    "baseline": {"start": "2024-01-01", "end": "2024-02-01"},
    "incident": {"start": "2024-02-01", "end": "2024-02-08"},
}


def asked(**changes: Any) -> Question:
    return params.from_names({**NAMES, **changes})


def refused(**changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        asked(**changes)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix("notebook parameters: ")


def test_what_need_not_be_said() -> None:
    question = asked()
    assert question.cohorts == ()
    assert question.history is question.events is None
    assert question.columns.item is None
    assert question.timezone == "UTC"
    assert question.thresholds.confidence == 0.95


@pytest.mark.parametrize(
    ("start", "timezone", "expected"),
    [
        ("2024-03-01", "UTC", "2024-03-01T00:00"),
        ("2024-03-01", "Europe/Berlin", "2024-02-29T23:00"),
        ("2024-07-01", "Europe/Berlin", "2024-06-30T22:00"),
        ("2024-03-01T12:30", "Asia/Kolkata", "2024-03-01T07:00"),
        ("2024-03-01T12:30+02:00", "Asia/Kolkata", "2024-03-01T10:30"),
        ("2024-03-01 12:30:00Z", "Asia/Kolkata", "2024-03-01T12:30"),
        (datetime(2024, 3, 1, 12, tzinfo=UTC), "Asia/Kolkata", "2024-03-01T12:00"),
        (date(2024, 3, 1), "America/New_York", "2024-03-01T05:00"),
    ],
)
def test_moments_without_a_zone_are_in_the_questions(
    start: object, timezone: str, expected: str
) -> None:
    found = Window(start=start, end="2025-01-01").bounds(timezone)[0]
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert found.utcoffset().total_seconds() == 0


def test_plain_dates_stay_dates() -> None:
    question = asked(baseline={"start": date(2024, 1, 1), "end": "2024-02-01"})
    for moment in (question.baseline.start, question.baseline.end):
        assert type(moment) is date
    assert question.parameters()["baseline"] == {"start": "2024-01-01", "end": "2024-02-01"}
    hours = asked(incident={"start": "2024-02-01T06:00", "end": "2024-02-08"})
    assert hours.parameters()["incident"]["start"] == "2024-02-01T06:00:00"


@pytest.mark.parametrize(
    ("baseline", "incident", "expected"),
    [
        (("2024-01-01", "2024-01-01"), None, "baseline: it is empty"),
        (("2024-01-02", "2024-01-01"), None, "baseline: it is empty"),
        (None, ("2024-02-09", "2024-02-08"), "incident: it is empty"),
        (None, ("2024-01-31", "2024-02-08"), "incident: it overlaps the baseline"),
        (None, ("2024-01-31T23:59", "2024-02-08"), "incident: it overlaps the baseline"),
        (("2024-03-01", "2024-04-01"), None, "incident: it comes before the baseline"),
        (("0001-01-01T00:00+14:00", "2024-01-01"), None, "baseline: it leaves the years"),
    ],
)
def test_windows_are_apart_and_in_order(
    baseline: tuple[str, str] | None, incident: tuple[str, str] | None, expected: str
) -> None:
    changes = {
        name: {"start": window[0], "end": window[1]}
        for name, window in (("baseline", baseline), ("incident", incident))
        if window
    }
    assert refused(**changes).startswith(expected)


def test_windows_may_touch_also_across_zones() -> None:
    touching = {"start": "2024-02-01T00:00+00:00", "end": "2024-02-08"}
    assert asked(incident=touching).incident.bounds("UTC")[0].day == 1
    assert "overlaps" in refused(incident=touching, timezone="America/New_York")


@pytest.mark.parametrize(
    "case", ["a/b", "..", ".hidden", "-p", "a b", "ä", "x" * 65, "a\n", "a.b", ""]
)
def test_a_case_names_a_folder(case: str) -> None:
    assert refused(case=case).startswith("case: ")


@pytest.mark.parametrize(
    ("cohorts", "expected"),
    [
        (["a", "b", "a"], "cohorts: 'a' is listed twice"),
        (["system"], "cohorts: 'system' cannot name a cohort"),
        (["all"], "cohorts: 'all' cannot name a cohort"),
        (["a*b"], "cohorts: 'a*b' cannot name a cohort"),
        ("a", "cohorts: expected a list such as [a, b], got 'a'"),
        ([""], "cohorts[0]: nothing stands here"),
    ],
)
def test_cohorts(cohorts: object, expected: str) -> None:
    assert refused(cohorts=cohorts).startswith(expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"case": False}, "case: expected text, got false; put it in quotes"),
        ({"timezone": "Berlin"}, "timezone: 'Berlin' is no time zone"),
        ({"timezone": "../../etc/passwd"}, "timezone: '../../etc/passwd' is no time zone"),
        ({"timezone": "Europe"}, "timezone: 'Europe' is no time zone"),
        ({"log": 5}, "log: expected a path or a mapping with keys url, table, path, got 5"),
        ({"log": {"url": "duckdb:///x"}}, "log: its table is missing"),
        ({"events": 3}, "events: expected a path or a list of mappings"),
        ({"history": {"columns": {}}}, "'history.log' is missing"),
        ({"thresholds": {"confidence": 1}}, "thresholds.confidence: must be less than 1"),
        ({"thresholds": {"confidence": float("nan")}}, "thresholds.confidence: must be"),
        ({"thresholds": {"smallest_drop": False}}, "thresholds.smallest_drop: expected a number"),
        ({"thresholds": {"smallest_drop": float("nan")}}, "thresholds.smallest_drop: must be"),
        ({"thresholds": {"max_groups": 2.5}}, "thresholds.max_groups: must be a valid integer"),
        ({"thresholds": {"max_groups": True}}, "thresholds.max_groups: expected a number"),
        ({"baseline": {"start": 2024, "end": "2025"}}, "baseline.start: expected a date such as"),
        ({"baseline": {"start": "1.1.2024", "end": "2024-02-01"}}, "baseline.start: '1.1.2024'"),
        ({"columns": None}, "columns: nothing stands here"),
    ],
)
def test_wrong_types_are_refused(changes: dict[str, Any], expected: str) -> None:
    assert refused(**changes).startswith(expected)


def test_a_history_may_be_a_path_alone() -> None:
    question = asked(history="history.parquet")
    assert question.history == asked(history={"log": "history.parquet"}).history
    assert question.history.columns.difficulty == "difficulty"
    assert asked(history=None).history is asked(history="null").history is None


def test_a_log_is_a_path_or_a_table() -> None:
    assert asked().log == "log.parquet"
    table = asked(log={"url": "duckdb:///log.db", "table": "answers"}).log
    assert (table.url, table.table) == ("duckdb:///log.db", "answers")


def test_events_are_a_path_or_a_list() -> None:
    assert asked(events="events.csv").events == "events.csv"
    event = asked(events=[{"time": "2024-01-03", "label": "deploy"}]).events[0]
    assert (event.time, event.label, event.system) == (date(2024, 1, 3), "deploy", None)


def test_numbers_in_text_are_text() -> None:
    assert asked(case=7).case == "7"
    assert asked(cohorts=[2024]).cohorts == ("2024",)


def test_a_question_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        asked().case = "other"


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "cohorts": st.lists(st.sampled_from("abcdef"), unique=True),
            "history": st.sampled_from(["h.csv", None]),
            "events": st.sampled_from([[{"time": "2024-01-02T03:04", "label": "é"}], "e.csv"]),
            "timezone": st.sampled_from(["UTC", "Europe/Berlin"]),
            "thresholds": st.fixed_dictionaries({"confidence": st.floats(0.6, 0.99)}),
            "log": st.sampled_from(["a/*.parquet", {"url": "duckdb:///x", "table": "t"}]),
        },
    )
)
def test_parameters_are_the_question_again(changes: dict[str, Any]) -> None:
    question = asked(**changes)
    again = params.from_names({**question.parameters(), "unrelated": object()})
    assert again == question
    assert again.fingerprint() == question.fingerprint()
    assert hash(again) == hash(question)


def test_fingerprints_tell_questions_apart() -> None:
    prints = {
        asked(**changes).fingerprint()
        for changes in (
            {},
            {"case": "other"},
            {"cohorts": ["a"]},
            {"cohorts": ["a", "b"]},
            {"cohorts": ["b", "a"]},
            {"timezone": "Europe/Berlin"},
            {"thresholds": {"confidence": 0.9}},
            {"baseline": {"start": "2024-01-02", "end": "2024-02-01"}},
        )
    }
    assert len(prints) == 8
    assert asked(timezone="UTC").fingerprint() == asked().fingerprint()
    # Records of other days and machines hold it: it must not move by itself.
    assert asked().fingerprint() == asked(**dict(reversed(NAMES.items()))).fingerprint()
    assert len(asked().fingerprint()) == 64


@pytest.mark.slow
def test_parameter_names_are_identifiers_in_order() -> None:
    names = Question.parameter_names()
    assert names[:3] == ("case", "log", "columns")
    assert all(name.isidentifier() for name in names)
    assert set(asked().parameters()) == set(names)
