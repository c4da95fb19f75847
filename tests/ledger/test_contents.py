import hashlib
import os
from pathlib import Path

import pytest

from investigate.ledger.contents import contents


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
