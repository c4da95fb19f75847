"""Updates and reminders on their way to a real receiver."""

import json
import shlex
import shutil
from io import StringIO
from pathlib import Path

import pytest
from ledgers import troubles
from receivers import Receiver, web
from rich.console import Console
from updates.cases import AT

from investigate.cli.send import send_from
from investigate.cli.update import due_at, update_at
from investigate.errors import InputError, RunError
from investigate.updates.outbox import MessageState, Outbox

NOW = AT.isoformat()
MUCH_LATER = "2024-06-01T00:00:00+00:00"

__all__ = ["web"]


def console() -> Console:
    return Console(file=StringIO(), width=200)


@pytest.fixture
def outbox(tmp_path: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPS_HOOK", web.address)
    return tmp_path / "outbox"


def test_an_update_is_sent_once_and_entered(case: Path, outbox: Path, web: Receiver) -> None:
    shown = console()
    text = update_at(case, shown, as_is=True, at=NOW, channels=["OPS_HOOK"], outbox=outbox)
    (message,) = web.arrived
    assert text == f"# {message['title']}\n\n{message['message']}\n"
    entry = json.loads((case / "ledger.jsonl").read_text().splitlines()[-1])
    assert entry["body"]["to"] == ["OPS_HOOK"]
    assert troubles(case) == []
    send_from(outbox, shown)
    assert len(web.arrived) == 1


def test_one_that_is_refused_waits_and_is_told(case: Path, outbox: Path, web: Receiver) -> None:
    web.status = 500
    with pytest.raises(RunError, match="0 sent, 1 wait to be sent again"):
        update_at(case, console(), as_is=True, at=NOW, channels=["OPS_HOOK"], outbox=outbox)
    assert troubles(case) == []
    assert len(list(outbox.glob("*.waiting"))) == 1


def test_a_draft_is_not_sent(case: Path, outbox: Path) -> None:
    with pytest.raises(InputError, match="a draft is not sent; add --edit or --send-as-is"):
        update_at(case, console(), at=NOW, channels=["OPS_HOOK"], outbox=outbox)


def test_a_channel_that_is_none_comes_before_anything_else(case: Path, outbox: Path) -> None:
    before = (case / "ledger.jsonl").read_bytes()
    with pytest.raises(InputError, match="NO_HOOK is not set"):
        update_at(case, console(), as_is=True, at=NOW, channels=["NO_HOOK"], outbox=outbox)
    assert (case / "ledger.jsonl").read_bytes() == before


def test_a_reminder_goes_out_once_a_time(case: Path, outbox: Path, web: Receiver) -> None:
    update_at(case, console(), as_is=True, at=NOW)
    for _ in range(2):
        status = due_at(case, console(), at=MUCH_LATER, channels=["OPS_HOOK"], outbox=outbox)
        assert status == 3
    assert web.arrived
    titles = [message["title"] for message in web.arrived]
    assert len(titles) == len(set(titles))
    assert all("the update for" in title and "was due by" in title for title in titles)


def test_no_outbox(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no outbox here"):
        send_from(tmp_path / "none", console())


def test_an_update_goes_out_though_its_copy_cannot_be_written(
    case: Path, outbox: Path, web: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(RunError, match="taken: it could not be written"):
        update_at(
            case, console(), as_is=True, at=NOW, channels=["OPS_HOOK"], outbox=outbox,
            out=tmp_path / "taken",
        )  # fmt: skip
    send_from(outbox, console())
    assert len(web.arrived) == 1


def test_a_reminder_that_cannot_be_sent_stops_no_other(
    case: Path, outbox: Path, web: Receiver
) -> None:
    other = case.with_name("other case")
    shutil.copytree(case, other)
    web.status = 500
    with pytest.raises(RunError, match="0 sent, 2 wait to be sent again"):
        due_at(case.parent, console(), at=MUCH_LATER, channels=["OPS_HOOK"], outbox=outbox)
    bodies = sorted(message.body for message in Outbox(outbox).messages(MessageState.WAITING))
    # What it says to do can be done: nobody is told yet, so there is no audience.
    assert bodies == sorted(
        f"Draft it: investigate update {shlex.quote(str(c))}" for c in (case, other)
    )


def test_a_file_that_holds_no_message_is_told(outbox: Path) -> None:
    outbox.mkdir()
    (outbox / f"{'0' * 32}.waiting").write_text('{"key": "k"}')
    shown = console()
    with pytest.raises(RunError, match="0 may not have arrived, 1 cannot be read"):
        send_from(outbox, shown)
    assert "holds no message: " in shown.file.getvalue()  # type: ignore[attr-defined]
