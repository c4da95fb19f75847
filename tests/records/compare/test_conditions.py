from pathlib import Path
from typing import Any

import pytest
from compared import DOCUMENT, make_compared

from investigate.errors import InputError
from investigate.records.compare.changed import Changed
from investigate.records.compare.conditions import conditions, questions
from investigate.records.compare.recorded import Recorded, recorded


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
        Changed("baseline.end", "2024-01-11", None),
        Changed("cohorts", ["country"], ["country", "grade"]),
        Changed("more.new", None, 1),
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
        Changed("data log.csv", "1" * 64, "f" + "1" * 63),
        Changed("notebook 1_a.ipynb", "2" * 64, "f" + "2" * 63),
        Changed("code.commit", "c0ffee", "beef"),
        Changed("environment.python", "3.11.7", "3.12.0"),
        Changed("environment.distributions.numpy", "2.1.0", "2.2.0"),
        Changed("environment.distributions.scipy", "1.15.0", None),
        Changed("environment.distributions.new", None, "1"),
    )


def test_a_file_that_moved_is_the_same(tmp_path: Path) -> None:
    inputs = [{**entry, "path": f"/else/where/{entry['path']}"} for entry in DOCUMENT["inputs"]]
    assert conditions(*pair(tmp_path, inputs=inputs)) == ()


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
