from datetime import UTC, datetime, timedelta

import pytest

from investigate.cli.app import moment
from investigate.errors import InputError
from investigate.updates.parts import span


@pytest.mark.parametrize(
    ("text", "zone", "hour"),
    [
        ("2024-03-01", "UTC", 0),
        ("2024-03-01T12:00", "America/New_York", 17),
        ("2024-07-01T12:00", "America/New_York", 16),
        ("2024-03-01T12:00Z", "America/New_York", 12),
        ("2024-03-01T12:00+02:00", "Asia/Tokyo", 10),
    ],
)
def test_a_moment_without_a_zone_is_one_of_the_zone_at_hand(
    text: str, zone: str, hour: int
) -> None:
    found = moment(text, zone)
    assert (found.tzinfo, found.hour) == (UTC, hour)


@pytest.mark.parametrize("text", ["", "soon", "2024-02-30", "9999-12-31T23:59", "2024-03-01T25:00"])
def test_what_is_no_moment_is_one_line(text: str) -> None:
    with pytest.raises(InputError, match=r"^--at: it is no moment; write 2024-03-01T12:00$"):
        moment(text, "America/New_York")


def test_now_is_now() -> None:
    assert abs(moment(None) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (1440, "1 d"),
        (1500, "1 d 1 h"),
    ],
)
def test_a_span_is_told_by_its_two_largest_units(minutes: int, text: str) -> None:
    assert span(timedelta(minutes=minutes)) == text
