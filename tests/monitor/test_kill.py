"""Monitors that are killed, and two at once: all is counted, entered and sent once."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import daywise
import numpy as np
import pandas as pd
import pytest
from ledgers import troubles
from monitors import CHANNELS, LEARN, Monitors, Order, day, rows_of_day, watch_file
from receivers import Receiver

from investigate.errors import RunError
from investigate.ledger.chain import read
from investigate.monitor.alerts import Alert
from investigate.monitor.state import kept, opened
from investigate.monitor.watch import Watch, load
from investigate.question.params import load as question_of
from investigate.updates.outbox import MessageState, Outbox

pytestmark = pytest.mark.slow

KILLS, DAYS = 18, 12
# Of the days after the baseline; a fault ends as suddenly as it begins.
KINDS = ["fine", "fine", *np.random.default_rng(5).choice(["fine", "shuffled", "unscored"], DAYS)]
HANDLED = {"entered", "closed", "sent", "sent_over", "investigated"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The log of the baseline, and folders in which it is watched, disturbed and in peace."""
    (tmp_path / "log").mkdir()
    for n in range(LEARN):
        rows_of_day(n, "fine").to_parquet(tmp_path / "log" / f"{n:03}.parquet")
    watch_file(tmp_path / "killed", tmp_path / "log" / "*.parquet", send=CHANNELS)
    watch_file(tmp_path / "calm", tmp_path / "log" / "*.parquet")
    return tmp_path


@pytest.fixture(scope="module")
def monitors() -> Iterator[Monitors]:
    found = Monitors()
    yield found
    found.close()


@pytest.fixture
def web_and_mail(
    web: Receiver, mail: Receiver, monkeypatch: pytest.MonkeyPatch
) -> tuple[Receiver, Receiver]:
    """What receives messages, by web and by mail."""
    for name, receiver in zip(CHANNELS, (web, mail), strict=True):
        monkeypatch.setenv(name, receiver.address)
    return web, mail


def kept_in(folder: Path) -> tuple[pd.DataFrame, list[Alert]]:
    """The daily figures and the alerts that a monitor keeps in `folder`."""
    with opened(folder / "watch.duckdb", load(folder / "watch.yml")) as state:
        return state.daily(), kept.alerts(state)


@cache
def day_of(file: Path) -> pd.DataFrame:
    """What plain code says of a file of the log, which is one day."""
    truth = daywise.expected(pd.read_parquet(file).assign(land=None))
    return truth[truth["by"] != "land"]


def require_whole_days(daily: pd.DataFrame, days: int, folder: Path, least: int) -> int:
    """Require that `daily` is that of the first days of the log; how many, `least` at least."""
    found = daily["start"].nunique()
    assert least <= found <= days
    if found:
        truth = pd.concat([day_of(file) for file in sorted((folder / "log").iterdir())[:found]])
        truth = truth.sort_values(["by", "label", "start"], ignore_index=True)
        pd.testing.assert_frame_equal(daily[list(truth)], truth, check_index_type=False)
    return found


def arrivals(arrived: list[dict[str, Any]], body: str) -> list[tuple[str, str]]:
    """Title and text of what came."""
    return [(one["title"], one[body].strip().replace("\r\n", "\n")) for one in arrived]


def entries(audit: Path) -> Counter[tuple[str, str, str]]:
    """How often each alert's begin and end are entered: kind, case, number."""
    cases = [path for path in audit.iterdir() if path.is_dir()]
    return Counter(
        (e.kind, case.name, e.body["alert"]) for case in cases for e in read(case).entries
    )


def due(alerts: list[Alert], audit: Path) -> set[tuple[str, str]]:
    """Key and channel of every message that such alerts are worth."""
    raised = {
        (case.name, e.body["alert"]): e.sha256()
        for case in audit.iterdir()
        for e in read(case).entries
        if e.kind == "alert"
    }
    opening = {f"{a.case} {a.number} {raised[a.case, str(a.number)]}": a for a in alerts if a.opens}
    keys = {f"alert {about}" for about in opening}
    going = {a.case for a in alerts if a.open}
    keys |= {f"all clear {about}" for about, a in opening.items() if a.case not in going}
    return {(key, channel) for key in keys for channel in CHANNELS}


def test_killed_at_any_time_and_two_at_once(
    folder: Path, monitors: Monitors, web_and_mail: tuple[Receiver, Receiver]
) -> None:
    # A fixed seed says when; how far a process is by then differs, and must not matter.
    chance, killed, whole = random.Random(1), 0, 0
    for n, kind in enumerate(KINDS, LEARN):
        rows_of_day(n, kind).to_parquet(folder / "log" / f"{n:03}.parquet")
        (calm,) = monitors.run(Order(str(folder / "calm"), day(n + 1)))
        assert calm.status in (0, 3)
        while killed < KILLS * (n - LEARN + 1) / len(KINDS):
            orders = []
            for _ in range(2):
                # One that began before midnight may get its turn after one that began later.
                at = day(n + chance.choice([0, 1, 1]))
                seconds = chance.uniform(0, 1.5 * calm.seconds)
                orders.append(Order(str(folder / "killed"), at, seconds))
            ended = [one.status for one in monitors.run(*orders)]
            assert set(ended) <= {-9, 0, 1, 3}
            killed += ended.count(-9)
        if n == LEARN:
            # What was over before a monitor first judged a day opens no case. On a busy machine
            # all of the first ones are killed too early, and those of later days as well, who
            # have many days to catch up with in the time of a day.
            monitors.run(Order(str(folder / "killed"), day(n + 1)))
        whole = require_whole_days(kept_in(folder / "killed")[0], n + 1, folder, whole)
    printed = folder / "killed" / "printed"
    assert "unexpected" not in printed.read_text()
    printed.unlink()
    (last,) = monitors.run(Order(str(folder / "killed"), day(LEARN + len(KINDS))))

    (daily, alerts), (truth, expected) = kept_in(folder / "killed"), kept_in(folder / "calm")
    pd.testing.assert_frame_equal(daily, truth)
    assert require_whole_days(daily, LEARN + len(KINDS), folder, LEARN + len(KINDS))
    assert [a.model_dump(exclude=HANDLED) for a in alerts] == [
        a.model_dump(exclude=HANDLED) for a in expected
    ]
    assert len({a.case for a in alerts}) >= 3
    assert any(a.why == "chart" for a in alerts)
    assert all(a.case and a.entered and a.closed != a.open for a in alerts)

    audit = folder / "killed" / "audit"
    once = [("alert", a.case, str(a.number)) for a in alerts]
    once += [("alert-end", a.case, str(a.number)) for a in alerts if not a.open]
    assert entries(audit) == Counter(once) == entries(folder / "calm" / "audit")
    for case in {a.case for a in alerts}:
        assert troubles(audit / case) == []
    for alert in alerts:
        asked = audit / alert.case / "alerts" / f"{alert.number}.yml"
        assert asked.exists() == alert.opens
        assert not alert.opens or question_of(asked).case == alert.case

    box = Outbox(folder / "killed" / "outbox")
    sent, stuck = box.messages(MessageState.SENT), box.stuck()
    assert box.messages(MessageState.WAITING) == []
    assert Counter((m.key, m.channel) for m in [*sent, *stuck]) == Counter(due(alerts, audit))
    web, mail = web_and_mail
    came = {
        "OPS_HOOK": arrivals(web.arrived, "message"),
        "TEAM_MAIL": arrivals(mail.arrived, "text"),
    }
    for channel, arrived in came.items():
        assert len(arrived) == len(set(arrived))
        own = [{(m.title, m.body) for m in some if m.channel == channel} for some in (sent, stuck)]
        assert own[0] <= set(arrived) <= own[0] | own[1]
    for message in stuck:
        assert f"may not have arrived: {message.title}, to {message.channel}" in printed.read_text()
    assert last.status == (3 if any(a.open for a in alerts) else bool(stuck))


def test_two_at_once_count_and_tell_once(
    folder: Path, monitors: Monitors, web_and_mail: tuple[Receiver, Receiver]
) -> None:
    for n, kind in [(LEARN, "fine"), (LEARN + 1, "shuffled")]:
        rows_of_day(n, kind).to_parquet(folder / "log" / f"{n:03}.parquet")
        order = Order(str(folder / "killed"), day(n + 1))
        ended = [one.status for one in monitors.run(order, order)]
        assert ended == [0 if kind == "fine" else 3] * 2
    daily, alerts = kept_in(folder / "killed")
    assert require_whole_days(daily, LEARN + 2, folder, LEARN + 2)
    assert [len(receiver.arrived) for receiver in web_and_mail] == [1, 1]
    assert set(entries(folder / "killed" / "audit").values()) == {1}
    assert len({a.case for a in alerts}) == 1


def test_killed_while_the_state_is_made(folder: Path, monitors: Monitors) -> None:
    chance = random.Random(2)
    for _ in range(5):
        (one,) = monitors.run(Order(str(folder / "calm"), day(LEARN), chance.uniform(0, 0.3)))
        assert one.status in (0, -9)
    (one,) = monitors.run(Order(str(folder / "calm"), day(LEARN)))
    assert one.status == 0
    assert require_whole_days(kept_in(folder / "calm")[0], LEARN, folder, LEARN)
    left = {path.name for path in (folder / "calm").iterdir()}
    assert left <= {"watch.yml", "watch.duckdb", "watch.duckdb.lock", "printed", "audit"}


def test_a_second_one_gives_up_in_one_line(tmp_path: Path) -> None:
    watch: Watch = daywise.watch(tmp_path / "*.parquet")
    with (
        opened(tmp_path / "state", watch),
        pytest.raises(RunError, match=r"another process has held .* for 0 seconds; try again"),
        opened(tmp_path / "state", watch, wait=0),
    ):
        pass
    assert os.path.getsize(tmp_path / "state.lock") == 0  # noqa: PTH202
