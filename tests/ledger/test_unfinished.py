"""Runs that began and did not end, by hand; `test_interrupts` kills real ones."""

import os
from io import StringIO
from pathlib import Path

import pytest
from ledgers import make_record, troubles
from rich.console import Console

from investigate.cli.ledger import show
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.place import record_at
from investigate.ledger.unfinished import hold
from investigate.ledger.verify import verify


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with a record that is whole, and one of which the ledger tells only the start."""
    make_record(tmp_path / "case", "whole")
    (tmp_path / "case" / "begun").mkdir()
    (tmp_path / "case" / "begun" / "record.json").write_text('{"status": "running"}')
    append(tmp_path / "case", EntryDraft("started", "begun", {}, {}))
    return tmp_path / "case"


def printed(case: Path, record: str | None = None) -> list[str]:
    out = StringIO()
    show([verify(case, record)], Console(file=out, width=200, color_system=None))
    return [line.replace(f"{case}/", "") for line in out.getvalue().splitlines()]


KILLED = "killed   begun: its run was killed: entry 2 tells that it began, none how it ended"


def test_who_holds_a_record_says_whether_its_run_goes_on(case: Path) -> None:
    held = hold(case / "begun")
    assert printed(case) == ["running  begun: its run goes on", "unsigned whole"]
    os.close(held)
    assert printed(case) == [KILLED, "unsigned whole"]
    assert printed(case, "begun") == [KILLED]
    assert printed(case, "whole") == ["unsigned whole"]


def test_nobody_holds_a_record_twice(case: Path) -> None:
    held = hold(case / "begun")
    with pytest.raises(BlockingIOError):
        hold(case / "begun")
    os.close(held)


def test_a_run_that_goes_on_and_is_about_to_be_entered(case: Path) -> None:
    (case / "new").mkdir()
    (case / "new" / "record.json").write_text('{"status": "running"}')
    held = hold(case / "new")
    assert troubles(case) == []
    os.close(held)
    assert troubles(case) == ["new: not in the ledger: its run goes on or was killed"]


def test_what_ended_is_held_to_its_entry(case: Path) -> None:
    make_record(case, "begun")
    assert verify(case).unfinished == ()
    assert troubles(case) == []
    (case / "begun" / "findings.json").write_text("[]")
    assert troubles(case) == ["begun/findings.json: altered: its hash is not that in entry 3"]


def test_a_beginning_vouches_for_no_result(case: Path) -> None:
    (case / "begun" / "record.json").write_text('{"status": "succeeded"}')
    more = "entry 2 tells that its run began, none how it ended"
    assert troubles(case) == [f"begun: not in the ledger: {more}"]
    held = hold(case / "begun")
    assert troubles(case) == [f"begun: not in the ledger: {more}"]
    os.close(held)


def test_one_that_is_gone_is_missed(case: Path) -> None:
    (case / "begun" / "record.json").unlink()
    (case / "begun").rmdir()
    assert troubles(case) == ["begun: removed: entry 2 told that its run began"]
    assert record_at(case / "begun") == (case, "begun")
    assert troubles(case, "begun") == troubles(case)


def test_a_link_holds_nothing(case: Path) -> None:
    (case / "begun").rename(case.parent / "elsewhere")
    (case / "begun").symlink_to(case.parent / "elsewhere")
    held = hold(case.parent / "elsewhere")
    assert len(troubles(case)) == 1
    os.close(held)
