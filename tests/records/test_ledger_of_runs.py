"""Every run that ends is entered, however it ends."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from kept import kept_counts as kept_counts
from ledgers import lines, troubles
from placed import ANSWER, Place

from investigate.errors import RunError
from investigate.ledger.chain import read

pytestmark = pytest.mark.slow

WAIT = """\
import socket, time
link = socket.create_connection(("127.0.0.1", {port}))
while True: time.sleep(1)"""
PATIENCE = 240


def start(place: Place) -> "subprocess.Popen[str]":
    command = "from investigate.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", command, "run", "params.yml", "--without-kit",
         "--notebooks", "notebooks"],
        cwd=place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def records(case: Path) -> list[str]:
    return sorted(path.name for path in case.iterdir() if path.is_dir())


def test_success_and_failure_are_entered_with_every_file(place: Place) -> None:
    place.notebooks(_1_answer=[ANSWER])
    good = place.run().record
    place.notebooks(_1_answer=["1 / 0"])
    with pytest.raises(RunError, match="division by zero"):
        place.run()
    case = good.parent
    assert troubles(case) == []
    begun, first, begun_again, second = read(case).entries
    assert [begun.of, begun_again.of] == [first.of, second.of]
    assert [(e.kind, e.files) for e in (begun, begun_again)] == [("started", {})] * 2
    assert [first.of, second.of] == records(case)
    assert first.body == {"status": "succeeded", "exit_status": 0}
    assert second.body == {"status": "failed", "exit_status": 1}
    for entry in (first, second):
        folder = case / str(entry.of)
        assert entry.kind == "run"
        assert sorted(entry.files) == sorted(
            path.relative_to(case).as_posix() for path in folder.rglob("*") if path.is_file()
        )
        assert f"{entry.of}/record.json" in entry.files


def test_two_at_once_of_which_one_is_interrupted(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        place.notebooks(_1_answer=[ANSWER], _2_waits=[WAIT.format(port=server.getsockname()[1])])
        waits = start(place)
        link, _ = server.accept()
        with link:
            (place.folder / "notebooks" / "2_waits.ipynb").unlink()
            place.run()
            waits.terminate()
            error = waits.communicate(timeout=PATIENCE)[1]
    assert "error: interrupted, in 2_waits.ipynb, cell 3 (record: " in error
    case = place.folder / "audit" / "small"
    assert troubles(case) == []
    entries = read(case).entries
    assert [entry.kind for entry in entries] == ["started", "started", "run", "run"]
    for kind in ("started", "run"):
        assert sorted(str(entry.of) for entry in entries if entry.kind == kind) == records(case)
    assert [entry.body["status"] for entry in entries[2:]] == ["succeeded", "failed"]


WHY = "the run is over, but could not be entered in the ledger: .*"


@pytest.mark.parametrize(
    ("cell", "status", "line"),
    [
        (ANSWER, "succeeded", rf"^{WHY} \(record: "),
        ("1 / 0", "failed", rf"^1_answer.ipynb, cell 3: Zero.* by zero; {WHY} \(record: "),
    ],
)
def test_a_run_that_cannot_be_entered_keeps_its_record(
    place: Place, cell: str, status: str, line: str
) -> None:
    place.notebooks(_1_answer=[cell])
    case = place.folder / "audit" / "small"
    (case / "ledger.head").mkdir(parents=True)
    with pytest.raises(RunError, match=line) as raised:
        place.run()
    (name,) = [name for name in records(case) if name != "ledger.head"]
    assert str(raised.value).endswith(f"(record: {case / name})")
    assert "\n" not in str(raised.value)
    document = json.loads((case / name / "record.json").read_text("utf-8"))
    assert document["status"] == status
    assert "notebooks/1_answer.ipynb" in [output["path"] for output in document["outputs"]]
    assert troubles(case, name) == [f"{name}: not in the ledger"]


def test_a_run_mends_what_one_before_left_torn(place: Place) -> None:
    place.notebooks(_1_answer=[ANSWER])
    case = place.folder / "audit" / "small"
    case.mkdir(parents=True)
    (case / "ledger.jsonl").write_bytes(b'{"body":{"exit_st')
    (case / "ledger.head").write_bytes(b"%12d %s\n" % (0, b"0" * 64))
    place.run()
    assert len(lines(case)) == 2
    assert (case / "ledger.torn-1").read_bytes() == b'{"body":{"exit_st'
    assert troubles(case) == []
