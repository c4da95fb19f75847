"""The file of results, also after an interruption."""

import json
from pathlib import Path

import pytest
from verdicts import result

from benchmarks.incidents.incident import Incident
from benchmarks.incidents.results import Results
from investigate.errors import InputError

FIRST, SECOND = (Incident("s", 1.0, seed, 1_000) for seed in (1, 2))


def test_results_are_there_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.jsonl"
    results = Results(path)
    assert not results.answered(FIRST)
    assert not path.exists()
    for seed in (1, 2):
        results.add(result(seed=seed))
    assert results.found == Results(path).found == {FIRST: result(), SECOND: result(seed=2)}
    assert [json.loads(line)["seed"] for line in path.read_text("utf-8").splitlines()] == [1, 2]


def test_a_control_is_another_incident(tmp_path: Path) -> None:
    results = Results(tmp_path / "results.jsonl")
    results.add(result(control=True))
    assert not results.answered(FIRST)


def test_what_failed_is_asked_again_and_the_later_answer_counts(tmp_path: Path) -> None:
    results = Results(tmp_path / "results.jsonl")
    results.add({**FIRST.to_json(), "error": "MemoryError: "})
    assert not Results(results.path).answered(FIRST)
    results.add(result())
    assert Results(results.path).found[FIRST] == result()


@pytest.mark.parametrize("torn", ['{"scenario": "s", "str', "{", "é".encode()[:1].decode("latin1")])
def test_a_line_that_was_cut_off_is_dropped(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "results.jsonl"
    Results(path).add(result())
    with path.open("a", encoding="utf-8") as file:
        file.write(torn)
    results = Results(path)
    assert list(results.found) == [FIRST]
    results.add(result(seed=2))
    assert list(Results(path).found) == [FIRST, SECOND]
    assert torn not in path.read_text("utf-8").replace(json.dumps(result()), "").splitlines()


@pytest.mark.parametrize("line", ["time,outcome,score", "[1]", '{"scenario": "s"}', "3"])
def test_another_file_is_refused_and_left_alone(tmp_path: Path, line: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"log.csv:1: this is no result of a benchmark"):
        Results(path)
    assert path.read_text("utf-8") == f"{line}\n"
