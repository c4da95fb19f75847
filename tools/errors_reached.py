"""Which errors of the kit do tests raise? ``python -m tools.errors_reached -m "not slow"``.

Arguments go to pytest. Every place in src/investigate that makes an error is listed from its
syntax tree; while tests run, such a place notes that it was reached, and by which test. Processes
that tests start anew, rather than fork, note nothing. Exit status 1 if a place was not reached.

`unnamed` says without running anything which errors no test writes a piece of; of these, the list
``tests/errors_reached.tsv`` names a test that raises them. ``--write`` as the first argument brings
that list up to date with what the tests that run have raised.
"""

import ast
import importlib.machinery
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KIT = ROOT / "src" / "investigate"
LISTED = ROOT / "tests" / "errors_reached.tsv"
WORDS, LETTERS = 3, 10
"""A test names an error by so many words of it in a row, with so many letters at least."""
OWN = {
    *("InputError", "RunError", "EmptyError", "LeakError", "BusyError", "UnreadableError"),
    *("BadSignatureError", "MovedError", "Misplaced"),
}
"""The kit's classes of errors; of Python's own, those that it raises for a wrong argument."""
RAISED = {"ValueError", "TypeError"}
NOTES = "ERRORS_REACHED"
"""The environment variable that names the file of notes; unset, this plugin does nothing."""


def made(tree: ast.AST) -> list[ast.Call]:
    """The calls in `tree` that make an error, in the order of their lines."""
    raised = {id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise)}
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and (node.func.id in OWN or (node.func.id in RAISED and id(node) in raised))
    ]  # fmt: skip
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def places() -> dict[str, str]:
    """Each place as ``file:line``, and its source on one line."""
    found = {}
    for path in sorted(KIT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in made(ast.parse(text)):
            source = " ".join((ast.get_source_segment(text, node) or "").split())
            found[f"{path.relative_to(KIT)}:{node.lineno}"] = source
    return found


def pieces(node: ast.AST) -> set[str]:
    """Every few words in a row of the texts that stand in `node`, without what is put in."""
    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
    rows = [text.split() for text in texts if isinstance(text, str)]
    ends = [(words, at) for words in rows for at in range(max(len(words) - WORDS + 1, 1))]
    found = {" ".join(words[at : at + WORDS]) for words, at in ends}
    return {piece for piece in found if len(piece) >= LETTERS}


@cache
def unnamed() -> list[tuple[str, str]]:
    """The errors that no text in a test names: file and source, once each; sorted."""
    texts = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                # Patterns have a backslash before what would mean something.
                texts.append(" ".join(re.sub(r"\\(.)", r"\1", node.value).split()))
    text = "\n".join(texts)
    found = set()
    for path in sorted(KIT.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in made(ast.parse(source)):
            if not any(piece in text for piece in pieces(node)):
                source_text = " ".join((ast.get_source_segment(source, node) or "").split())
                found.add((str(path.relative_to(KIT)), source_text))
    return sorted(found)


def listed() -> dict[tuple[str, str], str]:
    """By file and source of an error, the test that raises it."""
    lines = LISTED.read_text(encoding="utf-8").splitlines() if LISTED.is_file() else []
    rows = [line.split("\t") for line in lines]
    return {(file, source): test for file, source, test in rows}


def classes() -> set[str]:
    """The names of the kit's own classes of errors."""
    bases: dict[str, set[str]] = {}
    for path in KIT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                own = {base.id for base in node.bases if isinstance(base, ast.Name)}
                bases.setdefault(node.name, set()).update(own)
    found = {"Exception", "ValueError", "TypeError"}
    while more := {name for name, own in bases.items() if own & found} - found:
        found |= more
    return {name for name in found & set(bases) if not name.startswith("_")}


class _Noting(importlib.machinery.SourceFileLoader):
    """Loads a module in which each such call notes its place; lines stay what they are."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), filename=path)
        for node in made(tree):
            place = f"{Path(path).relative_to(KIT)}:{node.lineno}"
            noting = ast.Call(ast.Name("__error_reached__", ast.Load()), [ast.Constant(place)], [])
            either = ast.BoolOp(ast.And(), [noting, node.func])
            node.func = ast.copy_location(either, node.func)
            ast.fix_missing_locations(node)
        return compile(tree, path, "exec", dont_inherit=True)


class _Finder(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname.partition(".")[0] != "investigate":
            return None
        spec = super().find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Noting(spec.loader.name, spec.loader.path)
        return spec


def _note(place: str) -> bool:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("[")[0].partition(" (")[0]
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as notes:
        notes.write(f"{place}\t{test}\n")
    return True


if NOTES in os.environ:
    import builtins

    builtins.__error_reached__ = _note  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Finder)


def main() -> int:
    """Run the tests, then list what none of them reached."""
    writes, arguments = sys.argv[1:2] == ["--write"], sys.argv[1:]
    with TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        notes.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tools.errors_reached"]
        surrounding = {**os.environ, NOTES: str(notes)}
        subprocess.run([*command, *arguments[writes:]], env=surrounding, check=False)
        lines = [line.split("\t") for line in notes.read_text(encoding="utf-8").splitlines()]
    # The first test by name, so that the list hangs on no order of running.
    reached = {place: test for place, test in sorted(lines, reverse=True) if test}
    known = places()
    unreached = [place for place in known if place not in reached]
    for place in unreached:
        print(f"{place}\t{known[place]}")
    print(f"{len(known)} errors, {len(known) - len(unreached)} reached")
    if writes:
        _write({(place.partition(":")[0], known[place]): t for place, t in reached.items()})
    return int(bool(unreached))


def _write(reached: dict[tuple[str, str], str]) -> None:
    old = listed()
    tests = {error: old.get(error) or reached.get(error) for error in unnamed()}
    rows = [f"{file}\t{source}\t{test}\n" for (file, source), test in tests.items() if test]
    LISTED.write_text("".join(rows), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
