"""Which case an alert joins, and the windows of the question that a case asks."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import alerted
import pytest
import yaml
from alerted import alert, day
from hypothesis import given
from hypothesis import strategies as st

from investigate.monitor.alerts import Alert
from investigate.monitor.cases import assign, question
from investigate.monitor.seen import FIXED
from investigate.monitor.watch import Watch
from investigate.question import params
from investigate.records.run import params_text


def assigned(alerts: list[Alert], audit: Path, looked: int | None = 0) -> list[tuple[str, bool]]:
    assign(alerts, alerted.watch(), audit, None if looked is None else day(looked))
    return [(a.case, a.opens) for a in alerts]


def test_what_goes_wrong_together_is_one_case(tmp_path: Path) -> None:
    alerts = [alert(1, 35), alert(2, 36, why=FIXED), alert(3, 36, by="land", label="DE")]
    assert assigned(alerts, tmp_path) == [
        ("made-2024-02-05", True), ("made-2024-02-05", False), ("made-2024-02-05", False),
    ]  # fmt: skip
    assert assigned(alerts, tmp_path) == [(a.case, a.opens) for a in alerts]


def test_what_overlaps_one_that_is_over_joins_while_the_case_is_not_closed(tmp_path: Path) -> None:
    alerts = [alert(1, 35, 45), alert(2, 44, by="land", label="DE")]
    assert assigned(alerts, tmp_path)[1] == ("made-2024-02-05", False)


def test_after_all_is_over_there_is_a_new_case(tmp_path: Path) -> None:
    over = alert(1, 35, 45, case="made-2024-02-05", opens=True, closed=True)
    assert assigned([over, alert(2, 46)], tmp_path)[1] == ("made-2024-02-16", True)
    # Also where it began before: people were told that all is over.
    late = alert(2, 44, by="land", label="DE")
    assert assigned([over, late], tmp_path)[1] == ("made-2024-02-14", True)
    # The case goes on as long as one alert of it does.
    joined = alert(2, 40, case="made-2024-02-05")
    assert assigned([over, joined, alert(3, 50)], tmp_path)[2] == ("made-2024-02-05", False)


def test_a_name_that_is_taken_is_counted_on(tmp_path: Path) -> None:
    (tmp_path / "made-2024-02-05").mkdir()
    (tmp_path / "made-2024-02-05-2").write_text("")
    assert assigned([alert(1, 35)], tmp_path)[0] == ("made-2024-02-05-3", True)
    known = alert(1, 35, 36, case="made-2024-02-05-3", opens=True, closed=True)
    again = alert(2, 35.5, by="land")
    assert assigned([known, again], tmp_path)[1] == ("made-2024-02-05-4", True)


def test_what_was_over_before_anyone_looked_opens_no_case(tmp_path: Path) -> None:
    alerts = [alert(1, 35, 40), alert(2, 50)]
    assert assigned(alerts, tmp_path, None) == [("", False), ("made-2024-02-20", True)]
    assert assigned([alert(1, 35, 40)], tmp_path, 45) == [("", False)]


def windows(one: Alert, alerts: list[Alert], watch: Watch, until: datetime) -> tuple[object, ...]:
    one.case = one.case or "made-2024"
    asked = question(one, alerts, watch, until)
    assert params.from_names(yaml.safe_load(params_text(asked))) == asked
    return asked.baseline.start, asked.baseline.end, asked.incident.start, asked.incident.end


def test_the_windows_meet_at_the_change_and_end_with_the_last_bucket() -> None:
    one = alert(1, 40)
    found = windows(one, [one], alerted.watch(), day(45.6))
    assert found == (date(2024, 1, 1), date(2024, 2, 10), date(2024, 2, 10), date(2024, 2, 15))


def test_it_looks_back_eight_weeks_at_most() -> None:
    one = alert(1, 100)
    found = windows(one, [one], alerted.watch(), day(103))
    assert found[:2] == (day(44).date(), day(100).date())


@pytest.mark.parametrize(("ended", "begins"), [(80, 80), (86, 86), (87, 44), (40, 44)])
def test_an_earlier_alert_is_left_out_where_two_weeks_remain(ended: int, begins: int) -> None:
    one, earlier = alert(2, 100), alert(1, 30, ended)
    found = windows(one, [earlier, one], alerted.watch(), day(103))
    assert found[0] == day(begins).date()


def test_one_that_is_over_is_asked_about_while_it_lasted() -> None:
    one = alert(1, 40, 50)
    found = windows(one, [one], alerted.watch(), day(60))
    assert found[2:] == (day(40).date(), day(49).date())


def test_hours() -> None:
    one = alert(1, 40.25)
    until = day(41) + timedelta(minutes=34)
    found = windows(one, [one], alerted.watch(every="hour", timezone="Europe/Berlin"), until)
    assert found[1:] == (day(40.25), day(40.25), day(41))


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe"]),
    since=st.integers(35, 330),
    lasts=st.integers(1, 40),
    hours=st.integers(0, 20),
)
def test_where_clocks_change_days_are_those_of_the_place(
    zone: str, since: int, lasts: int, hours: int
) -> None:
    watch, place = alerted.watch(timezone=zone), ZoneInfo(zone)
    first = date(2024, 1, 1) + timedelta(days=since)

    def start(n: int) -> datetime:
        there = first + timedelta(days=n)
        return datetime(there.year, there.month, there.day, tzinfo=place).astimezone(UTC)

    one = alert(1, 0).model_copy(update={"since": start(0), "raised": start(0)})
    until = start(lasts) + timedelta(hours=hours + 2)
    found = windows(one, [one], watch, until)
    assert found[1:3] == (first, first)
    assert found[3] == first + timedelta(days=lasts)
    assert timedelta(weeks=8) - timedelta(days=1) <= first - found[0] <= timedelta(days=57) or (
        found[0] == date(2024, 1, 1)
    )
