"""Disks that are full and folders that cannot be written to.

Where mounting is allowed, a small file system is a real full disk; everywhere, a limit on
the size of files makes real writes fail in the same places.
"""

import hashlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kept import kept_counts as kept_counts
from placed import ANSWER, Place

from investigate.errors import InputError, RunError

pytestmark = pytest.mark.slow

FLOOD = 'print("x" * 3_000_000)'
BALLAST = """\
with open("{disk}/ballast", "wb", buffering=0) as file:
    try:
        while True: file.write(bytes(4096))
    except OSError as error: print(error.strerror)"""
MountSmall = Callable[[str], Path]


def mountable() -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[MountSmall]:
    """Mounts a file system, with the options given, in the folder ``disk``."""
    disk = tmp_path / "disk"

    def mounted(options: str) -> Path:
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", disk], check=True)
        return disk

    yield mounted
    if disk.is_mount():
        subprocess.run(["umount", disk], check=True)


def check_failed(audit: Path, error: str) -> dict[str, Any]:
    """The one record under `audit` failed for `error`, and holds whole files alone."""
    (record,) = (path for path in audit.glob("small/*") if path.is_dir())
    document = json.loads((record / "record.json").read_text("utf-8"))
    assert document["status"] == "failed"
    assert error in document["error"]
    listed = {entry["path"]: entry["sha256"] for entry in document["outputs"]}
    for path, sha256 in listed.items():
        assert hashlib.sha256((record / path).read_bytes()).hexdigest() == sha256
    found = {p.relative_to(record).as_posix() for p in record.rglob("*") if p.is_file()}
    assert found == {"record.json", *listed}
    return document


if mountable():

    def test_a_notebook_that_does_not_fit(place: Place, mount: MountSmall) -> None:
        place.notebooks(_1_flood=[FLOOD], _2_answer=[ANSWER])
        before = place.files()
        disk = mount("size=2m")
        with pytest.raises(RunError, match=r"1_flood.*No space left on device.*record: "):
            place.run(audit=disk / "audit")
        document = check_failed(disk / "audit", "1_flood.ipynb, cell 3")
        assert [n["status"] for n in document["notebooks"]] == ["failed", "succeeded"]
        assert {k: v for k, v in place.files().items() if not k.startswith("disk/")} == before

    def test_the_last_word_fits_on_a_full_disk(place: Place, mount: MountSmall) -> None:
        disk = mount("size=2m")
        place.notebooks(_1_ballast=[BALLAST.format(disk=disk)])
        with pytest.raises(RunError, match="No space left on device"):
            place.run(audit=disk / "audit")
        document = check_failed(disk / "audit", "No space left on device")
        assert document["notebooks"][0]["cell"] == 3

    def test_counts_that_do_not_fit(place: Place, mount: MountSmall) -> None:
        place.notebooks(_1_answer=[ANSWER])
        disk = mount("size=300k")
        with pytest.raises(RunError, match="No space left on device"):
            place.run(audit=disk)
        document = check_failed(disk, "No space left on device")
        assert [entry["path"] for entry in document["outputs"]] == [
            "question.yml", "ro-crate-metadata.json",
        ]  # fmt: skip
        assert document["notebooks"] == [{"name": "1_answer", "status": "not run"}]

    def test_a_disk_without_room_for_a_record(place: Place, mount: MountSmall) -> None:
        place.notebooks(_1_answer=[ANSWER])
        disk = mount("size=100k")
        with pytest.raises(InputError, match="cannot write a record there: no space left"):
            place.run(audit=disk / "audit")
        assert list(disk.iterdir()) == []

    def test_a_read_only_disk(place: Place, mount: MountSmall) -> None:
        place.notebooks(_1_answer=[ANSWER])
        disk = mount("size=1m,ro")
        with pytest.raises(InputError, match="disk: cannot write a record there: it is read-only"):
            place.run(audit=disk)
        with pytest.raises(InputError, match=r"disk/new: .*; name another folder with --audit$"):
            place.run(audit=disk / "new")


@pytest.mark.parametrize("audit", ["log.csv", "log.csv/below"])
def test_a_file_where_the_folder_should_be(place: Place, audit: str) -> None:
    place.notebooks(_1_answer=[ANSWER])
    before = place.files()
    with pytest.raises(InputError, match=f"{audit}: cannot write a record there: .*log.csv is no"):
        place.run(audit=place.folder / audit)
    assert place.files() == before


def limited(place: Place, limit: int) -> subprocess.CompletedProcess[str]:
    """The command, where no file may grow beyond `limit` bytes."""
    return subprocess.run(
        [sys.executable, "-c", "from investigate.cli import main; main()",
         "run", "params.yml", "--without-kit", "--notebooks", "notebooks"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        cwd=place.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_file_that_may_not_grow(place: Place) -> None:
    place.notebooks(_1_flood=[FLOOD], _2_answer=[ANSWER])
    done = limited(place, 2_000_000)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "1_flood.ipynb, cell 3" in done.stderr
    check_failed(place.folder / "audit", "File too large")


def test_a_record_that_may_not_grow(place: Place) -> None:
    place.notebooks(_1_answer=[ANSWER])
    done = limited(place, 100_000)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: audit: cannot write a record there: file too large")
    assert not (place.folder / "audit").exists()
