"""Commands as cron starts them: no home, no display, a terminal that can do nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from placed import Place

from investigate.paths import PROJECT

BARE = {"PATH": os.defpath, "LANG": "C", "LC_ALL": "C", "TERM": "dumb"}


def started(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("investigate")), *arguments]
    return subprocess.run(
        command, cwd=folder, env=BARE | more, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("more", [{}, {"HOME": "/nowhere"}])
def test_check_in_a_bare_environment(more: dict[str, str], place: Place) -> None:
    done = started(place.folder, "check", "params.yml", **more)
    assert done.returncode == 0, done.stderr
    assert "nothing is odd" in done.stdout
    assert not done.stderr


@pytest.mark.slow
def test_run_in_a_bare_environment_and_in_a_folder_of_any_name(place: Place) -> None:
    odd = place.folder / 'it\'s "here" [1] été 🙂 (a & b) $x; %d #'
    odd.mkdir()
    for name in ("log.csv", "params.yml"):
        (odd / name).write_bytes((place.folder / name).read_bytes())
    done = started(odd, "run", str(odd / "params.yml"), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.isascii()
    (record,) = odd.glob("audit/*/*/findings.json")
    assert "audit/small/" in done.stdout
    assert sorted(path.name for path in odd.iterdir()) == ["audit", "log.csv", "params.yml"]
    # The same is answered in a folder of a plain name, with a home in which nothing can lie.
    (place.folder / "answer alone").mkdir()
    shutil.copy(PROJECT / "notebooks" / "7_the_answer.ipynb", place.folder / "answer alone")
    only = ("--without-kit", "--notebooks", "answer alone")
    plain = started(place.folder, "run", "params.yml", *only, HOME="/proc")
    assert plain.returncode == 0, plain.stderr
    assert "Traceback" not in plain.stderr
    (other,) = place.folder.glob("audit/*/*/findings.json")
    assert record.read_bytes() == other.read_bytes()
