import json
from io import StringIO
from pathlib import Path

import pytest
from ledgers import troubles
from rich.console import Console
from updates.cases import AT, FIRST, LATER, SECOND, record, stored

from investigate.cli.update import due_at, postmortem_at, update_at
from investigate.errors import InputError
from investigate.ledger.append import EntryDraft as Entered
from investigate.ledger.append import append

NOW = AT.isoformat()


def console() -> Console:
    return Console(file=StringIO(), width=200)


def printed(shown: Console) -> str:
    assert isinstance(shown.file, StringIO)
    return shown.file.getvalue()


def test_a_draft_leaves_no_trace(case: Path) -> None:
    before, shown = (case / "ledger.jsonl").read_bytes(), console()
    text = update_at(case, shown, at=NOW)
    assert "AUC fell from 0.834" in text
    assert "nothing was sent" in printed(shown)
    assert (case / "ledger.jsonl").read_bytes() == before
    assert not (case / "updates").exists()


def test_the_same_moment_gives_the_same_text(case: Path) -> None:
    assert update_at(case, console(), at=NOW) == update_at(case / FIRST, console(), at=NOW)


def test_a_person_edits_it(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "an editor.sh"
    editor.write_text('#!/bin/sh\nsed -i.old "s/^# .*/# We look into it/" "$1"\n')
    editor.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"'{editor}'")
    out = tmp_path / "sent.md"
    text = update_at(case, console(), "product", edit=True, out=out, at=NOW)
    assert text.startswith("# We look into it\n")
    assert out.read_text("utf-8") == text
    assert (case / "updates/1-product.sent.md").read_text("utf-8") == text
    assert (case / "updates/1-product.draft.md").read_text("utf-8").startswith("# `checkout-score`")
    assert json.loads((case / "ledger.jsonl").read_text().splitlines()[-1])["body"]["edited"]
    assert troubles(case) == []


@pytest.mark.parametrize(
    ("editor", "message"),
    [
        ("false", "ended with status 1"),
        ("no-such-editor", "No such file"),
        ("cp /dev/null", "empty"),
    ],
)
def test_nothing_is_sent_where_the_editor_fails(
    case: Path, editor: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    with pytest.raises(InputError, match=message):
        update_at(case, console(), edit=True, at=NOW)
    assert not (case / "updates").exists()


def test_before_anything_is_measured(tmp_path: Path) -> None:
    new = tmp_path / "audit" / "new-case"
    with pytest.raises(InputError, match="--since"):
        update_at(new, console(), at=NOW)
    text = update_at(new, console(), since="2024-02-20T10:00", as_is=True, at=NOW)
    assert "It is said to have begun on 2024-02-20 10:00 UTC." in text
    assert "The cause is not known yet." in text
    assert troubles(new) == []


def test_a_case_from_alert_to_recovery(case: Path) -> None:
    shown = console()
    began = "2024-02-22T09:00"
    assert update_at(case, console(), as_is=True, at=began)
    assert due_at(case.parent, console(), at="2024-02-22T11:59") == 0
    assert due_at(case.parent, shown, at="2024-02-22T12:01") == 3
    assert "in 59 min" in printed(shown)
    shown = console()
    assert due_at(case.parent, shown, at="2024-02-23T14:30") == 3
    assert "overdue by 1 d 1 h" in printed(shown)
    back = record(case, SECOND, stored("no_drop"), windows=LATER)
    text = update_at(case, console(), as_is=True, resolved=back, at="2024-03-10T09:00")
    assert "AUC is back where it was before the drop" in text
    assert due_at(case.parent, console(), at="2025-01-01") == 0
    postmortem = postmortem_at(case)
    assert "recovery: Update 2 went to `engineers`: AUC is back where it was" in postmortem
    append(case, Entered("alert", None, {}, {}))
    assert due_at(case.parent, console(), at="2025-01-01") == 3


def test_recovery_that_is_not_shown_leaves_the_case_open(case: Path) -> None:
    still = record(case, SECOND, stored("missing_input"), windows=LATER)
    shown = console()
    update_at(case, shown, as_is=True, resolved=still, at="2024-03-10T09:00")
    assert "the case stays open" in printed(shown)
    assert due_at(case.parent, console(), at="2025-01-01") == 3


def test_altered_evidence_is_not_told(case: Path) -> None:
    (case / FIRST / "findings.json").write_text(json.dumps(stored("no_drop")))
    with pytest.raises(InputError, match=r"findings\.json: altered"):
        update_at(case, console(), at=NOW)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"edit": True, "as_is": True}, "give one of them"),
        ({"at": "soon"}, "--at: it is no moment"),
        ({"since": "lately"}, "--since: it is no date"),
        ({"resolved": Path("elsewhere")}, "no record of the case"),
        ({"audience": "../x"}, "--audience: ../x is no name"),
        ({"audience": "lawyers"}, "audiences are engineers, executives, product"),
        ({"templates": Path("none")}, "none: there is no such folder"),
        ({"out": Path("none/x.md")}, "--out: there is no folder 'none'; make it first"),
        ({"rhythm": Path("none.yml")}, "cannot read the rhythm"),
    ],
)
def test_what_is_wrong_is_one_line(case: Path, more: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        update_at(case, console(), **more)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)


def test_due_and_postmortem_want_cases(case: Path) -> None:
    with pytest.raises(InputError, match="this is a record"):
        due_at(case / FIRST, console(), at=NOW)
    with pytest.raises(InputError, match="this is a record"):
        postmortem_at(case / FIRST)


def test_a_record_does_not_show_its_own_recovery(case: Path) -> None:
    text = update_at(case, console(), resolved=case / FIRST, at=NOW)
    assert "No finding of this case tells of a drop to recover from." in text
    assert "AUC fell from 0.834" in text
