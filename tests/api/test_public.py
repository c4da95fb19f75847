"""The public names: few, found by tab completion, quick to import, and explained with examples."""

import doctest
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import investigate
from investigate.api.investigation import Investigation

pytestmark = pytest.mark.quick_cases(1)

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
METHODS = [
    name
    for name, member in inspect.getmembers(Investigation)
    if not name.startswith("_") and inspect.isfunction(member)
]
FINDING = ["to_frame", "plot"]


def public_object(name: str) -> Any:
    """The object called `name`: a public name, or a method as ``Class.method``."""
    first, _, method = name.partition(".")
    whole = getattr(investigate, first)
    return getattr(whole, method) if method else whole


DOCUMENTED = [
    *investigate.__all__,
    *(f"Investigation.{name}" for name in METHODS),
    *(f"Finding.{name}" for name in FINDING),
]
LONG = {
    *("run", "open", "Investigation", "Investigation.to_params"),
    *("Investigation.where", "Investigation.between"),
}
"""Names whose examples run notebooks or count a log."""


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def found() -> Investigation:
    return investigate.open(
        investigate.example_log(),
        time="time",
        outcome="outcome",
        score="score",
        system="system",
        item="exercise",
        cluster="student",
        cohorts=["country"],
        baseline=("2024-01-01", "2024-01-29"),
        incident=("2024-01-29", "2024-02-12"),
    )


def failures(name: str, text: str, found: Investigation) -> Iterator[str]:
    module = (
        sys.modules[getattr(public_object(name), "__module__", "investigate")]
        if name
        else investigate
    )
    names = {**vars(module), "found": found, "investigate": investigate}
    test = doctest.DocTestParser().get_doctest(text, names, name or "investigate", None, 0)
    assert test.examples, f"{name} has no example"
    runner, output = doctest.DocTestRunner(optionflags=FLAGS), list[str]()
    runner.run(test, out=output.append)
    yield from output


@pytest.mark.slow
def test_examples_of_the_module(found: Investigation) -> None:
    assert list(failures("", investigate.__doc__ or "", found)) == []


@pytest.mark.slow
def test_examples_of_the_page(found: Investigation) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "api.md"
    assert list(failures("", page.read_text(encoding="utf-8"), found)) == []


@pytest.mark.quick_cases(8)
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in DOCUMENTED],
)
def test_examples(name: str, found: Investigation) -> None:
    assert list(failures(name, inspect.getdoc(public_object(name)) or "", found)) == []


def sections(name: str) -> set[str]:
    return set(
        re.findall(r"^(\w+)\n-{3,}$", inspect.getdoc(public_object(name)) or "", re.MULTILINE)
    )


@pytest.mark.parametrize("name", DOCUMENTED)
def test_docstrings_have_their_sections(name: str) -> None:
    thing, there = public_object(name), sections(name)
    assert "Examples" in there
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return
    takes = set(inspect.signature(thing).parameters) - {"self"}
    assert not takes or "Parameters" in there
    if inspect.isfunction(thing):
        assert "Returns" in there
        assert "." in name or "Raises" in there
    text = inspect.getdoc(thing) or ""
    documented = re.findall(r"^\*{0,2}(\w+(?:, \w+)*)(?: : |$)", text, re.MULTILINE)
    names = {one for line in documented for one in line.split(", ")}
    # The tables of counts are described above their parameters.
    assert name == "Counts" or takes <= names, takes - names


@pytest.mark.slow
def test_tab_completion_shows_the_public_names_alone() -> None:
    script = (
        "import investigate, json, investigate.log, investigate.figures\n"
        "investigate.open\n"
        "print(json.dumps([dir(investigate), investigate.__all__]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    shown, public = json.loads(done.stdout)
    assert shown == sorted([*public, "__version__"])
    assert 12 <= len(public) <= 18
    with pytest.raises(AttributeError, match="has no attribute 'opne'"):
        _ = investigate.opne  # type: ignore[attr-defined]


@pytest.mark.slow
def test_importing_imports_nothing_heavy() -> None:
    """What a clock would say depends on the machine; what is imported does not."""
    script = (
        "import sys; before = set(sys.modules); import investigate\n"
        "print(sorted({name.partition('.')[0] for name in "
        "set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['investigate']"


@pytest.mark.slow
def test_every_name_is_there_for_import() -> None:
    for name in investigate.__all__:
        assert getattr(investigate, name).__doc__, name
    assert re.fullmatch(r"\d+\.\d+.*", investigate.__version__)
