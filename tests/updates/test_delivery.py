"""Messages to real receivers: each once, and none lost without a word."""

import subprocess
import sys
from pathlib import Path

import pytest
from receivers import Receiver

from investigate.errors import InputError
from investigate.records.secrets import LeakError
from investigate.updates.delivery import empty, put
from investigate.updates.outbox import MessageState, Outbox


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def test_to_a_web_hook_and_by_mail_once(
    outbox: Path, web: Receiver, mail: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    monkeypatch.setenv("TEAM_MAIL", mail.address)
    channels = ["OPS_HOOK", "TEAM_MAIL"]
    text = "AUC 0.755 → 0.505\nsince 2024-02-08 <b>"
    assert put(outbox, "demo alert 1", channels, "AUC fell", text) == 2
    assert put(outbox, "demo alert 1", channels, "AUC fell again", "other") == 0
    assert len(empty(outbox).sent) == 2
    assert len(empty(outbox).sent) == 0
    assert put(outbox, "demo alert 1", channels, "AUC fell", text) == 0
    (hook,), (letter,) = web.arrived, mail.arrived
    assert (hook["title"], hook["message"]) == ("AUC fell", text)
    assert letter["to"] == ["team@example.org"]
    assert letter["title"] == "AUC fell"
    assert "AUC 0.755 → 0.505" in letter["text"]


def test_what_is_refused_is_kept_and_sent_later(
    outbox: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    put(outbox, "k", ["OPS_HOOK"], "t", "b")
    web.status = 503
    pauses: list[float] = []
    moment = [1e9]
    for _ in range(9):
        delivery = empty(outbox, now=lambda: moment[0])
        assert delivery.sent == ()
        (waiting,) = delivery.waiting
        pauses.append(waiting.after - moment[0])
        moment[0] = waiting.after - 1
        assert empty(outbox, now=lambda: moment[0]).waiting == (waiting,)
        moment[0] = waiting.after
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    web.status = 200
    assert len(empty(outbox, now=lambda: moment[0]).sent) == 1
    assert len(web.arrived) == 1


def test_no_receiver_at_all(outbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_HOOK", "json://127.0.0.1:9/x")
    put(outbox, "k", ["OPS_HOOK"], "t", "b")
    assert len(empty(outbox).waiting) == 1


def test_channels_are_checked_first_and_never_repeated(
    outbox: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOD", web.address)
    monkeypatch.setenv("WRONG", "no-such-service://s3cr3t")
    monkeypatch.delenv("NOT_SET", raising=False)
    for name in ("WRONG", "NOT_SET"):
        with pytest.raises(InputError, match=name) as raised:
            put(outbox, "k", ["GOOD", name], "t", "b")
        assert "s3cr3t" not in str(raised.value)
    assert not outbox.exists()


def test_an_address_reaches_neither_message_nor_disk(
    outbox: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    put(outbox, "k", ["OPS_HOOK"], "t", f"see {web.address} there")
    with pytest.raises(LeakError):
        put(outbox, "k2", ["OPS_HOOK"], "t", web.address[:9] + "\n" + web.address[9:])
    empty(outbox)
    assert web.arrived[0]["message"] == "see ${OPS_HOOK} there"
    assert all(b"s3cr3t" not in path.read_bytes() for path in outbox.iterdir())


def test_an_address_that_went_is_waited_for(
    outbox: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    put(outbox, "k", ["OPS_HOOK"], "t", "b")
    monkeypatch.delenv("OPS_HOOK")
    assert len(empty(outbox).waiting) == 1


NURSERY = """\
import os, random, signal, sys, time
from pathlib import Path
import apprise
from investigate.updates.delivery import empty, put
outbox, chance = Path(sys.argv[1]), random.Random(5)

def sender():
    if (child := os.fork()) == 0:
        try:
            empty(outbox)
        finally:
            os._exit(0)
    return child

for n in range(300):
    put(outbox, f"{n}", ["OPS_HOOK"], "t", f"{n}")
    put(outbox, f"{n} more", ["OPS_HOOK"], "t", f"{n} more")
    killed, spared = sender(), sender() if n % 3 == 0 else None
    time.sleep(chance.uniform(0, 0.02))
    os.kill(killed, signal.SIGKILL)
    for child in filter(None, [killed, spared]):
        os.waitpid(child, 0)
"""


@pytest.mark.slow
def test_killed_at_any_time_and_two_at_once(
    outbox: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    # Children of a process that has imported what takes its time, and has no threads: apprise
    # sends from one, which does not survive a fork.
    subprocess.run([sys.executable, "-c", NURSERY, outbox], check=True)
    delivery = empty(outbox)
    assert delivery.waiting == ()
    arrived = [message["message"] for message in web.arrived]
    assert len(arrived) == len(set(arrived))
    stuck = {message.body for message in delivery.stuck}
    sent = {message.body for message in Outbox(outbox).messages(MessageState.SENT)}
    every = {f"{n}{more}" for n in range(300) for more in ("", " more")}
    assert sent | stuck == every
    assert not sent & stuck
    assert sent <= set(arrived)
    assert 0 < len(stuck) < 300


@pytest.mark.slow
def test_one_that_may_not_have_arrived_is_told_and_sent_again_when_asked(
    outbox: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    put(outbox, "k", ["OPS_HOOK"], "t", "b")
    box = Outbox(outbox)
    claims = box.claim(1e10)
    message = next(claims)
    assert box.stuck() == []
    claims.close()
    assert box.stuck() == [message]
    assert empty(outbox).stuck == (message,)
    box.again(message)
    assert len(empty(outbox).sent) == 1
