import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ledgers import allow, lines, make_key, make_record, troubles

from investigate.errors import InputError, RunError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import read
from investigate.ledger.entry import SIGNATURE
from investigate.ledger.review import Verdict
from investigate.ledger.signoff import sign_off
from investigate.ledger.verify import verify


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return make_record(tmp_path / "small", "r1")


def test_what_is_signed_holds_head_record_verdict_and_note(record: Path, key: Path) -> None:
    make_record(record.parent, "r2")
    run, head = (entry.sha256() for entry in read(record.parent).entries)
    entry = sign_off(record, Verdict.REJECT, "not yet", key, "alice")
    statement = json.loads(entry.statement())
    assert (statement["of"], statement["prev"], statement["n"]) == ("r1", head, 3)
    assert statement["body"] == {
        "entry": run, "verdict": "reject", "note": "not yet", "identity": "alice"
    }  # fmt: skip
    assert sorted(statement["files"]) == [
        f"r1/{p}" for p in
        ("findings.json", "notebooks/1_answer.ipynb", "question.yml", "record.json")
    ]  # fmt: skip
    assert lines(record.parent)[2] == entry.line()


def test_it_verifies_with_plain_ssh_keygen(record: Path, key: Path, tmp_path: Path) -> None:
    entry = sign_off(record, Verdict.APPROVE, "", key, "alice")
    allowed, signature = allow(tmp_path / "allowed", alice=key), tmp_path / "signature"
    document = json.loads(lines(record.parent)[1])
    signature.write_text(document["body"].pop(SIGNATURE))
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert text.encode() == entry.statement()
    subprocess.run(
        ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "alice", "-n", "investigate",
         "-s", signature],
        input=text.encode(), check=True, capture_output=True,
    )  # fmt: skip


def test_several_may_sign(record: Path, key: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path, "bob")
    sign_off(record, Verdict.APPROVE, "", key, "alice")
    sign_off(record, Verdict.REJECT, "why?", other)
    allowed = allow(tmp_path / "allowed", alice=key, bob=other)
    report = verify(record.parent, allowed=allowed)
    assert report.troubles == ()
    assert [(r.who, r.verdict) for r in report.reviews] == [("alice", "approve"), ("bob", "reject")]


@pytest.mark.parametrize(
    "note", ["", "[red]x[/]", "<script>alert(1)</script>", '"\\\u2028\x1b[2J\nzwei', "系" * 5000]
)
def test_a_note_is_kept_as_it_is(record: Path, key: Path, note: str) -> None:
    sign_off(record, Verdict.COMMENT, note, key)
    (review,) = verify(record.parent).reviews
    assert review.note == note
    assert len(lines(record.parent)) == 2


def check_refused(record: Path, key: Path, line: str) -> None:
    before = {p: p.read_bytes() for p in record.parent.rglob("*") if p.is_file()}
    with pytest.raises(InputError, match=line) as raised:
        sign_off(record, Verdict.APPROVE, "", key)
    assert "\n" not in str(raised.value)
    assert {p: p.read_bytes() for p in record.parent.rglob("*") if p.is_file()} == before


def test_altered_evidence_is_not_signed(record: Path, key: Path) -> None:
    (record / "findings.json").write_text("[]")
    check_refused(record, key, r"r1/findings.json: altered: .*; altered evidence is not signed$")
    (record / "more").write_text("")
    check_refused(record, key, r"findings.json: altered: .* \(and 1 more\); altered evidence")


def test_a_record_that_was_removed_is_not_signed(record: Path, key: Path) -> None:
    for path in sorted(record.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    record.rmdir()
    check_refused(record, key, "r1: removed: entry 1 told of it; altered evidence is not signed")


def test_a_broken_chain_is_not_signed(record: Path, key: Path) -> None:
    ledger = record.parent / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b'"time":"2', b'"time":"3'))
    check_refused(record, key, "ledger.head holds another hash of entry 1; altered evidence")


def test_what_is_in_no_ledger_is_not_signed(record: Path, key: Path) -> None:
    new = record.parent / "new"
    new.mkdir()
    (new / "record.json").write_text("{}")
    check_refused(new, key, "new: it is not in the ledger, so there is nothing to sign")
    check_refused(record / "gone", key, "there is no record here; name the folder of one")
    check_refused(record.parent, key, "there is no record here; name the folder of one")


def test_without_a_key_nothing_is_written(record: Path, key: Path) -> None:
    check_refused(record, key.with_name("gone"), "gone: there is no such key")


@pytest.mark.parametrize("name", ["", "a\nb", "a\0", "x" * 300])
def test_who_signs_has_a_name(record: Path, key: Path, name: str) -> None:
    with pytest.raises(InputError, match="--as: it is no name"):
        sign_off(record, Verdict.APPROVE, "", key, name)
    with pytest.raises(InputError, match="--note: it is no UTF-8"):
        sign_off(record, Verdict.APPROVE, "\udcff", key)
    assert len(lines(record.parent)) == 1


def test_a_torn_line_is_mended_and_signed_for(record: Path, key: Path) -> None:
    with (record.parent / "ledger.jsonl").open("ab") as file:
        file.write(b"torn")
    entry = sign_off(record, Verdict.APPROVE, "", key)
    assert b"ledger.torn-2" in entry.statement()
    assert troubles(record.parent) == []


MORE = """\
from pathlib import Path
from investigate.ledger.append import EntryDraft, append
append(Path('{case}'), EntryDraft("note", None, {{}}, {{}}))
"""
BUSY = """\
import sys, time
from pathlib import Path
from investigate.ledger.append import EntryDraft, append
print("ready", flush=True)
while True:
    append(Path(sys.argv[1]), EntryDraft("note", None, {}, {}))
    time.sleep(float(sys.argv[2]))
"""


@pytest.mark.slow
def test_it_is_signed_while_others_append(record: Path, key: Path) -> None:
    command = [sys.executable, "-c", BUSY, str(record.parent), "0.05"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as busy:
        assert busy.stdout is not None
        busy.stdout.readline()
        signed = [sign_off(record, Verdict.APPROVE, str(n), key) for n in range(10)]
        busy.kill()
    assert troubles(record.parent) == []
    assert [r.n for r in verify(record.parent).reviews] == [entry.n for entry in signed]


@pytest.mark.slow
def test_a_ledger_that_always_moves_on_is_told(
    record: Path, key: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # An ssh-keygen that takes its time: long enough for another entry, each time.
    slow = tmp_path / "bin" / "ssh-keygen"
    slow.parent.mkdir()
    program = shutil.which("ssh-keygen")
    (tmp_path / "more.py").write_text(MORE.format(case=record.parent))
    slow.write_text(f'#!/bin/sh\n"{sys.executable}" "{tmp_path}/more.py"\nexec "{program}" "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent))
    with pytest.raises(RunError, match="its ledger grew each time while this was signed"):
        sign_off(record, Verdict.APPROVE, "", key)
    assert {entry.kind for entry in read(record.parent).entries} == {"run", "note"}


@pytest.mark.slow
def test_a_full_disk_is_told(record: Path, key: Path) -> None:
    size = (record.parent / "ledger.jsonl").stat().st_size
    code = (
        "import resource, sys; from pathlib import Path\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 9}, {size + 9}))\n"
        "from investigate.ledger.signoff import *\n"
        "try: sign_off(Path(sys.argv[1]), Verdict.APPROVE, '', Path(sys.argv[2]))\n"
        "except RunError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, record, key], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{record}: it could not be signed off: ")
    assert len(lines(record.parent)) == 1
    append(record.parent, EntryDraft("note", None, {}, {}))
    assert troubles(record.parent) == []
