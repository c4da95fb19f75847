"""Moments counted back from now: dates by the time a question is asked."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from asked import TEXT, load, refused

from investigate.question import params, relative

NOW = datetime(2024, 3, 10, 23, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(relative, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("today", "UTC", "2024-03-10"),
        ("today", "Europe/Berlin", "2024-03-11"),
        ("Yesterday", "UTC", "2024-03-09"),
        ("-30d", "UTC", "2024-02-09"),
        ("-2w", "UTC", "2024-02-25"),
        ("-6h", "Europe/Berlin", "2024-03-10T17:00:00+00:00"),
        ("2024-01-01", "UTC", "2024-01-01"),
        ("-30", "UTC", "-30"),
        ("-30d", "Mars", "-30d"),
    ],
)
def test_a_moment_is_that_of_the_clock_in_the_zone(text: str, zone: str, expected: str) -> None:
    assert relative.moment(text, zone) == expected


def test_a_question_holds_the_date_and_so_does_what_is_written_of_it() -> None:
    text = TEXT.replace("start: 2024-02-01\n  end: 2024-03-01", "start: -30d\n  end: today")
    question = load(text)
    assert (question.incident.start, question.incident.end) == (date(2024, 2, 9), date(2024, 3, 10))
    assert "2024-02-09" in params.as_yaml(question)
    assert load(TEXT, "incident.start=-4w", "incident.end=yesterday").incident.start == date(
        2024, 2, 11
    )


def test_what_is_neither_is_refused() -> None:
    message = refused(TEXT, "incident.start=-30")
    assert message == "-p incident.start: '-30' is no date; write 2024-03-01 or 2024-03-01T12:00"
