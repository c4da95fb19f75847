"""Being told to stop, or killed: nothing goes on, and the record says what is known."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import nbformat
import pytest
from kept import kept_counts as kept_counts
from ledgers import troubles
from placed import ANSWER, Place

from investigate.ledger.chain import read
from investigate.ledger.verify import verify

pytestmark = pytest.mark.slow

HERE = 'print("before")'
WAIT = """\
import socket, time
link = socket.create_connection(("127.0.0.1", {port}))
while True: time.sleep(1)"""
PATIENCE = 240


@pytest.fixture
def started(place: Place) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    """A run of its own whose first notebook waits; the socket ends when its kernel does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        place.notebooks(
            _1_answer=[ANSWER], _2_waits=[HERE, WAIT.format(port=server.getsockname()[1])]
        )
        # In a background job, and under nohup, these signals are inherited as ignored.
        command = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "signal.signal(signal.SIGTERM, signal.SIG_DFL); "
            "from investigate.cli import main; main()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", command, "run", "params.yml", "--without-kit",
             "--notebooks", "notebooks", "--jobs", "1"],
            cwd=place.folder, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            link, _ = server.accept()
            link.settimeout(PATIENCE)
            with link:
                yield process, link
        finally:
            process.kill()
            process.communicate()


def terminate(process: subprocess.Popen[str]) -> None:
    process.terminate()


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)


@pytest.mark.parametrize("stop", [terminate, press_ctrl_c])
def test_told_to_stop(
    place: Place,
    started: tuple[subprocess.Popen[str], socket.socket],
    stop: Callable[[subprocess.Popen[str]], None],
) -> None:
    process, link = started
    stop(process)
    out, err = process.communicate(timeout=PATIENCE)
    assert link.recv(1) == b""
    (record,) = place.records()
    where = record.relative_to(place.folder)
    assert (process.returncode, out) == (1, "")
    lines = err.splitlines()
    assert lines[-1] == f"error: interrupted, in 2_waits.ipynb, cell 4 (record: {where})"
    # On a slow machine a run says now and then what it is at.
    assert all(re.fullmatch(r"\d+ s: .*", line) for line in lines[:-1])

    document = json.loads((record / "record.json").read_text("utf-8"))
    assert (document["status"], document["exit_status"]) == ("failed", 1)
    assert document["error"] == "interrupted, in 2_waits.ipynb, cell 4"
    assert [n["status"] for n in document["notebooks"]] == ["not run", "failed"]
    cells = nbformat.read(record / "notebooks" / "2_waits.ipynb", as_version=4).cells
    assert cells[-2].outputs[0].text == "before\n"
    assert cells[-1].outputs[-1].evalue == "interrupted"
    assert sorted(path.name for path in record.iterdir()) == [
        "counts", "html", "notebooks", "question.yml", "record.json", "ro-crate-metadata.json",
    ]  # fmt: skip


def test_a_run_that_was_killed_says_that_it_did_not_finish(
    place: Place, started: tuple[subprocess.Popen[str], socket.socket]
) -> None:
    process, link = started
    (record,) = place.records()
    case, name = record.parent, record.name
    report = verify(case)
    assert report.troubles == ()
    assert [(one.record, one.goes_on) for one in report.unfinished] == [(name, True)]
    process.kill()
    assert link.recv(1) == b""
    # Whatever the run had started held the other end of these pipes.
    process.communicate(timeout=PATIENCE)
    assert place.records() == [record]
    document = json.loads((record / "record.json").read_text("utf-8"))
    assert (document["status"], document["exit_status"]) == ("running", None)
    report = verify(case)
    assert report.troubles == ()
    assert [(one.record, one.goes_on) for one in report.unfinished] == [(name, False)]
    (entry,) = read(case).entries
    assert (entry.kind, entry.of, entry.n) == ("started", name, report.unfinished[0].n)
    assert entry.body == {"fingerprint": document["fingerprint"]}
    shutil.rmtree(record)
    assert troubles(case) == [f"{name}: removed: entry 1 told that its run began"]
