"""Cases of alerts: which, what they ask, what their ledger says."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import alerted
import ledgers
import pytest
import yaml
from alerted import alert, day
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from watched import PAYLOADS

from investigate.errors import RunError
from investigate.ledger.chain import read
from investigate.monitor.alerts import FIXED, Alert, OutOfBounds, reconciled
from investigate.monitor.cases import assign, close, enter, question, question_file
from investigate.monitor.watch import Watch
from investigate.question import params
from investigate.records.run import params_text
from investigate.records.secrets import LeakError


def assigned(alerts: list[Alert], audit: Path, looked: int | None = 0) -> list[tuple[str, bool]]:
    assign(alerts, alerted.watch(), audit, None if looked is None else day(looked))
    return [(a.case, a.opens) for a in alerts]


def test_what_goes_wrong_together_is_one_case(tmp_path: Path) -> None:
    alerts = [alert(1, 35), alert(2, 36, why=FIXED), alert(3, 36, by="land", label="DE")]
    assert assigned(alerts, tmp_path) == [
        ("made-2024-02-05", True), ("made-2024-02-05", False), ("made-2024-02-05", False),
    ]  # fmt: skip
    assert assigned(alerts, tmp_path) == [(a.case, a.opens) for a in alerts]


@pytest.mark.parametrize(("raised", "joins"), [(44, True), (45, True), (46, False)])
def test_what_is_raised_while_a_case_goes_on_joins_it(
    tmp_path: Path, raised: int, joins: bool
) -> None:
    alerts = [alert(1, 35, 45), alert(2, 43, by="land", label="DE", raised=day(raised))]
    case = "made-2024-02-05" if joins else "made-2024-02-13"
    assert assigned(alerts, tmp_path)[1] == (case, not joins)


@st.composite
def histories(draw: Any) -> list[OutOfBounds]:
    """What is seen in the end of three streams, each of which changes more than once."""
    found = []
    for label in ("DE", "FR", "IT"):
        at = 31
        for _ in range(draw(st.integers(0, 4))):
            since = at + draw(st.integers(1, 4))
            raised = since + draw(st.integers(0, 3))
            at = raised + draw(st.integers(1, 5))
            goes_on = draw(st.integers(0, 5)) == 0
            moment = None if goes_on else at
            found.append(alerted.seen(since, moment, label=label, by="land", raised=day(raised)))
            if goes_on:
                break
    return sorted(found, key=lambda one: (one.raised, one.what))


def rounds_of(
    history: list[OutOfBounds], rounds: list[tuple[int, bool]], audit: Path
) -> list[Alert]:
    """The alerts after `rounds`: each has a day, and whether it was killed before it sent."""
    alerts: list[Alert] = []
    looked: datetime | None = day(31)
    for n, killed in rounds:
        known = [
            one if one.ended and one.ended <= day(n) else replace(one, ended=None, back=None)
            for one in history
            if one.raised <= day(n)
        ]
        alerts = reconciled(alerts, known, day(n))
        assign(alerts, alerted.watch(), audit, looked)
        looked = day(n)
        for one in alerts:
            one.closed |= not killed and bool(one.case) and not one.open
    return alerts


@given(history=histories(), chance=st.randoms(use_true_random=False))
def test_rounds_that_are_missed_or_killed_make_no_other_cases(
    history: list[OutOfBounds], chance: random.Random
) -> None:
    calm = [(n, False) for n in range(32, 70)]
    some = [(n, chance.random() < 0.5) for n, _ in calm[:-1] if chance.random() < 0.5]
    excluded = {"closed"}
    expected = rounds_of(history, calm, Path("none"))
    found = rounds_of(history, [*some, calm[-1]], Path("none"))
    assert [a.model_dump(exclude=excluded) for a in found] == [
        a.model_dump(exclude=excluded) for a in expected
    ]
    assert all(alert.case for alert in found)


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


pytestmark = pytest.mark.slow

CASE = "made-2024-02-10"
SECRET = "hunter2-hunter2"
WATCH = alerted.watch()
INVESTIGATE = [sys.executable, "-c", "from investigate.cli import main; main()"]
DEMO = Path(__file__).parents[2] / "data" / "demo"


def test_an_alert_and_its_end_are_entered_once_and_verify(tmp_path: Path) -> None:
    opens = alert(1, 40, case=CASE, opens=True)
    joins = alert(2, 41, by="land", label="DE", case=CASE)
    for one in (opens, opens, joins, joins):
        enter(one, [opens, joins], WATCH, tmp_path, day(45))
    ended = alert(1, 40, 50, case=CASE, opens=True)
    close(ended, WATCH, tmp_path)
    close(ended, WATCH, tmp_path)
    first, second, last = read(tmp_path / CASE).entries
    assert [e.kind for e in (first, second, last)] == ["alert", "alert", "alert-end"]
    assert first.body == {
        "alert": "1", "measure": "auc", "stream": "all", "why": "chart", "since": "2024-02-10",
        "day": "2024-02-12", "value": 0.6, "low": 0.55, "high": 0.65, "expected": 0.75,
        "joined": False, "timezone": "UTC",
    }  # fmt: skip
    assert (second.body["stream"], second.body["joined"]) == ("land: DE", True)
    assert last.body == {
        "alert": "1", "measure": "auc", "stream": "all", "day": "2024-02-20",
        "back": "2024-02-19", "withdrawn": False, "value": 0.74, "expected": 0.75,
    }  # fmt: skip
    assert list(first.files) == ["alerts/1.yml"]
    assert second.files == {}
    assert ledgers.troubles(tmp_path / CASE) == []
    question_file(opens, tmp_path).write_text("case: other\n")
    assert len(ledgers.troubles(tmp_path / CASE)) == 1


def test_an_hour_is_written_in_utc(tmp_path: Path) -> None:
    watch = alerted.watch(every="hour", timezone="Europe/Berlin")
    one = alert(1, 40, case=CASE, opens=True)
    enter(one, [one], watch, tmp_path, day(45))
    assert read(tmp_path / CASE).entries[0].body["since"] == "2024-02-10T00:00Z"


def test_where_it_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / CASE).write_text("no folder")
    with pytest.raises(RunError, match="could not be entered") as caught:
        enter(alert(1, 40, case=CASE, opens=True), [], WATCH, tmp_path, day(45))
    assert "\n" not in str(caught.value)


HOSTILE = [*PAYLOADS, "a\ncase: other", "\r\n- x", "\u2028case: x", "\x85x: y", "\x00\x1b[2J",
           "x" * 20_000, "# \ud7ff \ufffe", "'\"{[&*!|>%@`"]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(label=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40)))
def test_a_hostile_label_breaks_neither_question_nor_ledger(
    tmp_path_factory: pytest.TempPathFactory, label: str
) -> None:
    audit = tmp_path_factory.mktemp("audit")
    one = alert(1, 40, by="land", label=label, case=CASE, opens=True)
    enter(one, [one], WATCH, audit, day(45))
    text = question_file(one, audit).read_text("utf-8")
    asked = params.from_names(yaml.safe_load(text))
    assert asked == question(one, [one], WATCH, day(45))
    assert text.startswith("# ")
    assert params.load(question_file(one, audit)) == asked
    (entry,) = read(audit / CASE).entries
    assert entry.body["stream"] == f"land: {label}"
    assert len((audit / CASE / "ledger.jsonl").read_bytes().splitlines()) == 1
    assert ledgers.troubles(audit / CASE) == []


def test_secrets_are_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The name of the one says nothing; the watch names it.
    monkeypatch.setenv("WAREHOUSE", SECRET)
    monkeypatch.setenv("DEPLOY_TOKEN", "t0k3n-t0k3n")
    watch = alerted.watch(log=str(tmp_path / "${WAREHOUSE}" / "*.parquet"))
    one = alert(1, 40, by="land", label=f"{SECRET} t0k3n-t0k3n", case=CASE, opens=True)
    enter(one, [one], watch, tmp_path, day(45))
    close(alert(1, 40, 50, by="land", label=SECRET, case=CASE), watch, tmp_path)
    for path in (tmp_path / CASE).rglob("*"):
        if path.is_file():
            assert SECRET not in path.read_text()
            assert "t0k3n-t0k3n" not in path.read_text()
    text = question_file(one, tmp_path).read_text()
    assert text.splitlines()[0].startswith("# AUC of land: ${WAREHOUSE} ${DEPLOY_TOKEN} fell")
    assert "${WAREHOUSE}" in yaml.safe_load(text)["log"]
    assert read(tmp_path / CASE).entries[0].body["stream"] == "land: ${WAREHOUSE} ${DEPLOY_TOKEN}"


def test_one_that_cannot_be_taken_out_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "t0k3n-t0k3n")
    one = alert(1, 40, by="land", label="t0k3n- t0k3n", case=CASE, opens=True)
    with pytest.raises(LeakError):
        enter(one, [one], WATCH, tmp_path, day(45))
    assert not question_file(one, tmp_path).exists()
    assert read(tmp_path / CASE).entries == ()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The demo, watched until its last day, and what went wrong investigated at once."""
    folder = tmp_path_factory.mktemp("demo watched")
    asked = yaml.safe_load((DEMO.parents[1] / "params" / "watch-demo.yml").read_text())
    asked |= {
        "log": str(DEMO / "log.parquet"), "events": str(DEMO / "events.csv"),
        "on_alert": "investigate",
    }  # fmt: skip
    asked["history"]["log"] = str(DEMO / "history.parquet")
    (folder / "watch.yml").write_text(yaml.safe_dump(asked))
    command = [*INVESTIGATE, "monitor", "watch.yml"]
    command += ["--at", "2024-02-20T00:00"]
    return folder, subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )  # fmt: skip


def test_the_question_of_the_demo_runs_and_finds_its_fault(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = demo
    assert done.returncode == 3, done.stderr + done.stdout
    (case,) = (folder / "audit").iterdir()
    truth = json.loads((DEMO / "truth.json").read_text())
    entries = read(case).entries
    assert {e.kind for e in entries} == {"alert", "started", "run"}
    (run,) = (e for e in entries if e.kind == "run")
    assert run.body["status"] == "succeeded"
    assert ledgers.troubles(case) == []
    verdict = json.loads((case / str(run.of) / "findings.json").read_text())["verdict"]
    assert verdict["kind"] == truth["kind"]
    question = params.load(case / "alerts" / "1.yml")
    assert str(question.incident.start) == truth["onset"]
    assert f"investigated: audit/{case.name}/{run.of}" in done.stdout.replace("\n", "")
    assert len([e for e in entries if e.kind == "alert" and not e.body["joined"]]) == 1


def test_it_is_investigated_once(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = demo
    command = [*INVESTIGATE, "monitor", "watch.yml"]
    command += ["--at", "2024-02-20T00:00"]
    again = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert again.returncode == 3
    assert "investigated" not in again.stdout
    verified = [*INVESTIGATE, "verify", str(next((folder / "audit").iterdir()))]
    assert subprocess.run(verified, cwd=folder, capture_output=True, check=False).returncode == 0
