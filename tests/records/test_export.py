import hashlib
import io
import os
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ledgers import allow, make_key, make_record
from rich.console import Console

from investigate.cli.export import export_at
from investigate.errors import InputError
from investigate.ledger.review import Verdict
from investigate.ledger.signoff import sign_off
from investigate.records.export import sums

pytestmark = pytest.mark.quick_cases(1)

HOSTILE = 'see\n```sh\ntouch owned\n```\n<script> "prev" `x` $(touch owned)'


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record with odd names, in a ledger of three runs, signed twice."""
    case = tmp_path / "small"
    make_record(case, "r0")
    record = make_record(case, "r1", **{"html/a b $(x) 'é' 系.html": "<p>", "-c": "x"})
    sign_off(record, Verdict.APPROVE, HOSTILE, make_key(tmp_path), "alice")
    make_record(case, "r2")
    sign_off(record, Verdict.REJECT, "", tmp_path / "key")
    return record


def export(record: Path, out: Path, anyway: bool = False) -> Path:
    return export_at(record, out, Console(file=io.StringIO()), anyway)


def unzipped(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    return folder


def verified(folder: Path) -> "subprocess.CompletedProcess[str]":
    """The commands in the README, run as they are there, without the kit."""
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", (folder / "README.md").read_text(), re.S | re.M)
    return subprocess.run(
        ["sh", "-eu"], input=commands, cwd=folder, text=True, capture_output=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip


def resum(folder: Path) -> None:
    """Write the sums anew, as whoever alters a file would."""
    for name in ("SHA256SUMS", "ledger-SHA256SUMS"):
        lines = [line.split("  ", 1)[1] for line in (folder / name).read_text().splitlines()]
        (folder / name).write_text(
            "".join(
                f"{hashlib.sha256((folder / p).read_bytes()).hexdigest()}  {p}\n" for p in lines
            )
        )
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    own = hashlib.sha256((folder / "ledger-SHA256SUMS").read_bytes()).hexdigest()
    sums = [f"{own}  ledger-SHA256SUMS" if s.endswith("  ledger-SHA256SUMS") else s for s in sums]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n")


@pytest.fixture
def folder(record: Path, tmp_path: Path) -> Path:
    return unzipped(export(record, tmp_path / "out.zip"), tmp_path / "else where")


def test_the_written_commands_verify_it(folder: Path, record: Path) -> None:
    done = verified(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('Good "investigate" signature with ED25519 key') == 2
    assert not (folder / "owned").exists()
    for path in record.rglob("*"):
        if path.is_file():
            inside = folder / "r1" / path.relative_to(record)
            assert inside.read_bytes() == path.read_bytes()
    text = (folder / "README.md").read_text()
    assert "<script>" not in text
    assert text.count("```") == 2


@pytest.mark.parametrize("resummed", [False, True])
@pytest.mark.parametrize(
    "path",
    ["r1/findings.json", "r1/record.json", "signatures/3.statement", "signatures/5.sig",
     "ledger.jsonl"],
)  # fmt: skip
def test_one_altered_byte_is_seen(folder: Path, path: str, resummed: bool) -> None:
    data = bytearray((folder / path).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / path).write_bytes(data)
    if resummed:
        resum(folder)
    assert verified(folder).returncode != 0


@pytest.mark.parametrize("line", range(5))
def test_each_line_of_the_ledger_is_bound(folder: Path, line: int) -> None:
    lines = (folder / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"time":"2', b'"time":"3')
    (folder / "ledger.jsonl").write_bytes(b"".join(lines))
    resum(folder)
    assert verified(folder).returncode != 0


def test_whose_signature_it_is(folder: Path, tmp_path: Path) -> None:
    allowed = allow(tmp_path / "allowed", alice=tmp_path / "key")
    for n, status in ((3, True), (5, True)):
        with (folder / f"signatures/{n}.statement").open("rb") as text:
            done = subprocess.run(
                ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "alice", "-n", "investigate",
                 "-s", folder / f"signatures/{n}.sig"], stdin=text, capture_output=True,
            )  # fmt: skip
        assert (done.returncode == 0) == status


def test_unsigned(tmp_path: Path) -> None:
    record = make_record(tmp_path / "small", "r1")
    folder = unzipped(export(record, tmp_path / "o.zip"), tmp_path / "x y")
    assert "This record is unsigned" in (folder / "README.md").read_text()
    assert verified(folder).returncode == 0


def test_the_same_bytes_and_no_file_is_overwritten(record: Path, tmp_path: Path) -> None:
    first = export(record, tmp_path / "a.zip").read_bytes()
    os.utime(record / "findings.json", (1, 1))
    assert export(record, tmp_path / "b.zip").read_bytes() == first
    export(record, tmp_path / "a.zip")
    (tmp_path / "a.zip").write_bytes(b"mine")
    with pytest.raises(InputError, match="something else is there, and is not overwritten"):
        export(record, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"mine"
    assert not list(tmp_path.glob(".*"))
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        names = archive.namelist()
    assert names == sorted(names)
    assert not [n for n in names if n.startswith("/") or ".." in n.split("/")]


def test_altered_evidence(record: Path, tmp_path: Path) -> None:
    (record / "findings.json").write_text("[]")
    with pytest.raises(
        InputError, match=r"altered: .*; altered evidence is not exported"
    ) as raised:
        export(record, tmp_path / "o.zip")
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "o.zip").exists()
    folder = unzipped(export(record, tmp_path / "o.zip", anyway=True), tmp_path / "x")
    assert "r1/findings.json: altered: its hash is not that" in (folder / "README.md").read_text()
    assert verified(folder).returncode != 0


@pytest.mark.slow
def test_what_cannot_be_exported(record: Path, tmp_path: Path) -> None:
    for path in (record.parent, record / "gone"):
        with pytest.raises(InputError, match="there is no record here"):
            export(path, tmp_path / "o.zip")
    with pytest.raises(InputError, match=r"o\.zip: there is no folder '.*gone'; make it first"):
        export(record, tmp_path / "gone" / "o.zip")
    odd = make_record(record.parent, "r9", **{"a\nb": "x"})
    with pytest.raises(InputError, match="cannot be exported safely"):
        export(odd, tmp_path / "o.zip")


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)


@pytest.mark.slow
@given(NAMES.map(lambda name: name[:50]).filter(lambda name: name not in (".", "..", "SUMS")))
@example("a\nb")
@example("a\\nb")
@example("\r")
@example(" a ")
@example("-c")
def test_sha256sum_reads_it(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text("x")
        text = sums({name: hashlib.sha256(b"x").hexdigest()})
        (Path(folder) / "SUMS").write_text(text, encoding="utf-8", newline="")
        command = ["sha256sum", "--strict", "-c", "SUMS"]
        assert subprocess.run(command, cwd=folder, capture_output=True).returncode == 0
