"""A question as a notebook spells it: its parameters cell, and what papermill puts in after it."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from investigate.errors import InputError
from investigate.question import params
from investigate.question.question import ADDED, FORMATS, Question

PLACE = "notebook parameters"
FILE = "params"
"""The name by which a notebook takes a params file; what else it names goes before the file."""

_INJECTED = "# Parameters"
"""How papermill begins the cell that it puts in."""


def values(names: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a question among `names`, such as the ``globals()`` of a notebook.

    `None` leaves a key out. Raises `InputError` where papermill was given a name that no
    question has and that the notebook does not define, or the params file cannot be read.
    """
    _require_known(names)
    given = {name: names[name] for name in Question.parameter_names() if name in names}
    # A notebook may call something else by these names: numpy has a function called where.
    given |= {n: names[n] for n in ADDED if n in names and not callable(names[n])}
    given |= {n: names[n] for n in FORMATS if isinstance(names.get(n), str | list | tuple)}
    given = {name: value for name, value in given.items() if value is not None}
    file = names.get(FILE)
    if isinstance(file, str | Path):
        return {**params.load(_upwards(Path(file))).parameters(), **given}
    return given


def _upwards(path: Path) -> Path:
    """`path`, from the current folder or the nearest above it that has it."""
    here = Path.cwd()
    found = (folder / path for folder in (here, *here.parents))
    return next((place for place in found if place.is_file()), path)


def _require_known(names: Mapping[str, Any]) -> None:
    cells = names.get("In")
    if not isinstance(cells, list):
        return
    injected = [text for text in cells if str(text).startswith(_INJECTED)]
    own = _assigned(text for text in cells if not str(text).startswith(_INJECTED))
    known = {*Question.model_fields, *FORMATS, FILE, *own}
    for name in _assigned(injected):
        if name not in known:
            raise InputError(f"{PLACE}: {params.unknown(name)}")


def _assigned(cells: Iterable[Any]) -> list[str]:
    """The names that these cells assign at their top level, in order."""
    found = []
    for text in cells:
        try:
            tree = ast.parse(str(text))
        except SyntaxError:
            # A cell of magic assigns nothing that could be a parameter.
            continue
        for node in tree.body:
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            inner = (one for target in targets for one in ast.walk(target))
            found += [one.id for one in inner if isinstance(one, ast.Name)]
    return found
