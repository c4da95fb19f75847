import shutil
from pathlib import Path

import pytest
from ledgers import make_record

from investigate.errors import InputError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.place import cases_at, record_at


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for case, name in (("a", "r1"), ("a", "r2"), ("b", "r3")):
        make_record(Path("audit") / case, name)
    return Path("audit")


def test_a_record_a_case_and_all(audit: Path) -> None:
    assert cases_at(audit / "a" / "r1") == [(audit / "a", "r1")]
    assert cases_at(audit / "a") == [(audit / "a", None)]
    assert cases_at(audit) == [(audit / "a", None), (audit / "b", None)]
    assert record_at(audit / "a") is None


def test_from_within(audit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = audit.resolve()
    monkeypatch.chdir(audit / "a" / "r1")
    assert cases_at(Path()) == [(full / "a", "r1")]
    assert cases_at(Path("..") / "r2") == [(Path(".."), "r2")]
    assert cases_at(Path("..")) == [(Path(".."), None)]


def test_what_only_a_ledger_tells_of(audit: Path) -> None:
    shutil.rmtree(audit / "a" / "r1")
    assert cases_at(audit / "a" / "r1") == [(audit / "a", "r1")]
    (audit / "a" / "r2" / "record.json").unlink()
    assert cases_at(audit / "a" / "r2") == [(audit / "a", "r2")]


def test_a_case_without_records_or_without_a_ledger(audit: Path) -> None:
    for name in ("r1", "r2"):
        shutil.rmtree(audit / "a" / name)
    for name in ("ledger.jsonl", "ledger.head"):
        (audit / "b" / name).unlink()
    assert cases_at(audit / "a") == [(audit / "a", None)]
    assert cases_at(audit / "b") == [(audit / "b", None)]
    assert len(cases_at(audit)) == 2


def test_a_file_of_the_ledger_is_no_record(audit: Path) -> None:
    with (audit / "a" / "ledger.jsonl").open("ab") as file:
        file.write(b"torn")
    append(audit / "a", EntryDraft("note", None, {}, {}))
    assert record_at(audit / "a" / "ledger.torn-3") is None


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("gone", "gone: cannot read it: No such file or directory"),
        ("audit/a/r1/record.json", "record.json: cannot read it: Not a directory"),
        ("audit/a/r1/notebooks", "notebooks: there is no record, no case and no ledger here"),
        (".", "there is no record, no case and no ledger here; name one"),
    ],
)
def test_what_is_none_of_them(audit: Path, path: str, line: str) -> None:
    with pytest.raises(InputError, match=line):
        cases_at(Path(path))
