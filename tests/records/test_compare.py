import copy
import hashlib
from pathlib import Path
from typing import Any, Literal

import pytest
from compared import DOCUMENT, FINDINGS, cell, make_compared, stream
from hypothesis import given
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.records.compare import (
    ChangedValue,
    ComparedNumber,
    Comparison,
    compare,
    conditions,
    findings,
    flat,
    ordered,
    questions,
)
from investigate.records.run_record import Recorded, recorded

KEYS = st.sampled_from(["a", "b", "a.b", "group", "kind", "c[0]"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.text(max_size=3) | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=30,
)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


@pytest.mark.slow
@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_no_value_is_lost_whatever_keys_are_called(document: dict[str, Any]) -> None:
    assert list(flat(document).values()) == leaves(document)


def test_paths_name_what_a_value_is() -> None:
    pair = {"positives_of": "x", "negatives_of": "y", "weight": 0.5}
    suspect = {"kind": "mix", "system": None, "cohort": {"country": "DE"}, "points": 0.1}
    arm = {"frozen": "nothing", "auc": {"low": 0.2}}
    paths = flat(
        {
            "auc": {"change": {"value": -0.1}},
            "by": {"system*a": [{"group": "x × DE", "contribution": 1.0}]},
            "pairs": {"system": [pair]},
            "suspects": [suspect],
            "arms": [arm, {**arm, "frozen": "x, y"}],
            "systems": ["x"],
        }
    )
    numbers = {path: value for path, value in paths.items() if isinstance(value, float)}
    assert numbers == {
        "auc.change.value": -0.1,
        "by.system*a[x × DE].contribution": 1.0,
        "pairs.system[x y].weight": 0.5,
        "suspects[mix country=DE].points": 0.1,
        "arms[nothing].auc.low": 0.2,
        "arms[x, y].auc.low": 0.2,
    }
    assert paths["systems[0]"] == "x"


def test_the_order_of_groups_does_not_matter() -> None:
    rows = [{"group": name, "contribution": n} for n, name in enumerate("abc")]
    assert flat({"by": rows}) == flat({"by": rows[::-1]})


def test_groups_of_one_name_are_numbered() -> None:
    found = flat({"by": [{"group": "x", "n": 1}, {"group": "x", "n": 2}]})
    assert (found["by[x].n"], found["by[x #2].n"]) == (1, 2)


SCALAR = (
    st.none() | st.booleans() | st.text(max_size=2) | st.integers(-9, 9)
    | st.floats(-1, 1) | st.just(1.7e308) | st.just(-1.7e308)
)  # fmt: skip
ANY = st.dictionaries(st.sampled_from("abcdef"), SCALAR)


def test_each_kind_of_number() -> None:
    a = {"same": 1.5, "more": 2, "gone": 0.5, "null": None, "was_null": None}
    b = {"same": 1.5, "more": 5, "new": -1, "null": None, "was_null": 0.0}
    assert findings(a, b) == (
        (
            ComparedNumber("same", 1.5, 1.5, 0.0, "equal"),
            ComparedNumber("more", 2, 5, 3.0, "changed"),
            ComparedNumber("gone", 0.5, None, None, "removed"),
            ComparedNumber("was_null", None, 0.0, None, "added"),
            ComparedNumber("new", None, -1, None, "added"),
        ),
        (),
    )


def test_one_bit_is_a_change() -> None:
    ((number,), _) = findings({"x": 0.1 + 0.2}, {"x": 0.3})
    assert not number.equal
    assert number.change == 0.3 - (0.1 + 0.2) != 0.0


def test_what_is_no_number_is_seen_where_it_differs() -> None:
    a = {"kind": "mix", "stands": True, "date": "2024-01-01", "odd": "1", "flag": True}
    b = {"kind": "mix", "stands": False, "date": None, "odd": 1, "flag": 1}
    numbers, texts = findings(a, b)
    assert numbers == ()
    assert texts == (
        ChangedValue("stands", True, False),
        ChangedValue("date", "2024-01-01", None),
        ChangedValue("odd", "1", 1),
        ChangedValue("flag", True, 1),
    )


@given(ANY)
def test_a_document_equals_itself(document: dict[str, object]) -> None:
    numbers, texts = findings(document, document)
    assert texts == ()
    assert all(number.equal and number.change == 0.0 for number in numbers)
    assert len(numbers) == sum(
        isinstance(value, int | float) and not isinstance(value, bool)
        for value in document.values()
    )


@given(ANY, ANY)
def test_the_other_way_round(a: dict[str, object], b: dict[str, object]) -> None:
    there, back = findings(a, b), findings(b, a)
    turned = {"added": "removed", "removed": "added"}
    assert {(n.path, n.b, n.a, turned.get(n.kind, n.kind)) for n in there[0]} == {
        (n.path, n.a, n.b, n.kind) for n in back[0]
    }
    assert {(t.name, repr(t.b), repr(t.a)) for t in there[1]} == {
        (t.name, repr(t.a), repr(t.b)) for t in back[1]
    }
    changes = {n.path: n.change for n in back[0]}
    for number in there[0]:
        change = changes[number.path]
        assert number.change == (None if change is None else -change)


def pair(tmp_path: Path, **changes: Any) -> tuple[Recorded, Recorded]:
    a = make_compared(tmp_path / "a")
    b = make_compared(tmp_path / "b", {**DOCUMENT, **changes})
    return recorded(a), recorded(b)


def test_equal_records_differ_in_nothing(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    assert questions(a, b) == conditions(a, b) == ()


def test_parameters_by_dotted_name(tmp_path: Path) -> None:
    asked = {**DOCUMENT["parameters"], "cohorts": ["country", "grade"], "more": {"new": 1}}
    asked["baseline"] = {"start": "2024-01-01"}
    assert questions(*pair(tmp_path, parameters=asked)) == (
        ChangedValue("baseline.end", "2024-01-11", None),
        ChangedValue("cohorts", ["country"], ["country", "grade"]),
        ChangedValue("more.new", None, 1),
    )


def test_inputs_by_hash_code_and_packages(tmp_path: Path) -> None:
    inputs = [dict(entry) for entry in DOCUMENT["inputs"]]
    for entry in inputs:
        entry["sha256"] = "f" + entry["sha256"][1:]
    environment = {"python": "3.12.0", "distributions": {"numpy": "2.2.0", "new": "1"}}
    found = conditions(
        *pair(
            tmp_path,
            inputs=inputs,
            code={"commit": "beef", "dirty": False},
            environment=environment,
        )
    )
    assert found == (
        ChangedValue("data log.csv", "1" * 64, "f" + "1" * 63),
        ChangedValue("notebook 1_a.ipynb", "2" * 64, "f" + "2" * 63),
        ChangedValue("code.commit", "c0ffee", "beef"),
        ChangedValue("environment.python", "3.11.7", "3.12.0"),
        ChangedValue("environment.distributions.numpy", "2.1.0", "2.2.0"),
        ChangedValue("environment.distributions.scipy", "1.15.0", None),
        ChangedValue("environment.distributions.new", None, "1"),
    )


def test_a_file_that_moved_is_the_same(tmp_path: Path) -> None:
    inputs = [{**entry, "path": f"/else/where/{entry['path']}"} for entry in DOCUMENT["inputs"]]
    assert conditions(*pair(tmp_path, inputs=inputs)) == ()


def test_a_copy_that_one_record_alone_read_is_a_difference(tmp_path: Path) -> None:
    copy = {"role": "data", "path": "a_copy.csv", "sha256": "1" * 64, "bytes": 1}
    found = conditions(*pair(tmp_path, inputs=[copy, *DOCUMENT["inputs"]]))
    assert found == (ChangedValue("data a_copy.csv", None, "1" * 64),)


@pytest.mark.parametrize(
    "inputs", [1, "abc", {"a": 1}, [1], [{}], [{"role": "data", "path": ["x"], "sha256": "1"}]]
)
def test_inputs_that_no_run_writes(tmp_path: Path, inputs: Any) -> None:
    with pytest.raises(InputError, match=r"b/record\.json: 'inputs' "):
        conditions(*pair(tmp_path, inputs=inputs))


@pytest.mark.parametrize("odd", [None, 1, "x", [{"a": [1]}], {"": {"": []}}])
def test_odd_values_are_compared_all_the_same(tmp_path: Path, odd: Any) -> None:
    a, b = pair(tmp_path, parameters=odd, code=odd, environment=odd)
    assert questions(b, b) == conditions(b, b) == ()
    assert questions(a, b)
    assert conditions(a, b)


NOTEBOOKS: dict[str, Any] = {"_1_a": [cell("1", stream("1"))], "_2_b": [cell("2")]}


def test_a_record_and_itself(tmp_path: Path) -> None:
    record = make_compared(tmp_path / "a", **NOTEBOOKS)
    found = compare(record, record)
    assert found.question == found.conditions == found.texts == found.notebooks == found.notes == ()
    assert found.same_notebooks == ("1_a", "2_b")
    assert len(found.numbers) == 16
    assert all(number.equal for number in found.numbers)
    assert found.answers[0] == ChangedValue("verdict.kind", "system_fault", "system_fault")


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
    assert found.texts == (ChangedValue("verdict.kind", "system_fault", "population_mix"),)
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
    def number(path: str, a: float | None, b: float | None) -> ComparedNumber:
        change = None if a is None or b is None else b - a
        kind: Literal["equal", "changed", "added"] = "changed"
        kind = "added" if a is None else "equal" if a == b else kind
        return ComparedNumber(path, a, b, change, kind)

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
    both, missing = ChangedValue("a", "x", "y"), ChangedValue("b", None, "y")
    assert ordered([missing, both]) == [both, missing]
