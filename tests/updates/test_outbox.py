from pathlib import Path

import pytest

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
