from pathlib import Path

import pytest
from ledgers import make_record

from investigate.errors import InputError
from investigate.ledger.altered import altered, refuse
from investigate.ledger.verify import verify


def test_what_is_whole_passes(tmp_path: Path) -> None:
    make_record(tmp_path / "c", "r")
    report = verify(tmp_path / "c", "r")
    assert altered(report) == []
    refuse(report, "used")


def test_what_the_next_append_mends_passes_too(tmp_path: Path) -> None:
    make_record(tmp_path / "c", "r")
    with (tmp_path / "c" / "ledger.jsonl").open("ab") as file:
        file.write(b"torn")
    report = verify(tmp_path / "c", "r")
    assert report.troubles
    assert altered(report) == []


def test_the_first_is_named_and_the_others_counted(tmp_path: Path) -> None:
    record = make_record(tmp_path / "c", "r")
    for name in ("findings.json", "record.json", "question.yml"):
        (record / name).write_text("other")
    with pytest.raises(InputError) as raised:
        refuse(verify(tmp_path / "c", "r"), "used")
    assert str(raised.value).startswith(f"{record / 'findings.json'}: altered: ")
    assert str(raised.value).endswith(" (and 2 more); altered evidence is not used")
