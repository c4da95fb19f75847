"""Many at once, and kills: what an append returned is there, whole, and nothing is torn."""

import fcntl
import hashlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ledgers import lines, make_record, troubles

from investigate.ledger.append import EntryDraft, MovedError, append, commit, drafted, whole
from investigate.ledger.chain import Last, read

PROCESSES, APPENDS, KILLS = 8, 200, 500
NOTE = EntryDraft("note", None, {}, {})

KILLED = """\
import os, random, signal, sys, time
from pathlib import Path
from investigate.ledger.append import EntryDraft, append

case, kills, rng = Path(sys.argv[1]), int(sys.argv[2]), random.Random(4)

def entered(kill):
    body = {"kill": kill, "text": "x" * rng.randrange(3000)}
    return f"{append(case, EntryDraft('note', None, {}, body)).sha256()}\\n".encode()

start = time.perf_counter()
for _ in range(50):
    sys.stdout.write(entered("none").decode())
each = (time.perf_counter() - start) / 50
for kill in range(kills):
    if kill % 5 == 1:
        with (case / "ledger.jsonl").open("ab") as file:
            file.write(b'{"body":{"kill":%d' % kill)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        while True:
            os.write(writer, entered(kill))
    os.close(writer)
    output, wait = b"", rng.randrange(3)
    while output.count(b"\\n") < wait:
        output += os.read(reader, 65536)
    time.sleep(rng.random() * 2 * each)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while piece := os.read(reader, 65536):
        output += piece
    os.close(reader)
    sys.stdout.write(output.decode())
"""
"""Appends in a child, killed at a random moment after its first few; every fifth finds a cut."""


def appends(case: Path, process: int, ready: "multiprocessing.synchronize.Barrier") -> None:
    ready.wait()
    for number in range(APPENDS):
        append(case, EntryDraft("note", None, {}, {"process": process, "number": number}))


@pytest.mark.slow
def test_many_processes_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(PROCESSES)
    processes = [
        context.Process(target=appends, args=(tmp_path, n, ready)) for n in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    entered = [json.loads(line)["body"] for line in lines(tmp_path)]
    for n in range(PROCESSES):
        numbers = [body["number"] for body in entered if body["process"] == n]
        assert numbers == list(range(APPENDS))
    assert len(entered) == PROCESSES * APPENDS
    assert troubles(tmp_path) == []


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(KILLS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    entry = append(tmp_path, NOTE)
    assert troubles(tmp_path) == []
    # An append that had not returned may be there, but only as a whole; each that had is.
    there = {hashlib.sha256(line).hexdigest() for line in lines(tmp_path)}
    assert all(b'"kill"' in path.read_bytes() for path in tmp_path.glob("ledger.torn-*"))
    returned = done.stdout.split()
    assert len(returned) >= KILLS // 2
    assert there.issuperset(returned)
    assert len(there) == entry.n <= len(returned) + KILLS + 1


def limited(case: Path, limit: int, code: str) -> "subprocess.CompletedProcess[str]":
    """Python code where no file may grow beyond `limit` bytes."""
    start = (
        "import sys; from pathlib import Path; case = Path(sys.argv[1])\n"
        "from investigate.ledger.append import EntryDraft, append\n"
    )
    return subprocess.run(
        [sys.executable, "-c", start + code, str(case)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_what_does_not_fit_is_not_there_at_all(tmp_path: Path) -> None:
    append(tmp_path, NOTE)
    before, head = lines(tmp_path), (tmp_path / "ledger.head").read_bytes()
    size = sum(map(len, before))
    for more in (0, 1, 50, 300):
        # The kernel writes what fits and says how much that was.
        code = "append(case, EntryDraft('note', None, {}, {'text': 'x' * 400}))"
        done = limited(tmp_path, size + more, code)
        assert done.returncode == 1
        assert "OSError" in done.stderr
        assert (lines(tmp_path), (tmp_path / "ledger.head").read_bytes()) == (before, head)
    assert append(tmp_path, NOTE).n == 2
    assert troubles(tmp_path) == []


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        append(tmp_path / "gone", NOTE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger.head"])
def test_no_link_is_followed(tmp_path: Path, name: str) -> None:
    case, other = tmp_path / "case", tmp_path / "other"
    case.mkdir()
    other.write_text("mine\n")
    (case / name).symlink_to(other)
    with pytest.raises(OSError, match="symbolic link"):
        append(case, NOTE)
    assert other.read_text() == "mine\n"


@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger.head"])
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_what_is_no_file_is_not_waited_for(
    tmp_path: Path, name: str, make: Callable[[Path], object]
) -> None:
    make(tmp_path / name)
    with pytest.raises(OSError, match=r"no plain file|directory"):
        append(tmp_path, NOTE)


def test_an_append_waits_for_the_one_before(tmp_path: Path) -> None:
    append(tmp_path, NOTE)
    with (tmp_path / "ledger.head").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code = "append(case, EntryDraft('note', None, {}, {}))"
        start = "from pathlib import Path; from investigate.ledger.append import *; "
        waiting = subprocess.Popen(
            [sys.executable, "-c", f"{start}case = Path('.'); print(1, flush=True); {code}"],
            cwd=tmp_path, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert waiting.stdout is not None
        assert waiting.stdout.read(1) == b"1"
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.3)
        assert len(lines(tmp_path)) == 1
    assert waiting.wait() == 0
    waiting.stdout.close()
    assert len(lines(tmp_path)) == 2


def test_a_draft_is_committed_as_it_is(tmp_path: Path) -> None:
    make_record(tmp_path, "r1")
    entry = drafted(tmp_path, NOTE).signed("by me")
    commit(tmp_path, entry)
    assert lines(tmp_path)[1] == entry.line()
    assert troubles(tmp_path) == []


def test_a_draft_is_out_of_date_once_the_ledger_went_on(tmp_path: Path) -> None:
    make_record(tmp_path, "r1")
    entry = drafted(tmp_path, NOTE)
    append(tmp_path, NOTE)
    with pytest.raises(MovedError):
        commit(tmp_path, entry)
    assert len(lines(tmp_path)) == 2


def test_a_draft_is_out_of_date_once_something_was_torn(tmp_path: Path) -> None:
    make_record(tmp_path, "r1")
    entry = drafted(tmp_path, NOTE)
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(b"torn")
    with pytest.raises(MovedError):
        commit(tmp_path, entry)
    assert append(tmp_path, NOTE).body["repaired"]["torn"] == ["ledger.torn-2"]


def test_killed_before_it_was_counted(tmp_path: Path) -> None:
    make_record(tmp_path, "r1")
    head = (tmp_path / "ledger.head").read_bytes()
    append(tmp_path, NOTE)
    (tmp_path / "ledger.head").write_bytes(head)
    assert troubles(tmp_path) == []
    # The next one counts it before it goes on, so that a kill there leaves one uncounted again.
    drafted(tmp_path, NOTE)
    assert (tmp_path / "ledger.head").read_bytes() != head
    assert "repaired" not in append(tmp_path, NOTE).body
    assert troubles(tmp_path) == []


def test_a_head_that_is_gone_is_told(tmp_path: Path) -> None:
    make_record(tmp_path, "r1")
    (tmp_path / "ledger.head").unlink()
    gone = "ledger.head is missing or cannot be read"
    assert append(tmp_path, NOTE).body["repaired"] == {"torn": [], "head": gone}
    assert troubles(tmp_path) == [
        f"ledger.jsonl entry 2: as it was written, something was wrong: {gone}"
    ]


WITH_TEXT = EntryDraft("note", None, {}, {"text": "süß\u2028"})


@pytest.fixture
def case(tmp_path: Path) -> Path:
    make_record(tmp_path / "small", "r1")
    make_record(tmp_path / "small", "r2")
    return tmp_path / "small"


def tear(case: Path) -> tuple[list[bytes], bytes, bytes]:
    """The lines before the third, that line, and the head as it was before it was counted."""
    head = (case / "ledger.head").read_bytes()
    append(case, WITH_TEXT)
    *before, last = lines(case)
    return before, last, head


@pytest.mark.slow
def test_cut_at_every_byte_no_entry_is_lost(case: Path) -> None:
    before, last, head = tear(case)
    for end in range(1, len(last)):
        torn = last[:end]
        (case / "ledger.jsonl").write_bytes(b"".join(before) + torn)
        (case / "ledger.head").write_bytes(head)
        (line,) = troubles(case)
        assert line.startswith("ledger.jsonl line 3: the last line is torn")
        entry = append(case, WITH_TEXT)
        assert lines(case) == [*before, entry.line()]
        assert (entry.n, entry.body["repaired"]) == (3, {"torn": ["ledger.torn-3"], "head": None})
        assert (case / "ledger.torn-3").read_bytes() == torn
        assert entry.files == {"ledger.torn-3": hashlib.sha256(torn).hexdigest()}
        assert troubles(case) == []
        (case / "ledger.torn-3").unlink()


def test_a_cut_entry_that_was_counted_is_missed_for_ever(case: Path) -> None:
    before, last, _ = tear(case)
    (case / "ledger.jsonl").write_bytes(b"".join(before) + last[:-1])
    assert troubles(case) == [
        "ledger.jsonl line 3: the last line is torn: it is not in the canonical form",
        "ledger.jsonl: ledger.head counts 3 entries, the last one here is entry 2",
    ]
    append(case, WITH_TEXT)
    append(case, WITH_TEXT)
    assert troubles(case) == [
        "ledger.jsonl entry 3: as it was written, something was wrong: "
        "ledger.head counts 3 entries, the last one here is entry 2"
    ]
    assert (case / "ledger.torn-3").read_bytes() == last[:-1]


@pytest.mark.parametrize("torn", [b"\0" * 300, b'{"n":3}\n', b"\n", b"{", b"\xff\xfe"])
def test_whatever_else_stands_at_the_end(case: Path, torn: bytes) -> None:
    before = lines(case)
    (case / "ledger.jsonl").write_bytes(b"".join(before) + torn)
    assert "ledger.jsonl line 3: the last line is torn" in troubles(case)[0]
    append(case, WITH_TEXT)
    assert lines(case)[:2] == before
    assert (case / "ledger.torn-3").read_bytes() == torn
    assert troubles(case) == []


def test_killed_in_the_midst_of_the_repair(case: Path) -> None:
    before, last, head = tear(case)
    for kept in (True, False):  # the torn bytes were kept, and then were or weren't taken out
        (case / "ledger.torn-3").write_bytes(last[:40])
        (case / "ledger.jsonl").write_bytes(b"".join(before) + (last[:40] if kept else b""))
        (case / "ledger.head").write_bytes(head)
        assert append(case, WITH_TEXT).body["repaired"]["torn"] == ["ledger.torn-3"]
        assert troubles(case) == []


def test_torn_twice_at_one_place_both_are_kept(case: Path) -> None:
    before, last, head = tear(case)
    (case / "ledger.torn-3").write_bytes(last[:40])
    (case / "ledger.jsonl").write_bytes(b"".join(before) + last[:50])
    (case / "ledger.head").write_bytes(head)
    entry = append(case, WITH_TEXT)
    assert entry.body["repaired"]["torn"] == ["ledger.torn-3", "ledger.torn-3-2"]
    assert (case / "ledger.torn-3").read_bytes() == last[:40]
    assert (case / "ledger.torn-3-2").read_bytes() == last[:50]
    assert troubles(case) == []


@pytest.mark.parametrize("change", ["alter", "remove"])
def test_the_torn_bytes_are_evidence_too(case: Path, change: str) -> None:
    with (case / "ledger.jsonl").open("ab") as file:
        file.write(b"torn")
    append(case, WITH_TEXT)
    (case / "ledger.torn-3").unlink()
    if change == "alter":
        (case / "ledger.torn-3").write_text("other")
    wrong = "altered: its hash is not that in entry 3" if change == "alter" else (
        "removed: entry 3 told of it"
    )  # fmt: skip
    assert troubles(case) == [f"ledger.torn-3: {wrong}"]


def test_damage_that_is_no_cut_stays_where_it_is(case: Path) -> None:
    damaged = [line.replace(b"\n", b"\r\n") for line in lines(case)]
    (case / "ledger.jsonl").write_bytes(b"".join(damaged))
    entry = append(case, WITH_TEXT)
    # One line may be torn; the other is damage, and is chained to as it stands.
    assert lines(case)[0] == damaged[0]
    assert (entry.n, entry.prev) == (2, hashlib.sha256(damaged[0]).hexdigest())
    assert (case / "ledger.torn-2").read_bytes() == damaged[1]
    assert any("line 1: it is not in the canonical form" in line for line in troubles(case))


def test_nothing_is_whole_in_an_empty_ledger(tmp_path: Path) -> None:
    assert whole(b"") == (Last(), 0)
    assert whole(b"torn") == (Last(), 0)
    assert whole(b"\n") == (Last(), 0)
    assert read(tmp_path).entries == ()
