"""Runs and records from Python: of a table in memory, of a params file, and read again."""

import json
from pathlib import Path

import pytest
from kept import kept_counts as kept_counts
from placed import Place, make_place

import investigate
from investigate.ledger.verify import verify
from investigate.question import params
from investigate.records.rerun import check_inputs

ANSWER = """\
import investigate
from investigate import analyses
found = investigate.open(globals())
found.ask(analyses.answer)"""
LOG = investigate.example_log(1_500)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    place = make_place(tmp_path)
    place.notebooks(_1_answer=[ANSWER])
    return place


@pytest.mark.slow
def test_a_run_of_a_table_keeps_its_hash_and_says_that_it_was_in_memory(place: Place) -> None:
    found = investigate.open(
        LOG,
        time="time",
        outcome="outcome",
        score="score",
        system="system",
        baseline=("2024-01-01", "2024-01-29"),
        incident=("2024-01-29", "2024-02-12"),
        case="mine",
    ).where(country="DE")
    record = investigate.run(found, audit="audit", notebooks="notebooks", jobs=1)
    assert record.status == "succeeded"
    assert record.question == found.question
    assert record.verdict["sentence"] == found.verdict().sentence
    source = found.question.in_memory()["log"]
    (data,) = [entry for entry in record.document["inputs"] if entry["role"] == "data"]
    assert data == {
        "role": "data",
        "path": "log: a table in memory",
        "sha256": source.in_memory,
        "rows": len(LOG),
    }
    assert record.open().verdict().to_json() == found.verdict().to_json()
    assert investigate.load(record.folder).findings == record.findings
    assert record.verdict["sentence"] in repr(record)
    assert verify(Path("audit/mine")).troubles == ()

    with pytest.raises(investigate.InputError) as caught:
        check_inputs(record.paths)
    assert str(caught.value).startswith("log: it was a table in memory (SHA-256 ")
    assert "run it again from Python" in str(caught.value)
    again = investigate.open(record.folder, log=LOG)
    assert again.question == found.question
    other = investigate.open(record.folder, log=LOG.iloc[1:])
    assert other.question.fingerprint() != found.question.fingerprint()


@pytest.mark.slow
def test_a_run_of_a_params_file_is_that_of_the_command_line(place: Place) -> None:
    record = investigate.run("params.yml", audit="audit", notebooks="notebooks", jobs=1)
    roles = {entry["role"]: entry["path"] for entry in record.document["inputs"]}
    assert roles == {
        "params": "params.yml",
        "data": "log.csv",
        "notebook": "notebooks/1_answer.ipynb",
    }
    assert record.question == params.load("params.yml")
    (place.folder / "log.csv").unlink()
    assert record.open().drop().numbers["change"].value is not None
    assert investigate.open(record.folder).question == record.question


@pytest.mark.slow
def test_a_run_that_fails_keeps_its_record(place: Place) -> None:
    place.notebooks(_1_answer=["1 / 0"])
    with pytest.raises(investigate.RunError, match="ZeroDivisionError"):
        investigate.run("params.yml", audit="audit", notebooks="notebooks", jobs=1)
    (folder,) = place.records()
    record = investigate.load(folder)
    assert record.status == "failed"
    assert "ZeroDivisionError" in repr(record)
    with pytest.raises(investigate.InputError, match=r"findings\.json: cannot read it"):
        _ = record.findings


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "no record lies here"), ("{", "this is no JSON"), ("[1]", "this is no mapping")],
)
def test_what_is_no_record_is_told(tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / "record.json").write_text(text, encoding="utf-8")
    with pytest.raises(investigate.InputError, match=says):
        investigate.load(tmp_path)


@pytest.mark.slow
def test_names_of_a_log_stay_text_in_a_page(tmp_path: Path) -> None:
    document = {"status": "failed", "error": "<b>x</b>"}
    (tmp_path / "record.json").write_text(json.dumps(document), encoding="utf-8")
    assert "<b>" not in investigate.load(tmp_path)._repr_html_()
