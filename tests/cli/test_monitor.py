"""`investigate monitor` by its command line, day after day: exit status, entries, messages."""

import json
import os
from pathlib import Path

import alerted
import ledgers
import pandas as pd
import pytest
from alerted import LEARN, day
from receivers import Receiver, mail, web
from watching import Place

from investigate.ledger.chain import read
from investigate.updates.outbox import MessageState, Outbox

pytestmark = pytest.mark.slow

__all__ = ["mail", "web"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_fault_from_the_day_that_it_begins_until_it_is_over(
    tmp_path: Path, web: Receiver, mail: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    monkeypatch.setenv("TEAM_MAIL", mail.address)
    place = Place(tmp_path, send=["OPS_HOOK", "TEAM_MAIL"])
    alerted.save(tmp_path, *range(LEARN + 4))
    by_day: dict[int, tuple[int, int, int]] = {}
    for n in range(LEARN + 4, 50):
        # A second time on the same day, before, as and after it is told, and when it is over.
        for _ in range(2 if n in (35, 36, 37, 38, 47, 49) else 1):
            done = place.day(n)
            assert done.stderr == ""
            by_day[n] = done.exit_code, len(place.kinds()), len(web.arrived)
            assert len(mail.arrived) == len(web.arrived)
    raised = min(n for n, (status, *_) in by_day.items() if status == 3)
    over = max(n for n, (status, *_) in by_day.items() if status == 3) + 1
    assert raised in (36, 37)
    assert 46 <= over <= 49
    for n, (status, entries, messages) in by_day.items():
        expected = (0, 0, 0) if n < raised else (3, 1, 1) if n < over else (0, 2, 2)
        assert (status, messages) == (expected[0], expected[2])
        assert entries >= expected[1]
    kinds = place.kinds()
    assert kinds.count("alert") == kinds.count("alert-end") == len(place.alerts())
    (case,) = place.cases()
    assert case.name == "made-2024-02-06"
    assert ledgers.troubles(case) == []
    first, second = web.arrived
    assert first["title"].startswith("made: AUC of all rows fell from 0.")
    assert "is back inside its bounds since 2024-02-" in second["title"]
    assert {letter["title"] for letter in mail.arrived} == {first["title"], second["title"]}


def test_an_earlier_moment_takes_nothing_back(tmp_path: Path) -> None:
    once = Place(tmp_path)
    alerted.save(tmp_path, *range(42))
    assert once.run(42).exit_code == 3
    (alert,) = (a for a in once.alerts() if a.measure == "AUC")
    assert alert.since == day(36)
    # As if it were before: what was judged stays judged, and nothing is taken back.
    before = once.alerts()
    earlier = once.run(37)
    assert earlier.exit_code == 3
    assert once.alerts() == before
    # Nor by waiting longer from now on.
    once.write(wait_days=10)
    assert once.run(42).exit_code == 3
    assert "alert-end" not in once.kinds()


def test_nothing_judged_yet_and_a_log_without_rows(place: Place) -> None:
    for until in (-5, 0, 1, LEARN):
        done = place.day(0, rows=5) if until == 1 else None
        if until == -5:
            alerted.save(place.folder, 0, rows=0)
        done = done or place.run(until)
        assert (done.exit_code, done.stderr) == (0, "")
        assert "nothing is judged yet: the baseline is not over" in done.stdout
    assert place.cases() == []


def test_a_log_that_stopped_is_an_alert_of_its_rows(place: Place) -> None:
    alerted.save(place.folder, *range(LEARN + 5))
    assert place.run(LEARN + 5).exit_code == 0
    done = place.run(LEARN + 6)
    assert done.exit_code == 3
    assert "number of rows fell from 300 to 0 since 2024-02-05" in done.stdout
    (entry,) = read(place.cases()[0]).entries
    assert (entry.body["measure"], entry.body["value"]) == ("rows", 0)


def test_late_rows_are_shown_and_judged_as_they_were(place: Place) -> None:
    alerted.save(place.folder, *range(LEARN + 4))
    assert place.run(LEARN + 4).exit_code == 0
    late = alerted.answers(LEARN + 2, rows=2_000)
    late.to_parquet(place.folder / "log" / "late.parquet")
    done = place.run(LEARN + 4)
    assert done.exit_code == 0
    assert "+2,000 rows for 2024-02-02 since it was judged" in done.stdout


def test_a_receiver_that_is_down_is_told_when_it_is_back(
    tmp_path: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    web.status = 503
    place = Place(tmp_path, send=["OPS_HOOK"])
    alerted.save(tmp_path, *range(40))
    done = place.run(40)
    assert done.exit_code == 3
    assert "waits: made: AUC of all rows fell" in done.stdout
    assert "error: 0 sent, 1 wait to be sent again, 0 may not have arrived" in done.stdout
    web.status = 200
    # As if the pause after a failure were over.
    (waits,) = Outbox(tmp_path / "outbox").messages(MessageState.WAITING)
    file = tmp_path / "outbox" / f"{waits.name}.waiting"
    file.write_text(json.dumps({**json.loads(file.read_text()), "after": 0.0}))
    for _ in range(2):
        assert place.run(40).exit_code == 3
    assert [m["title"] for m in web.arrived] == [waits.title]


def test_people_are_told_of_what_is_open_when_they_ask_to_be(
    tmp_path: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    place = Place(tmp_path)
    faults = alerted.FAULTS | {54, 55, 56, 57}
    alerted.save(tmp_path, *range(58), faults=faults)
    for until in (40, 52, 58):
        place.run(until)
    assert len(place.cases()) == 2
    place.write(send=["OPS_HOOK"])
    assert place.run(58).exit_code == 3
    # Not of what had come and gone by then.
    (message,) = web.arrived
    assert "since 2024-02-24" in message["title"]


def test_secrets_and_hostile_names_stay_out(
    tmp_path: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    monkeypatch.setenv("STORE", str(tmp_path / "s3cret-store"))
    monkeypatch.setenv("DEPLOY_TOKEN", "t0k3n-t0k3n-t0k3n")
    label = "t0k3n-t0k3n-t0k3n\ncase: <img src=x onerror=alert(1)>\x1b[2J"
    place = Place(tmp_path, log="${STORE}/*.parquet", cohorts=["land"], send=["OPS_HOOK"])
    alerted.save(tmp_path, *range(46), label=label)
    (tmp_path / "log").rename(tmp_path / "s3cret-store")
    done = place.run(46)
    assert done.exit_code == 3, done.output
    assert "\x1b" not in done.output
    (case,) = place.cases()
    assert ledgers.troubles(case) == []
    assert any("land" in str(e.body["stream"]) for e in read(case).entries)
    files = [path for top in (case, tmp_path / "outbox") for path in top.rglob("*")]
    texts = [path.read_text() for path in files if path.is_file()]
    for text in [*texts, json.dumps(web.arrived)]:
        assert "t0k3n-t0k3n" not in text
        assert "s3cret-store" not in text


def test_an_audit_that_goes_away_is_made_up_for(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerted.save(place.folder, *range(40))
    (place.folder / "audit").mkdir()
    # The case's own folder cannot be made: a file has its name by then.
    monkeypatch.setattr("investigate.monitor.cases._case_name", lambda *_: "taken")
    (place.folder / "audit" / "taken").write_text("")
    done = place.run(40)
    assert done.exit_code == 1
    assert "could not be entered" in done.stderr
    (place.folder / "audit" / "taken").unlink()
    assert place.run(40).exit_code == 3
    assert place.kinds().count("alert") == len(place.alerts())


def test_hours(tmp_path: Path) -> None:
    place = Place(
        tmp_path, every="hour", timezone="Europe/Berlin", limits={"auc": 0.65},
        baseline={"start": "2024-01-01T01:00", "end": "2024-01-15T01:00"},
    )  # fmt: skip
    frames = [alerted.answers(n, rows=24 * 60, faults=frozenset({16})) for n in range(17)]
    (tmp_path / "log").mkdir()
    pd.concat(frames).to_parquet(tmp_path / "log" / "all.parquet")
    assert place.run(16).exit_code == 0
    os.utime(tmp_path / "log" / "all.parquet")
    done = place.run("2024-01-17T12:34")
    assert done.exit_code == 3
    assert "since 2024-01-17 0" in done.stdout
    assert " CET" in done.stdout


def test_a_chart_that_cannot_be_written_keeps_no_message_back(
    tmp_path: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    place = Place(tmp_path, send=["OPS_HOOK"])
    alerted.save(tmp_path, *range(40))
    (tmp_path / "chart.png").mkdir()
    done = place.run(40, "--chart", str(tmp_path / "chart.png"))
    assert done.exit_code == 3
    assert "error: --chart: cannot write" in done.stdout
    assert len(web.arrived) == 1
