import copy
import hashlib
from pathlib import Path
from typing import Any, Literal

import pytest
from compared import DOCUMENT, FINDINGS, cell, make_compared, stream

from investigate.errors import InputError
from investigate.records.compare.changed import Changed, Number
from investigate.records.compare.comparison import Comparison, compare, ordered

NOTEBOOKS: dict[str, Any] = {"_1_a": [cell("1", stream("1"))], "_2_b": [cell("2")]}


def test_a_record_and_itself(tmp_path: Path) -> None:
    record = make_compared(tmp_path / "a", **NOTEBOOKS)
    found = compare(record, record)
    assert found.question == found.conditions == found.texts == found.notebooks == found.notes == ()
    assert found.same_notebooks == ("1_a", "2_b")
    assert len(found.numbers) == 16
    assert all(number.equal for number in found.numbers)
    assert found.answers[0] == Changed("verdict.kind", "system_fault", "system_fault")


def test_all_that_differs(tmp_path: Path) -> None:
    findings = copy.deepcopy(FINDINGS)
    findings["auc"]["change"]["value"] = -0.2
    findings["by"]["system"].reverse()
    findings["by"]["system"][0]["contribution"] = -0.13
    findings["verdict"]["kind"] = "population_mix"
    document = {**DOCUMENT, "code": {"commit": "beef", "dirty": True}}
    document["parameters"] = {**DOCUMENT["parameters"], "case": "other"}
    a = make_compared(tmp_path / "a", **NOTEBOOKS)
    b = make_compared(tmp_path / "b", document, findings, **{**NOTEBOOKS, "_2_b": [cell("3")]})
    found = compare(a, b)
    assert (found.a, found.b) == (str(a), str(b))
    assert [change.name for change in found.question] == ["case"]
    assert [change.name for change in found.conditions] == ["code.commit", "code.dirty"]
    assert {n.path: n.change for n in found.numbers if not n.equal} == pytest.approx(
        {"auc.change.value": -0.1, "by.system[model].contribution": -0.1}
    )
    assert found.texts == (Changed("verdict.kind", "system_fault", "population_mix"),)
    assert found.same_notebooks == ("1_a",)
    assert [change.name for change in found.notebooks] == ["2_b"]


def test_a_run_that_failed_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    a = make_compared(tmp_path / "a", **NOTEBOOKS)
    failed = {**DOCUMENT, "status": "failed\x1b[2J"}
    b = make_compared(tmp_path / "b", failed, None, _1_a=NOTEBOOKS["_1_a"])
    found = compare(a, b)
    assert {number.kind for number in found.numbers} == {"removed"}
    assert found.notes == (
        "the run of B is not one that succeeded, it says 'failed\N{REPLACEMENT CHARACTER}[2J'",
        "B has no findings.json, so there are no numbers of it to compare",
    )
    assert [change.note for change in found.notebooks] == ["only in A"]


def test_nothing_is_written(tmp_path: Path) -> None:
    a = make_compared(tmp_path / "a", **NOTEBOOKS)
    b = make_compared(tmp_path / "b", _1_a=[cell("other")])

    def files() -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in tmp_path.rglob("*")
            if path.is_file()
        }

    before = files()
    compare(a, b)
    assert files() == before


def test_no_record(tmp_path: Path) -> None:
    record = make_compared(tmp_path / "a")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for name in ("gone", "empty", "file"):
        with pytest.raises(InputError, match=f"{name}(: there is no record here|/record.json: )"):
            compare(record, tmp_path / name)


@pytest.mark.parametrize("name", ["record.json", "findings.json", "notebooks/1_a.ipynb"])
@pytest.mark.parametrize("text", ["", "{", "[NaN]", "[" * 99_999, "[]", "1", '{"x": 1e999}'])
def test_files_of_a_stranger_end_in_one_line(tmp_path: Path, name: str, text: str) -> None:
    a = make_compared(tmp_path / "a", **NOTEBOOKS)
    b = make_compared(tmp_path / "b", **NOTEBOOKS)
    (b / name).write_text(text)
    for pair in ((a, b), (b, a)):
        with pytest.raises(InputError) as raised:
            compare(*pair)
        assert str(raised.value).startswith(f"{b / name}: ")
        assert len(str(raised.value).splitlines()) == 1


def test_notebooks_elsewhere_are_not_read(tmp_path: Path) -> None:
    a = make_compared(tmp_path / "a", **NOTEBOOKS)
    b = make_compared(tmp_path / "b")
    (b / "notebooks").rmdir()
    (b / "notebooks").symlink_to(a / "notebooks")
    with pytest.raises(InputError, match="it is a link, no folder of a record"):
        compare(a, b)


def test_numbers_stand_in_one_order_wherever_they_are_shown() -> None:
    def number(path: str, a: float | None, b: float | None) -> Number:
        change = None if a is None or b is None else b - a
        kind: Literal["equal", "changed", "added"] = "changed"
        kind = "added" if a is None else "equal" if a == b else kind
        return Number(path, a, b, change, kind)

    numbers = (
        number("auc.baseline.rows", 100, 300), number("onset.p_value", 0.9, 0.1),
        number("by.system[b].weight", 0.1, 0.9), number("auc.change.value", -0.1, -0.3),
        number("auc.change.low", -0.2, -0.2), number("b.new", None, 0.9),
        number("a.new", None, 0.9), number("auc.incident.value", 0.7, 0.75),
    )  # fmt: skip
    found = Comparison("a", "b", (), numbers, ())
    assert [one.path for one in found.unequal] == [
        "auc.change.value", "auc.incident.value", "a.new", "b.new",
        "auc.baseline.rows", "by.system[b].weight", "onset.p_value",
    ]  # fmt: skip
    both, missing = Changed("a", "x", "y"), Changed("b", None, "y")
    assert ordered([missing, both]) == [both, missing]
