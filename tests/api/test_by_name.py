"""A notebook's parameters: nothing of a case, a params file by name, and no unknown name."""

import types
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
import yaml
from placed import PARAMS, make_place

import investigate
from investigate.api import by_name
from investigate.errors import InputError
from investigate.paths import notebooks_folder

PARAMETERS = yaml.load(PARAMS, yaml.BaseLoader)  # papermill, too, reads dates as text
FIRST = sorted(notebooks_folder().glob("1_*.ipynb"))[0]


def test_what_is_none_is_left_out_and_functions_are_no_parameters() -> None:
    names = {
        **PARAMETERS,
        "history": None,
        "where": max,
        "decimal": types,
        "positive": ["a"],
        "x": 1,
    }
    assert by_name.values(names) == {**PARAMETERS, "positive": ["a"]}


def test_a_params_file_is_found_from_below_and_what_is_said_beside_it_goes_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "a.yml").write_text(PARAMS, encoding="utf-8")
    (tmp_path / "lab").mkdir()
    monkeypatch.chdir(tmp_path / "lab")
    found = by_name.values({"params": "params/a.yml", "case": "mine", "log": None})
    assert (found["case"], found["log"]) == ("mine", "log.csv")
    assert found["columns"]["cluster"] == "student"
    with pytest.raises(InputError, match=r"gone\.yml: cannot read the params file"):
        by_name.values({"params": "gone.yml"})


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["# Parameters\nbasline = 1"], "unknown key 'basline'; did you mean 'baseline'?"),
        (["# Parameters\ncase = 'a'\nzzz: int = 1"], "unknown key 'zzz'; known are case, log,"),
        (["# Parameters\ncase = 'a'\nevery = 'hour'\npositive = 'x'\nparams = 'a.yml'"], None),
        (["%matplotlib inline", "mine = 3", "# Parameters\nmine = 4"], None),
        (["(a, mine) = 3, 4", "# Parameters\nmine = 4\na = 1"], None),
        (["basline = 1"], None),
        ([], None),
    ],
)
def test_a_name_that_papermill_puts_in_must_be_known(cells: list[str], message: str | None) -> None:
    if message is None:
        by_name.values({"In": cells})
        return
    with pytest.raises(InputError) as caught:
        by_name.values({"In": cells})
    assert str(caught.value).startswith(f"notebook parameters: {message}")


def test_a_notebook_that_nobody_filled_in_says_what_lacks() -> None:
    names: dict[str, Any] = {}
    cell = next(c for c in nbformat.read(FIRST, as_version=4).cells if c.id == "parameters")
    exec(cell.source, names)
    with pytest.raises(InputError, match=r"^notebook parameters: 'log' is missing; add it$"):
        investigate.open(names)


@pytest.mark.slow
def test_by_papermill_alone_a_question_without_a_history_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_place(tmp_path)
    asking = nbformat.read(FIRST, as_version=4)
    asking.cells = asking.cells[:3]
    asking.cells[2].source += "\nprint(found.question.fingerprint(), found.question.history)"
    nbformat.write(asking, "asking.ipynb")
    settings: dict[str, Any] = {"kernel_name": "python3", "progress_bar": False}
    done = papermill.execute_notebook("asking.ipynb", "out.ipynb", PARAMETERS, **settings)
    expected = investigate.open("params.yml").question
    assert done.cells[-1].outputs[0].text == f"{expected.fingerprint()} None\n"
    with pytest.raises(papermill.PapermillExecutionError) as caught:
        papermill.execute_notebook(
            "asking.ipynb", "out.ipynb", {**PARAMETERS, "histroy": "h.csv"}, **settings
        )
    assert caught.value.ename == "InputError"
    assert caught.value.evalue == (
        "notebook parameters: unknown key 'histroy'; did you mean 'history'?"
    )
