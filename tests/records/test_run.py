"""A run that goes well, looked at from all sides; one pair of runs serves all tests."""

import hashlib
import importlib.metadata
import json
import os
import platform
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from placed import ANSWER, DOCUMENT, Place, make_place

from investigate import log
from investigate.counts.table import Counts
from investigate.ledger.files import write
from investigate.question import params
from investigate.records.run import params_text

pytestmark = pytest.mark.slow

LOOK = """\
import os, sys, warnings
from investigate.notebook import open_question
question, counts = open_question(globals())
print(sys.executable)
print(os.getcwd())
print(list({"ash", "birch", "cedar", "date", "elm"}))
print(int(counts.slices.query("by == 'all'")[["positives", "negatives"]].sum().sum()), case)
warnings.warn("Take care.")"""
DRAW = "import seaborn; seaborn.lineplot(x=[1, 2], y=[2, 1])"
SEEN = 'import os; print("engine" if "ibis" in __import__("sys").modules else "no engine")'


@dataclass(frozen=True)
class Runs:
    place: Place
    before: dict[str, str]
    first: Path
    second: Path

    @property
    def document(self) -> dict[str, Any]:
        return json.loads((self.first / "record.json").read_text("utf-8"))

    def executed(self, name: str) -> nbformat.NotebookNode:
        return nbformat.read(self.first / "notebooks" / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = tmp_path_factory.mktemp("runs")
    here = Path.cwd()
    os.chdir(folder)
    try:
        place = make_place(folder)
        place.notebooks(_1_look=[LOOK, SEEN], _2_draw=[DRAW], _10_answer=[ANSWER])
        before = place.files()
        first, second = (place.run("case=small", "baseline.end=2024-01-10").record for _ in "12")
        yield Runs(place, before, first, second)
    finally:
        os.chdir(here)


def test_the_record_says_that_it_succeeded(runs: Runs) -> None:
    document = runs.document
    assert (document["schema"], document["case"]) == (1, "small")
    assert (document["status"], document["exit_status"], document["error"]) == (
        "succeeded",
        0,
        None,
    )
    assert [(n["name"], n["status"]) for n in document["notebooks"]] == [
        ("1_look", "succeeded"),
        ("2_draw", "succeeded"),
        ("10_answer", "succeeded"),
    ]


def test_every_output_is_listed_by_its_hash_and_nothing_else_is_there(runs: Runs) -> None:
    listed = {
        entry["path"]: (entry["sha256"], entry["bytes"]) for entry in runs.document["outputs"]
    }
    found = {
        path.relative_to(runs.first).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_size,
        )
        for path in runs.first.rglob("*")
        if path.is_file() and path.name != "record.json"
    }
    assert listed == found
    assert {path for path in found if not path.startswith("counts/")} == {
        "findings.json",
        "question.yml",
        "ro-crate-metadata.json",
        *(f"{kind}" for name in ("1_look", "2_draw", "10_answer")
          for kind in (f"notebooks/{name}.ipynb", f"html/{name}.html")),
    }  # fmt: skip


def test_every_input_is_listed_by_its_hash(runs: Runs) -> None:
    listed = {entry["path"]: entry["sha256"] for entry in runs.document["inputs"]}
    assert listed == runs.before
    assert [entry["role"] for entry in runs.document["inputs"]] == [
        "params", "data", "notebook", "notebook", "notebook",
    ]  # fmt: skip


def test_nothing_but_the_record_is_touched(runs: Runs) -> None:
    assert runs.place.files() == runs.before
    assert sorted(path.name for path in runs.place.folder.iterdir()) == [
        "audit", "log.csv", "notebooks", "params.yml",
    ]  # fmt: skip
    assert runs.place.records() == sorted([runs.first, runs.second])


def test_the_question_as_run_is_a_params_file_again(runs: Runs) -> None:
    asked = params.load("params.yml", ["baseline.end=2024-01-10"])
    assert params.load(runs.first / "question.yml") == asked
    assert runs.document["parameters"] == asked.parameters()
    assert runs.document["overrides"] == ["case=small", "baseline.end=2024-01-10"]


@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
            lambda name: "*" not in name and name not in ("system", "all", "null", "~")
        ),
        min_size=5,
        max_size=8,
        unique=True,
    )
)
@example(["no", "12:30", "007", "1.10", "- a: [b]"])
@example(["# x", "'", '"', "\u2028\x85\r\n\t", "&a !c %d @e `"])
def test_any_name_survives_in_the_params_file(names: list[str]) -> None:
    time, outcome, score, system, *cohorts = names
    columns = {"time": time, "outcome": outcome, "score": score, "system": system}
    windows = {
        "baseline": {"start": "2024-01-01", "end": "2024-01-02T03:00+05:30"},
        "incident": {"start": "2024-02-01", "end": "2024-03-01"},
    }
    values = {"case": "a", "log": score, "columns": columns, "cohorts": cohorts, **windows}
    asked = params.from_names(values)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "question.yml"
        write(path, params_text(asked))
        assert params.load(path) == asked


def test_the_counts_are_those_of_the_log(runs: Runs) -> None:
    kept = Counts.load(runs.first / "counts")
    made = log.count(params.load(runs.first / "question.yml"))
    for name in ("bins", "slices", "facts", "timeline"):
        pd.testing.assert_frame_equal(getattr(kept, name), getattr(made, name))
    assert kept.meta == json.loads(json.dumps(made.meta))


def test_findings_are_those_of_the_answer(runs: Runs) -> None:
    text = (runs.first / "findings.json").read_text("utf-8")
    assert text == json.dumps(DOCUMENT, indent=2, ensure_ascii=False) + "\n"


def test_a_second_run_leaves_the_same_bytes(runs: Runs) -> None:
    assert runs.first != runs.second
    for entry in runs.document["outputs"]:
        if entry["path"] == "ro-crate-metadata.json":
            continue  # It tells of times, as record.json does.
        first, second = (folder / entry["path"] for folder in (runs.first, runs.second))
        assert first.read_bytes() == second.read_bytes(), entry["path"]


def test_times_and_the_environment_are_told(runs: Runs) -> None:
    document = runs.document
    started, finished = (datetime.fromisoformat(document[k]) for k in ("started", "finished"))
    seconds = document["seconds"]
    assert (finished - started).total_seconds() == pytest.approx(seconds["total"], abs=0.5)
    assert set(seconds) == {"counts", "record", "notebooks", "total"}
    for entry in document["notebooks"]:
        assert 0 < entry["seconds"] <= seconds["notebooks"]
        assert sum(entry["cell_seconds"]) <= entry["seconds"]
    environment = document["environment"]
    assert environment["python"] == platform.python_version()
    assert environment["distributions"]["papermill"] == importlib.metadata.version("papermill")
    names = list(environment["distributions"])
    assert names == sorted(names, key=str.lower)


def test_notebooks_hold_no_times_and_no_paths_of_the_run(runs: Runs) -> None:
    for path in (runs.first / "notebooks").iterdir():
        text = path.read_text("utf-8")
        assert "papermill" not in text
        assert "ipykernel_" not in text
        assert runs.first.name not in text


def test_parameters_are_those_of_the_question_alone(runs: Runs) -> None:
    cells = runs.executed("1_look").cells
    injected = next(c for c in cells if "injected-parameters" in c.metadata.get("tags", []))
    names: dict[str, Any] = {}
    exec(injected.source, names)
    del names["__builtins__"]
    assert names == runs.document["parameters"]
    assert injected.id == "injected-parameters"


def test_a_notebook_sees_the_counts_of_the_record_and_needs_no_engine(runs: Runs) -> None:
    look, seen = [c for c in runs.executed("1_look").cells if c.cell_type == "code"][-2:]
    printed = next(o.text for o in look.outputs if o.get("name") == "stdout").splitlines()
    assert printed[0] == sys.executable
    assert printed[1] == str(runs.place.folder)
    assert sorted(eval(printed[2])) == ["ash", "birch", "cedar", "date", "elm"]
    assert printed[3] == "380 small"
    assert seen.outputs[0].text == "no engine\n"


def test_figures_are_kept_in_notebook_and_page(runs: Runs) -> None:
    draw = runs.executed("2_draw").cells[-1]
    pictures = [o.data["image/png"] for o in draw.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 1
    page = (runs.first / "html" / "2_draw.html").read_text("utf-8")
    assert page.count('src="data:image/png;base64,') == 1


def test_records_are_readable_by_others(runs: Runs) -> None:
    mode = stat.S_IMODE((runs.first / "record.json").stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    assert mode == 0o666 & ~umask
