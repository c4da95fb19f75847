from pathlib import Path

import pytest
from updates.cases import AT, FIRST, SECOND, record, stored

from investigate.errors import InputError
from investigate.updates.draft import drafted
from investigate.updates.evidence import evidence
from investigate.updates.rhythm import Rhythm


def test_the_newest_record_with_findings_speaks(case: Path) -> None:
    record(case, SECOND, None, status="failed", error="disk full")
    found = evidence(case)
    assert (found.run and found.run.name, found.later and found.later.name) == (FIRST, SECOND)
    text = drafted(case, "executives", at=AT, rhythm=Rhythm()).text
    assert "A later investigation failed; this update describes the one before." in text
    record(case, "20240311T081500Z-cccccc", stored("outcome_fault"))
    assert evidence(case).later is None
    assert "recorded outcomes" in drafted(case, "product", at=AT, rhythm=Rhythm()).text


def test_a_record_speaks_for_itself(case: Path) -> None:
    record(case, SECOND, stored("outcome_fault"))
    found = evidence(case / FIRST)
    assert found.run is not None
    assert (found.run.name, found.later) == (FIRST, None)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"verdict": {}}', '{"verdict": {"kind": ""}}'])
def test_findings_that_are_none(tmp_path: Path, text: str) -> None:
    folder = record(tmp_path / "c", FIRST, stored("system_fault"), entered=False)
    (folder / "findings.json").write_text(text)
    draft = drafted(tmp_path / "c", "engineers", at=AT, rhythm=Rhythm())
    assert "The cause is not known yet." in draft.text
    assert "left no findings that can be read" in draft.text
    assert "`findings.json: it" in draft.text


def test_where_there_is_nothing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match="there is no record and no case here"):
            evidence(path)


@pytest.mark.slow
def test_the_updates_of_a_case_are_no_record(case: Path) -> None:
    (case / "updates").mkdir()
    with pytest.raises(InputError, match="no record and no case here"):
        evidence(case / "updates")


def test_records_of_one_second_are_in_the_order_of_the_ledger(tmp_path: Path) -> None:
    names = [f"20240222T081500Z-{end}" for end in ("cccccc", "aaaaaa", "bbbbbb")]
    for name in names:
        record(tmp_path / "c", name, stored("system_fault"))
    found = evidence(tmp_path / "c")
    assert [run.name for run in found.runs] == names
    assert found.run == found.runs[-1]
    assert [run.name for run in evidence(tmp_path / "c" / names[1]).runs] == names[:2]
