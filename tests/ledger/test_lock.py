import fcntl
import os
import stat
from pathlib import Path

import pytest

from investigate.ledger.lock import opened, reading, writing
from investigate.ledger.paths import LedgerPaths


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
