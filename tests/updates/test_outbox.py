from pathlib import Path
from threading import Thread

import pytest

from investigate.updates import outbox
from investigate.updates.outbox import Message, MessageState, Outbox


def message(key: str, channel: str = "A") -> Message:
    return Message(key=key, channel=channel, title="t", body="b")


def test_a_key_and_channel_is_kept_once(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "deep" / "out")
    assert [box.put(message(k, c)) for k, c in ("xA", "xB", "xA", "yA")] == [
        True,
        True,
        False,
        True,
    ]
    assert len(box.messages(MessageState.WAITING)) == 3
    (first, *_) = box.claim(0)
    assert box.put(first) is False


def test_names_do_not_run_into_each_other() -> None:
    assert message("bc", "a").name != message("c", "ab").name


def test_what_is_no_message_is_let_lie(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(message("x"))
    (tmp_path / "torn.waiting").write_bytes(b'{"key": "\xff')
    (tmp_path / "other.waiting").write_text('{"key": "x"}')
    assert [m.key for m in box.claim(0)] == ["x"]
    assert (tmp_path / "torn.waiting").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Outbox(tmp_path / "file").put(message("x"))


def test_nothing_there(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "none")
    assert list(box.claim(0)) == []
    assert box.messages(MessageState.SENT) == box.stuck() == []


def test_what_failed_never_looks_stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box, found, looking = Outbox(tmp_path), list[list[Message]](), list[Thread]()
    box.put(message("x"))
    written = outbox.write

    def look_meanwhile(path: Path, text: str, *, durable: bool) -> None:
        written(path, text, durable=durable)
        looking.append(Thread(target=lambda: found.append(Outbox(tmp_path).stuck())))
        looking[0].start()
        looking[0].join(0.2)

    for claimed in box.claim(0):
        monkeypatch.setattr(outbox, "write", look_meanwhile)
        box.failed(claimed, 0)
    looking[0].join()
    assert found == [[]]
