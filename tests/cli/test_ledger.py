"""The commands ``verify`` and ``sign`` as a user meets them, and how what they found is shown."""

import json
from io import StringIO
from pathlib import Path

import pytest
from ledgers import allow, lines, make_key, make_record
from rich.console import Console
from typer.testing import CliRunner

from investigate import cli
from investigate.cli.ledger import show, summary
from investigate.ledger.chain import Trouble
from investigate.ledger.review import Review
from investigate.ledger.verify import Report

REVIEW = Review(4, "r1", "approve", "[red]good[/]\n\x1b[2Jso far", "RSA key SHA256:x", "al", None)
GOOD = Report(Path("a"), 4, ("r1", "r2"), 1234, (), (REVIEW,))
BAD = Report(Path("b"), 1, ("r3",), 1, (Trouble("r3/x", "altered"), Trouble("r4", "removed")), ())


def shown(*reports: Report) -> list[str]:
    out = StringIO()
    show(reports, Console(file=out, width=30, color_system=None))
    return out.getvalue().splitlines()


def test_a_line_each_however_narrow_and_hostile() -> None:
    signer = "a key that nobody checked, who calls themselves al (RSA key SHA256:x), entry 4"
    assert shown(GOOD, BAD) == [
        f"signed   a/r1: approve by {signer}: [red]good[/] \N{REPLACEMENT CHARACTER}[2Jso far",
        "unsigned a/r2",
        "wrong    b/r3/x: altered",
        "wrong    b/r4: removed",
        "unsigned b/r3",
    ]


def test_a_sign_off_of_what_was_altered_says_so() -> None:
    altered = Report(Path("a"), 4, ("r1",), 1, (Trouble("r1/x", "altered"),), (REVIEW,))
    assert "entry 4, altered since: [red]good" in shown(altered)[1]


def test_the_summary_counts_what_is_wrong() -> None:
    assert summary([GOOD]) == "whole: 1 case, 2 records, 1,234 files, 4 entries looked at"
    assert summary([GOOD, BAD]) == (
        "2 things are wrong: 2 cases, 3 records, 1,235 files, 5 entries looked at"
    )
    one = Report(Path("b"), 1, ("r3",), 1, BAD.troubles[:1], ())
    assert summary([one]) == "1 thing is wrong: 1 case, 1 record, 1 file, 1 entry looked at"


RUNNER = CliRunner()


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for case, name in (("a", "r1"), ("a", "r2"), ("b", "r3")):
        make_record(Path("audit") / case, name)
    make_key(tmp_path)
    return Path("audit")


def investigate(*arguments: str) -> tuple[int, list[str], str]:
    done = RUNNER.invoke(cli.app, list(arguments))
    return done.exit_code, done.stdout.splitlines(), done.stderr


def test_whole_and_unsigned(audit: Path) -> None:
    assert investigate("verify", "audit") == (
        0,
        [
            "unsigned audit/a/r1",
            "unsigned audit/a/r2",
            "unsigned audit/b/r3",
            "whole: 2 cases, 3 records, 12 files, 3 entries looked at",
        ],
        "",
    )
    assert investigate("verify", "audit/a/r2")[1][1] == (
        "whole: 1 case, 1 record, 4 files, 2 entries looked at"
    )


def test_signed_by_whom(audit: Path) -> None:
    note = "[bold red]fine[/] \x1b[2Jso far\nand <b>more</b>"
    done = investigate(
        "sign", "audit/a/r1", "--verdict", "approve", "--note", note, "--key", "key", "--as", "al"
    )
    assert done == (0, ["audit/a/r1: signed off as entry 3 of its ledger"], "")
    status, printed, _ = investigate("verify", "audit/a/r1")
    assert (status, len(printed)) == (0, 2)
    shown = "[bold red]fine[/] \N{REPLACEMENT CHARACTER}[2Jso far and <b>more</b>"
    who = "approve by a key that nobody checked, who calls themselves al (ED25519 key SHA256:"
    assert printed[0].startswith(f"signed   audit/a/r1: {who}")
    assert printed[0].endswith(f"), entry 3: {shown}")
    allow(Path("allowed"), al=Path("key"))
    status, printed, _ = investigate("verify", "audit/a", "--allowed-signers", "allowed")
    assert status == 0
    assert printed[0].startswith("signed   audit/a/r1: approve by al (ED25519 key SHA256:")
    allow(Path("allowed"), bob=Path("key"))
    status, printed, error = investigate("verify", "audit/a", "--allowed-signers", "allowed")
    assert (status, printed[1]) == (1, "unsigned audit/a/r1")
    assert "refused: its signature is not one of al in allowed" in printed[0]
    assert error == "error: 1 thing is wrong: 1 case, 2 records, 8 files, 3 entries looked at\n"


def test_a_line_for_each_trouble_and_one_for_all(audit: Path) -> None:
    investigate("sign", "audit/a/r1", "--verdict", "comment", "--key", "key")
    (audit / "a" / "r1" / "findings.json").write_text("[]")
    (audit / "b" / "r3" / "more \x1b[2J[red]").write_text("")
    status, printed, error = investigate("verify", "audit")
    assert status == 1
    assert printed[0] == (
        "wrong    audit/a/r1/findings.json: altered: its hash is not that in entries 1, 3"
    )
    assert "entry 3, altered since" in printed[1]
    assert printed[3] == (
        "wrong    audit/b/r3/more \N{REPLACEMENT CHARACTER}[2J[red]: added: no entry tells of it"
    )
    assert error == "error: 2 things are wrong: 2 cases, 3 records, 12 files, 4 entries looked at\n"


def test_a_verification_is_entered_when_asked_for(audit: Path) -> None:
    before = lines(audit / "a")
    investigate("verify", "audit")
    assert lines(audit / "a") == before
    (audit / "a" / "r1" / "findings.json").write_text("[]")
    assert investigate("verify", "audit", "--record")[0] == 1
    entry = json.loads(lines(audit / "a")[2])
    assert (entry["kind"], entry["of"]) == ("verification", None)
    assert entry["body"] == {
        "records": 2, "files": 8, "entries": 2,
        "troubles": [["r1/findings.json", "altered: its hash is not that in entry 1"]],
    }  # fmt: skip
    assert json.loads(lines(audit / "b")[1])["body"]["troubles"] == []
    assert investigate("verify", "audit/b/r3", "--record")[0] == 0
    assert json.loads(lines(audit / "b")[2])["of"] == "r3"


def test_a_verification_that_cannot_be_entered_is_told(audit: Path) -> None:
    (audit / "b" / "ledger.head").unlink()
    (audit / "b" / "ledger.head").mkdir()
    status, printed, error = investigate("verify", "audit/b", "--record")
    assert status == 1
    assert printed[0] == "wrong    audit/b/ledger.jsonl: ledger.head is missing or cannot be read"
    assert "; this could not be entered in the ledger: " in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["verify", "gone"], "error: gone: cannot read it: No such file or directory"),
        (["verify", "audit", "--allowed-signers", "no"], "no: there is no such file of allowed"),
        (["sign", "audit/a", "--verdict", "approve"], "there is no record here; name the folder"),
        (["sign", "audit/a/r1", "--verdict", "approve", "--key", "no"], "no: there is no such key"),
        (["sign", "audit/a/r1", "--verdict", "perhaps"], "is not one of"),
        (["sign", "audit/a/r1"], "Missing option '--verdict'"),
    ],
)
def test_wrong_input(audit: Path, arguments: list[str], line: str) -> None:
    status, printed, error = investigate(*arguments)
    assert (status, printed) == (2, [])
    assert line in error
    assert len(lines(audit / "a")) == 2


def test_the_usual_key_is_taken(audit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(Path.cwd()))
    Path(".ssh").mkdir()
    Path("key").rename(".ssh/id_ed25519")
    assert investigate("sign", "audit/a/r1", "--verdict", "reject")[0] == 0
