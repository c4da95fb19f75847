"""Kernels of this environment: forked and plain ones do the same, whatever lies around."""

import json
import os
import struct
import sys
from base64 import b64decode
from pathlib import Path

import nbformat
import pytest
from kept import kept_counts as kept_counts
from placed import ANSWER, Place

from investigate.figures.style import DPI, WIDTH

pytestmark = pytest.mark.slow

LOOK = """\
import os, sys
print(sys.executable, sys.flags.hash_randomization, hash("a") % 1000)
print(os.environ["SOURCE_DATE_EPOCH"], "touched" in globals(), os.path.basename(os.getcwd()))
print(os.getpgid(0) == os.getpid(), len(os.listdir(os.environ["INVESTIGATE_COUNTS"])))"""
DRAW = """\
import matplotlib.pyplot as plt
plt.plot([1, 2])"""
CHART = """\
from investigate import notebook
from investigate.figures.style import sentence
sentence("A claim.")"""
CHANCE = "import numpy as np; print(np.random.random())"


def executed(record: Path, name: str) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(record / "notebooks" / f"{name}.ipynb", as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def surround(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a user's home may hold: another environment's spec, start-up files, a backend."""
    spec = place.folder / "home" / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = ["/nowhere/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    document = {"argv": argv, "display_name": "Stale", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(document))
    startup = place.folder / "home" / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("touched = True")
    (place.folder / "home" / "start.py").write_text("touched = True")
    monkeypatch.setenv("JUPYTER_PATH", str(spec.parents[1]))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(spec.parents[1]))
    monkeypatch.setenv("IPYTHONDIR", str(startup.parents[1]))
    monkeypatch.setenv("PYTHONSTARTUP", str(place.folder / "home" / "start.py"))
    monkeypatch.setenv("MPLBACKEND", "pdf")
    monkeypatch.setenv("PYTHONHASHSEED", "7")


@pytest.mark.parametrize("forked", [True, False])
def test_a_kernel_depends_on_nothing_of_the_users(
    place: Place, monkeypatch: pytest.MonkeyPatch, forked: bool
) -> None:
    surround(place, monkeypatch)
    place.notebooks(_1_look=[LOOK, DRAW], _2_answer=[ANSWER])
    before = place.files(), dict(os.environ)
    record = place.run(forked=forked).record
    assert (place.files(), dict(os.environ)) == before
    look, draw = executed(record, "1_look")[-2:]
    first, second, third = look.outputs[0].text.splitlines()
    assert first.startswith(f"{sys.executable} 0 ")
    assert second == f"0 False {place.folder.name}"
    assert third == f"True {len(list((record / 'counts').iterdir()))}"
    assert "image/png" in draw.outputs[-1].data
    assert not (record / "logs").exists()


def test_forked_and_plain_kernels_leave_the_same_notebooks(place: Place) -> None:
    place.notebooks(_1_look=[LOOK, DRAW], _2_chart=[CHART], _3_answer=[ANSWER])
    forked, plain = (place.run(forked=forked).record for forked in (True, False))
    for name in ("1_look", "2_chart", "3_answer"):
        first, second = executed(forked, name), executed(plain, name)
        assert first == second
    # As it was laid out; Jupyter's own way draws a figure twice and cuts its margins.
    shown = b64decode(executed(forked, "2_chart")[-1].outputs[-1].data["image/png"])
    assert struct.unpack(">I", shown[16:20])[0] == int(WIDTH * DPI)


def test_forks_do_not_share_their_randomness(place: Place) -> None:
    place.notebooks(_1_chance=[CHANCE], _2_chance=[CHANCE], _3_answer=[ANSWER])
    record = place.run().record
    drawn = [executed(record, name)[-1].outputs[0].text for name in ("1_chance", "2_chance")]
    assert drawn[0] != drawn[1]
