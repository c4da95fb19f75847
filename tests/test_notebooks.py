"""Notebooks keep their rules: one question each, no code of their own, no number typed in prose.

`faults` is the lint; each of its rules is broken once below, so that it is known to see.
"""

import ast
import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from investigate import figures
from investigate.api.investigation import Investigation
from investigate.paths import PROJECT
from investigate.question.question import Question
from investigate.records.sources import numbered

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("[0-9]*.ipynb"))
EXPLORE = PROJECT / "notebooks" / "explore.ipynb"
"""To look around in: no run executes it unasked, and it shows a page rather than findings."""
QUESTIONS = (
    "1_did_auc_drop",
    "2_when_did_it_start",
    "3_which_systems",
    "4_which_system_or_both",
    "5_which_cohorts",
    "6_what_else_could_explain_it",
    "7_the_answer",
    "8_which_items_drift",
)
ORDER = re.compile(r"question parameters open analysis( \S+)+ caveats record-text record")
MOST_LINES, MOST_FIGURES, MOST_WORDS = 8, 3, 110
CLOCK = {"datetime", "date", "time", "today", "now", "utcnow", "perf_counter", "Timestamp"}
SQL = re.compile(r"\b(select\b.+\bfrom|insert into|create (table|view)|group by|order by)\b", re.I)
IMPORTS = {"investigate", "investigate.notebook"}
PLOTS = set(figures.__all__)


def faults(notebook: Any) -> list[str]:
    """What in `notebook` breaks a rule, as a list of sentences."""
    return [*_frame(notebook), *_prose(notebook), *_code(notebook), *_parameters(notebook)]


def _cells(notebook: Any, kind: str) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def _frame(notebook: Any) -> list[str]:
    found = []
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        found.append("the format is not 4.5")
    if notebook.metadata.get("kernelspec", {}).get("name") != "investigate":
        found.append("the kernel is not investigate")
    ids = " ".join(cell.id for cell in notebook.cells)
    if not ORDER.fullmatch(ids):
        found.append(f"the order of cells is {ids}")
    if not any("show(" in cell.source for cell in _cells(notebook, "code")[3:-1]):
        found.append("no finding is shown")
    for cell in _cells(notebook, "code"):
        if cell.outputs or cell.execution_count is not None:
            found.append(f"{cell.id}: committed with outputs")
    return found


def _prose(notebook: Any) -> list[str]:
    found, prose = [], _cells(notebook, "markdown")
    heads = [line for cell in prose for line in cell.source.splitlines() if line.startswith("# ")]
    if len(heads) != 1 or not prose[0].source.startswith("# ") or not heads[0].endswith("?"):
        found.append("the one first-level heading is not a question at the top")
    for cell in prose:
        if re.search(r"\d", cell.source):
            found.append(f"{cell.id}: a number is typed into prose")
        if len(cell.source.split()) > MOST_WORDS:
            found.append(f"{cell.id}: more than {MOST_WORDS} words")
    return found


def _code(notebook: Any) -> list[str]:
    found, drawn = [], 0
    for cell in _cells(notebook, "code"):
        if len(cell.source.splitlines()) > MOST_LINES:
            found.append(f"{cell.id}: more than {MOST_LINES} lines")
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            found.append(f"{cell.id}: not plain Python")
            continue
        for node in ast.walk(tree):
            drawn += _is_figure(node)
            found += [f"{cell.id}: {fault}" for fault in _node(node)]
    if not 1 <= drawn <= MOST_FIGURES:
        found.append(f"{drawn} figures")
    return found


def _node(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
            return ["defines code of its own"]
        case ast.Import(names=names) if any(alias.name not in IMPORTS for alias in names):
            return ["imports more than the kit"]
        case ast.ImportFrom(module=module) if module not in IMPORTS:
            return ["imports more than the kit"]
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in CLOCK:
            return ["asks a clock"]
        case ast.Constant(value=str(text)) if SQL.search(text):
            return ["speaks SQL"]
        case ast.Attribute(value=ast.Name(id="found"), attr=name):
            return [] if hasattr(Investigation, name) else [f"there is no analysis {name}"]
        case ast.Attribute(value=ast.Name(id="figures"), attr=name):
            return [] if name in PLOTS else [f"there is no figure {name}"]
        case ast.Call(func=ast.Attribute(attr="plot"), args=[ast.Constant(value=name)]):
            return [] if name in PLOTS else [f"there is no figure {name}"]
    return []


def _is_figure(node: ast.AST) -> bool:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="figures")) | ast.Attribute(attr="plot")
        ):
            return True
    return False


def _parameters(notebook: Any) -> list[str]:
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if [cell.id for cell in tagged] != ["parameters"]:
        return ["not exactly one cell is tagged parameters"]
    names: dict[str, Any] = {}
    try:
        exec(tagged[0].source, {"__builtins__": {}}, names)
    except Exception as error:
        return [f"parameters: {error}"]
    if tuple(names) != ("params", *Question.parameter_names()):
        return [f"parameters: they are {', '.join(names)}"]
    if given := [name for name, value in names.items() if value is not None]:
        return [f"parameters: {given[0]} holds something of a case"]
    return []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_keeps_the_rules(path: Path) -> None:
    text = path.read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert faults(notebook) == []
    assert text == nbformat.writes(notebook) + "\n"


def test_the_explorer_s_notebook_is_short_and_asks_with_the_same_parameters() -> None:
    text = EXPLORE.read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    cells = {cell.id: cell.source for cell in notebook.cells}
    first = {cell.id: cell.source for cell in nbformat.read(NOTEBOOKS[0], as_version=4).cells}
    assert cells["parameters"] == first["parameters"]
    assert "investigate.explore(globals())" in cells["open"]
    code = _cells(notebook, "code")
    assert len(code) == 3
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert _prose(notebook) == []
    assert text == nbformat.writes(notebook) + "\n"
    assert "explore" not in [source.name for source in numbered(EXPLORE.parent)]


def test_the_questions_are_all_there() -> None:
    assert tuple(path.stem for path in NOTEBOOKS)[: len(QUESTIONS)] == QUESTIONS


def test_what_was_read_is_shown_at_the_end_of_each() -> None:
    for path in NOTEBOOKS:
        last = nbformat.read(path, as_version=4).cells[-1]
        assert last.source == "show(found.reading())"


def _cell(notebook: Any, name: str) -> Any:
    return next(cell for cell in notebook.cells if cell.id == name)


def _append(name: str, text: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        _cell(notebook, name).source += text

    return change


def _replace(name: str, old: str, new: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        cell = _cell(notebook, name)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def _with_output(notebook: Any) -> None:
    _cell(notebook, "found").outputs = [nbformat.v4.new_output("stream", text="0.7")]


def _other_kernel(notebook: Any) -> None:
    notebook.metadata.kernelspec.name = "python3"


def _older_format(notebook: Any) -> None:
    notebook.nbformat_minor = 4


def _record_first(notebook: Any) -> None:
    notebook.cells.insert(1, notebook.cells.pop())


def _unshown(notebook: Any) -> None:
    for cell in _cells(notebook, "code")[3:-1]:
        cell.source = cell.source.replace("show(", "repr(")


def _tagged_twice(notebook: Any) -> None:
    _cell(notebook, "open").metadata["tags"] = ["parameters"]


SPOILED: dict[str, tuple[Callable[[Any], None], str]] = {
    "outputs": (_with_output, "found: committed with outputs"),
    "kernel": (_other_kernel, "the kernel is not investigate"),
    "format": (_older_format, "the format is not 4.5"),
    "order": (_record_first, "the order of cells is"),
    "nothing shown": (_unshown, "no finding is shown"),
    "second heading": (_append("found-text", "\n# Why?"), "first-level heading"),
    "no question": (_replace("question", "drop?", "drop"), "first-level heading"),
    "typed number": (_append("found-text", " AUC fell by 0.17."), "a number is typed into prose"),
    "long prose": (_append("caveats", " word" * 120), "more than 110 words"),
    "long cell": (_append("analysis", "\nfinding" * 8), "analysis: more than 8 lines"),
    "magic": (_append("analysis", "\n%matplotlib inline"), "not plain Python"),
    "def": (_append("analysis", "\ndef f(): pass"), "defines code of its own"),
    "lambda": (_append("analysis", "\nf = lambda: 1"), "defines code of its own"),
    "import": (_append("open", "\nimport pandas"), "imports more than the kit"),
    "from": (_append("open", "\nfrom os import path"), "imports more than the kit"),
    "clock": (_append("analysis", "\nquestion.now()"), "asks a clock"),
    "SQL": (_append("analysis", "\n'select a from b'"), "speaks SQL"),
    "no analysis": (_replace("analysis", ".drop", ".dorp"), "there is no analysis dorp"),
    "no figure": (_replace("evidence-roc", '"roc', '"cor'), "there is no figure cor"),
    "many figures": (_append("found", "\ndrop.plot()" * 2), "5 figures"),
    "two parameter cells": (_tagged_twice, "not exactly one cell is tagged"),
    "a missing parameter": (_replace("parameters", "case = ", "caes = "), "they are params, caes"),
    "something of a case": (_replace("parameters", "log = None", "log = 'a'"), "log holds some"),
    "broken parameters": (_replace("parameters", "case = None", "case = x"), "parameters: "),
}


@pytest.mark.parametrize("name", SPOILED)
def test_the_lint_sees_what_is_wrong(name: str) -> None:
    spoil, message = SPOILED[name]
    notebook = copy.deepcopy(nbformat.read(NOTEBOOKS[0], as_version=4))
    spoil(notebook)
    found = faults(notebook)
    assert any(message in fault for fault in found), found
