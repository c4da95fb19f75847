"""Which errors of the kit do tests raise? ``python -m tools.errors_reached -m "not slow"``.

Arguments go to pytest. Every place in src/investigate that makes an error is listed from its
syntax tree; while tests run, such a place notes that it was reached. Processes that tests start
anew, rather than fork, note nothing. Exit status 1 if a place was not reached.
"""

import ast
import importlib.machinery
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any

KIT = Path(__file__).resolve().parents[1] / "src" / "investigate"
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
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as notes:
        notes.write(f"{place}\n")
    return True


if NOTES in os.environ:
    import builtins

    builtins.__error_reached__ = _note  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Finder)


def main() -> int:
    """Run the tests, then list what none of them reached."""
    with TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        notes.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tools.errors_reached"]
        surrounding = {**os.environ, NOTES: str(notes)}
        subprocess.run([*command, *sys.argv[1:]], env=surrounding, check=False)
        reached = set(notes.read_text(encoding="utf-8").split())
    known = places()
    unreached = [place for place in known if place not in reached]
    for place in unreached:
        print(f"{place}\t{known[place]}")
    print(f"{len(known)} errors, {len(known) - len(unreached)} reached")
    return int(bool(unreached))


if __name__ == "__main__":
    sys.exit(main())
