"""Notebooks that fail, each in its own way: status and evidence are the runner's to tell."""

import json
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from kept import kept_counts as kept_counts
from placed import ANSWER, Place, make_place

from investigate.errors import InputError, RunError

pytestmark = pytest.mark.slow

BEFORE = 'print("before")'
KILL = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
LONG = "import time\nwhile True: time.sleep(0.1)"
STUBBORN = """\
import signal, socket, subprocess, sys
for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
link = socket.create_connection(("127.0.0.1", {port}))
sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
child = subprocess.Popen(sleeper, pass_fds=[link.fileno()])
while True:
    try: child.wait()
    except KeyboardInterrupt: pass"""


@dataclass(frozen=True)
class Failed:
    place: Place
    kernel: socket.socket
    error: str
    record: Path

    @property
    def document(self) -> dict[str, Any]:
        return json.loads((self.record / "record.json").read_text("utf-8"))

    def entry(self, name: str) -> dict[str, Any]:
        return next(n for n in self.document["notebooks"] if n["name"] == name)

    def executed(self, name: str) -> nbformat.NotebookNode:
        return nbformat.read(self.record / "notebooks" / f"{name}.ipynb", as_version=4)

    def page(self, name: str) -> str:
        return (self.record / "html" / f"{name}.html").read_text("utf-8")


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Failed]:
    folder = tmp_path_factory.mktemp("failures")
    here = Path.cwd()
    os.chdir(folder)
    try:
        server = socket.create_server(("127.0.0.1", 0))
        server.settimeout(60)
        port = server.getsockname()[1]
        place = make_place(folder)
        place.notebooks(
            _1_raises=[BEFORE, "1 / 0", 'print("after")'],
            _2_killed=[BEFORE, KILL, 'print("after")'],
            _3_exits=[BEFORE, "import sys; sys.exit()", 'print("after")'],
            _4_dies=[BEFORE, "import os; os._exit(3)"],
            _5_refuses=["from investigate.errors import InputError\nraise InputError('no\\nso')"],
            _6_endless=[BEFORE, STUBBORN.format(port=port)],
            _7_answer=[ANSWER],
        )
        with pytest.raises(RunError) as raised:
            place.run(timeout=10)
        (record,) = place.records()
        with server, server.accept()[0] as kernel:
            kernel.settimeout(60)
            yield Failed(place, kernel, str(raised.value), record)
    finally:
        os.chdir(here)


def test_one_line_names_the_first_failure_and_the_record(failed: Failed) -> None:
    assert failed.error == (
        "1_raises.ipynb, cell 4: ZeroDivisionError: division by zero "
        f"(so did 5 more of the notebooks) (record: {failed.record})"
    )


def test_the_record_says_that_it_failed(failed: Failed) -> None:
    document = failed.document
    assert (document["status"], document["exit_status"]) == ("failed", 1)
    assert document["error"] == failed.error.removesuffix(f" (record: {failed.record})")
    assert not (failed.record / "findings.json").exists()
    assert (failed.record / "counts" / "slices.parquet").exists()


@pytest.mark.parametrize(
    ("name", "cell", "error"),
    [
        ("1_raises", 4, "ZeroDivisionError: division by zero"),
        ("2_killed", 4, "the kernel was killed by SIGKILL"),
        ("3_exits", 4, "a cell left the notebook before its end"),
        ("4_dies", 4, "the kernel ended with status 3"),
        ("5_refuses", 3, "InputError: no"),
        ("6_endless", 4, "timed out after 10 s"),
    ],
)
def test_each_notebook_says_where_and_why(failed: Failed, name: str, cell: int, error: str) -> None:
    entry = failed.entry(name)
    assert (entry["status"], entry["cell"], entry["error"]) == ("failed", cell, error)
    assert error in failed.page(name)


def test_others_go_on(failed: Failed) -> None:
    assert failed.entry("7_answer")["status"] == "succeeded"


def test_a_cell_that_raised_keeps_its_traceback(failed: Failed) -> None:
    before, raised, after = failed.executed("1_raises").cells[-3:]
    assert before.outputs[0].text == "before\n"
    assert raised.outputs[0].ename == "ZeroDivisionError"
    assert "1 / 0" in re.sub("\x1b.*?m", "", "".join(raised.outputs[0].traceback))
    assert after.execution_count is None
    assert after.outputs == []


@pytest.mark.parametrize("name", ["2_killed", "4_dies", "6_endless"])
def test_without_its_kernel_a_notebook_keeps_what_it_had(failed: Failed, name: str) -> None:
    cells = [c for c in failed.executed(name).cells if c.cell_type == "code"]
    assert cells[2].outputs[0].text == "before\n"
    # The notebook itself says so too; papermill would call it completed.
    assert cells[3].outputs[-1].evalue == failed.entry(name)["error"]


def test_a_kernel_out_of_time_is_gone_with_all_it_started(failed: Failed) -> None:
    # The connection ends when nobody holds its other end, neither kernel nor child.
    assert failed.kernel.recv(1) == b""


def test_no_answer_is_a_failure(place: Place) -> None:
    place.notebooks(_1_silent=[BEFORE])
    with pytest.raises(RunError, match=r"^no notebook gave an answer \(record: "):
        place.run()
    (record,) = place.records()
    document = json.loads((record / "record.json").read_text("utf-8"))
    assert (document["status"], document["error"]) == ("failed", "no notebook gave an answer")
    assert document["notebooks"][0]["status"] == "succeeded"


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        ({"params.yml": "case: [\n"}, "this is not YAML"),
        ({"log.csv": "time,outcome,score\n2024-01-01,1,0.5\n"}, "system"),
        ({"notebooks/1_answer.ipynb": "{}"}, "1_answer.ipynb: this is no Jupyter notebook"),
    ],
)
def test_wrong_input_leaves_nothing(place: Place, damage: dict[str, str], line: str) -> None:
    place.notebooks(_1_answer=[ANSWER])
    for name, text in damage.items():
        (place.folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=line) as raised:
        place.run()
    assert "\n" not in str(raised.value)
    assert not (place.folder / "audit").exists()
