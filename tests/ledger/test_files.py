import errno
import fcntl
import hashlib
import os
import stat
from pathlib import Path

import pytest

from investigate.ledger.files import (
    OWN,
    LedgerPaths,
    contents,
    digest,
    opened,
    reading,
    write,
    writing,
)


@pytest.mark.parametrize("durable", [True, False])
def test_text_is_written_as_it_is(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "a.txt"
    write(path, "old, and longer", durable=durable)
    write(path, "ü\r\n\n", durable=durable)
    assert path.read_bytes() == "ü\r\n\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write(path, "new" * 100_000 + "\ud800")
    (tmp_path / ".a.txt.part").symlink_to("/dev/full")
    with pytest.raises(OSError) as raised:  # noqa: PT011
        write(path, "new")
    assert raised.value.errno == errno.ENOSPC
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_digest_is_hash_and_size(tmp_path: Path) -> None:
    data = os.urandom(300_000)
    (tmp_path / "a").write_bytes(data)
    expected = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": 300_000}
    assert digest(tmp_path / "a") == expected


def test_every_file_below(tmp_path: Path) -> None:
    for path, data in (("r/a", b"a"), ("r/b/.c", b""), ("r/b/d é/e", b"\xff" * 3), ("s/f", b"f")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    found = contents(tmp_path, "r")
    assert found.files == {
        "r/a": hashlib.sha256(b"a").hexdigest(),
        "r/b/.c": hashlib.sha256(b"").hexdigest(),
        "r/b/d é/e": hashlib.sha256(b"\xff" * 3).hexdigest(),
    }
    assert found.odd == {}
    assert contents(tmp_path, "s/f").files == {"s/f": hashlib.sha256(b"f").hexdigest()}


def test_what_is_no_file_is_told_and_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "to a file").symlink_to(__file__)
    (folder / "to a folder").symlink_to(tmp_path)
    (folder / "to nothing").symlink_to("gone")
    found = contents(tmp_path, "r")
    assert found.files == {}
    assert found.odd == {
        f"r/{name}": "it is a link or device, no plain file"
        for name in ("pipe", "to a file", "to a folder", "to nothing")
    }
    assert contents(folder, "to a folder").odd == {
        "to a folder": "it is a link or device, no plain file"
    }


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/r/\xff"
    (tmp_path / "r").mkdir()
    try:
        Path(os.fsdecode(path)).write_text("x")
    except OSError:
        pytest.skip("this file system has no such names")
    found = contents(tmp_path, "r")
    assert (list(found.files), list(found.odd.values())) == ([], ["its name is no UTF-8"])


def test_torn_lines_have_files_of_their_own(tmp_path: Path) -> None:
    paths = LedgerPaths(tmp_path)
    for path in (paths.torn(1), paths.torn(1, 2), paths.torn(12), paths.torn(1, 3)):
        path.touch()
    assert [path.name for path in paths.all_torn(1)] == [
        "ledger.torn-1", "ledger.torn-1-2", "ledger.torn-1-3"
    ]  # fmt: skip
    assert [path.name for path in paths.all_torn(12)] == ["ledger.torn-12"]
    assert paths.all_torn(2) == []


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("ledger.jsonl", True), ("ledger.head", True), ("ledger.torn-7", True),
        ("ledger.torn-7-2", True), ("ledger.torn-", False), ("ledger.json", False),
        ("ledger.jsonl.old", False), ("20240301T120000Z-aaaaaa", False),
    ],
)  # fmt: skip
def test_which_names_are_the_ledgers(name: str, own: bool) -> None:
    assert (OWN.fullmatch(name) is not None) == own


def free(path: Path, lock: int) -> bool:
    """Whether another process could have that `lock` now."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, lock | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_one_writes_or_many_read(tmp_path: Path) -> None:
    paths = LedgerPaths(tmp_path)
    with writing(paths):
        assert not free(paths.head, fcntl.LOCK_SH)
    with reading(paths) as file:
        assert file is not None
        assert free(paths.head, fcntl.LOCK_SH)
        assert not free(paths.head, fcntl.LOCK_EX)
    assert free(paths.head, fcntl.LOCK_EX)


def test_reading_makes_nothing(tmp_path: Path) -> None:
    with reading(LedgerPaths(tmp_path)) as file:
        assert file is None
    with reading(LedgerPaths(tmp_path / "gone")) as file:
        assert file is None
    assert list(tmp_path.iterdir()) == []


def test_let_go_of_after_an_error(tmp_path: Path) -> None:
    paths = LedgerPaths(tmp_path)
    with pytest.raises(RuntimeError), writing(paths):
        raise RuntimeError
    assert free(paths.head, fcntl.LOCK_EX)


def test_plain_files_alone_are_opened(tmp_path: Path) -> None:
    with opened(tmp_path / "file", os.O_RDWR | os.O_CREAT) as file:
        assert stat.S_ISREG(os.fstat(file).st_mode)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("file")
    for name in ("pipe", "link", "gone"):
        with pytest.raises(OSError, match=name), opened(tmp_path / name, os.O_RDWR):
            pass
