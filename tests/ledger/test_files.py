import errno
import hashlib
import os
from pathlib import Path

import pytest

from investigate.ledger.files import digest, write


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
