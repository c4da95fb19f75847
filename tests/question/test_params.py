"""Params files and overrides: what they mean, and the one line for what they cannot."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from asked import TEXT, load, refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.question import params

pytestmark = pytest.mark.quick_cases(1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_reads_a_question(folder: Path) -> None:
    question = load(TEXT)
    assert question.case == "made"
    assert question.cohorts == ("a", "b")
    assert question.incident.start == date(2024, 2, 1)
    assert question == params.from_names(yaml.safe_load(TEXT))


@pytest.mark.parametrize("text", ["no", "007", "1.10", "2024-01-01", "12:30:45", "0x1f", "1e3"])
def test_text_is_what_stands_there(folder: Path, text: str) -> None:
    assert load(TEXT.replace("time: t", f"time: {text}")).columns.time == text
    assert load(TEXT, f"columns.time={text}").columns.time == text
    assert load(TEXT.replace("[a, b]", f"[{text}, b]")).cohorts == (text, "b")


@pytest.mark.parametrize("nothing", ["null", "~", "", "NULL"])
def test_nothing_is_nothing_where_it_may_be(folder: Path, nothing: str) -> None:
    question = load(TEXT + f"history: {nothing}\nevents: {nothing}\n")
    assert question.history is question.events is None
    assert load(TEXT.replace("time: t", f"time: t\n  item: {nothing}")).columns.item is None
    assert "nothing stands here" in refused(TEXT.replace("case: made", f"case: {nothing}"))


def test_quoted_it_is_text(folder: Path) -> None:
    assert load(TEXT.replace("case: made", "case: 'null'")).case == "null"


def test_the_file_written_from_a_question_is_the_question(folder: Path) -> None:
    question = load(TEXT, "history=h.csv", "case=no", "cohorts=[1.10, 'null', '2024-01-01']")
    assert load(yaml.safe_dump(question.parameters(), allow_unicode=True)) == question


def test_a_byte_order_mark_is_no_part_of_the_first_key(folder: Path) -> None:
    Path("q.yml").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert params.load("q.yml") == load(TEXT)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Unknown keys, with the nearest right name.
        ("cohorts:", "cohort:", "q.yml:7: unknown key 'cohort'; did you mean 'cohorts'?"),
        ("baseline:", "basline:", "q.yml:8: unknown key 'basline'; did you mean 'baseline'?"),
        ("outcome:", "outcom:", "q.yml:5: unknown key 'columns.outcom'; did you mean"),
        ("case:", "my-case:", "q.yml:1: 'my-case' is no parameter name; did you mean 'case'?"),
        ("case:", "zzz:", "q.yml:1: unknown key 'zzz'; known are case, log, columns,"),
        ("case: made", "<<: {case: made}", "q.yml:1: '<<' is no parameter name; known are"),
        # Keys that are missing, empty or doubled.
        ("case: made\n", "", "q.yml: 'case' is missing; add it"),
        ("  end: 2024-03-01\n", "", "q.yml:9: 'incident.end' is missing; add it"),
        ("case: made", "case:", "q.yml:1: case: nothing stands here; write a value or remove"),
        ("[a, b]", "", "q.yml:7: cohorts: nothing stands here"),
        ("[a, b]", "[a, '']", "q.yml:7: cohorts[1]: nothing stands here"),
        ("  score: s", "  time: u", "q.yml:6: 'time' stands here twice; remove one"),
        ("cohorts", "case: again\ncohorts", "q.yml:7: 'case' stands here twice; remove one"),
        # Wrong types.
        ("[a, b]", "a", "q.yml:7: cohorts: expected a list such as [a, b], got 'a'"),
        ("[a, b]", "{a: b}", "q.yml:7: cohorts: expected a list such as [a, b], got {'a': 'b'}"),
        ("time: t", "time: [t]", "q.yml:4: columns.time: expected text, got ['t']"),
        ("data/log.parquet", "[a]", "q.yml:2: log: expected a path or a mapping with keys url,"),
        ("data/log.parquet", "{url: x, tabel: y}", "q.yml:2: unknown key 'log.tabel'; did you"),
        ("end: 2024-03-01", "end: soon", "q.yml:11: incident.end: 'soon' is no date; write 2024"),
        ("end: 2024-03-01", "end: 2024-02-30", "q.yml:11: incident.end: '2024-02-30' is no date"),
        # Windows.
        ("end: 2024-03-01", "end: 2024-02-01", "q.yml:9: incident: it is empty; its end must"),
        ("  start: 2024-02-01", "  start: 2024-01-09", "q.yml:9: incident: it overlaps the base"),
        ("start: 2024-01-01", "start: 2024-02-09", "q.yml:8: baseline: it is empty; its end must"),
        # What is no YAML, or no mapping.
        ("case: made", "case: 'made", "q.yml:12: this is not YAML: while scanning a quoted scalar"),
        ("case: made", "\tcase: made", "q.yml:1: this is not YAML: while scanning for the next"),
        ("case: made", "case: made\n---", "q.yml:2: this is not YAML: expected a single document"),
        ("case: made", "? [a]\n: b", "q.yml:1: a key must be a plain name"),
        ("case: made", "case: &x [*x]", "q.yml:1: aliases make this more than 20,000 values"),
        ("case: made", "case: made\x00", "q.yml:1: this is not YAML: unacceptable character"),
        (TEXT, "", "q.yml: a params file is a mapping with keys case, log,"),
        (TEXT, "[a]", "q.yml: a params file is a mapping with keys case, log,"),
        (TEXT, "a: " + "[" * 3000, "q.yml:1: nested too deeply"),
    ],
)
def test_says_what_is_wrong_and_where(folder: Path, old: str, new: str, expected: str) -> None:
    assert old in TEXT
    assert refused(TEXT.replace(old, new, 1)).startswith(expected)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("thresholds: {confidance: 0.9}", "unknown key 'thresholds.confidance'; did you mean"),
        ("thresholds: {confidence: high}", "thresholds.confidence: must be a valid number, got"),
        ("thresholds: {confidence: 2}", "thresholds.confidence: must be less than 1, got '2'"),
        ("thresholds: {smallest_drop: nan}", "thresholds.smallest_drop: must be"),
        (
            "thresholds: {unreadable: 120%}",
            "thresholds.unreadable: must be less than or equal to 1",
        ),
        ("thresholds: {unreadable: some %}", "thresholds.unreadable: must be a valid number, got"),
        ("thresholds: {max_groups: 1}", "thresholds.max_groups: must be greater than or equal"),
        ("thresholds: 3", "thresholds: expected a mapping with keys confidence, false_discovery"),
        ("timezone: Berlin", "timezone: 'Berlin' is no time zone; write one such as UTC"),
        ("events: [{time: 2024-01-03, labl: x}]", "unknown key 'events[0].labl'; did you mean"),
        ("events: [a]", "events[0]: expected a mapping with keys time, label, system, got 'a'"),
        ("events: {time: 2024-01-03}", "events: expected a path or a list of mappings with keys"),
        ("history: {log: h, columns: {tim: x}}", "unknown key 'history.columns.tim'; did you"),
        (
            "history: {log: {url: x}}",
            "history.log: its table is missing; add table: (or path: for files of Spark)",
        ),
        ("history: [a]", "history: expected a mapping with keys log, columns, got ['a']"),
    ],
)
def test_the_optional_parts_are_as_strict(folder: Path, extra: str, expected: str) -> None:
    assert refused(TEXT + extra).startswith(f"q.yml:12: {expected}")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("nowhere.yml", "nowhere.yml: cannot read the params file: No such file or directory"),
        (".", ".: cannot read the params file: Is a directory"),
        ("latin.yml", "latin.yml: cannot read the params file: it is not UTF-8 text"),
    ],
)
def test_files_that_cannot_be_read(folder: Path, path: str, expected: str) -> None:
    Path("latin.yml").write_bytes("case: ä".encode("latin-1"))
    with pytest.raises(InputError) as caught:
        params.load(path)
    assert str(caught.value) == expected


def test_a_notebook_may_hold_other_names(folder: Path) -> None:
    names = {**yaml.safe_load(TEXT), "pd": object(), "_": 3, "cohort": "not ours"}
    assert params.from_names(names) == load(TEXT)


def test_long_values_are_shortened(folder: Path) -> None:
    message = refused(TEXT.replace("time: t", f"time: [{'x' * 500}]"))
    assert "…" in message or "..." in message


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.text(max_size=60), st.integers(0, len(TEXT)))
def test_whatever_stands_there_is_a_question_or_one_line(folder: Path, text: str, at: int) -> None:
    Path("q.yml").write_bytes((TEXT[:at] + text + TEXT[at:]).encode("utf-8", "surrogatepass"))
    for overrides in ((), (f"case={text}",), (text,), (f"columns={{{text}}}",)):
        lines = ["a question"]
        try:
            params.load("q.yml", overrides)
        except InputError as error:
            lines = str(error).splitlines()
        assert len(lines) == 1
