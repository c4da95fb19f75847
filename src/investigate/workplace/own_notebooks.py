"""Notebooks of one's own: copies of the kit's to change, and a new one to begin with."""

import json
from pathlib import Path
from typing import Any

from investigate.errors import InputError
from investigate.paths import notebooks_folder

KIT = "[0-9]*_*.ipynb"


def copy(folder: Path) -> list[Path]:
    """Copies the kit's notebooks into `folder`; nothing where one is there already.

    Raises `InputError` where one is, or the folder cannot be written.
    """
    sources = sorted(notebooks_folder().glob("*.ipynb"))
    targets = [folder / source.name for source in sources]
    there = [target for target in targets if target.exists()]
    if there:
        raise InputError(f"{there[0]}: it is there already; name another folder")
    _make(folder)
    try:
        for source, target in zip(sources, targets, strict=True):
            target.write_bytes(source.read_bytes())
    except OSError as error:
        raise InputError(f"{folder}: cannot write it: {error.strerror}") from error
    return targets


def scaffold(path: Path) -> Path:
    """Writes a notebook with the parameters and an example of each step.

    Raises `InputError` where it is there already, or cannot be written.
    """
    if not path.name:
        raise InputError("new-notebook: a notebook needs a name, such as my_view")
    if path.suffix != ".ipynb":
        path = path.with_name(path.name + ".ipynb")
    _make(path.parent)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(_notebook(path), indent=1, ensure_ascii=False) + "\n")
    except FileExistsError as error:
        raise InputError(f"{path}: it is there already; name another") from error
    except OSError as error:
        raise InputError(f"{path}: cannot write it: {error.strerror}") from error
    return path


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "Not a directory" if isinstance(error, FileExistsError) else error.strerror
        raise InputError(f"{folder}: cannot write it: {reason}") from error


def parameters() -> str:
    """The parameters cell of the kit's notebooks."""
    first = json.loads(sorted(notebooks_folder().glob(KIT))[0].read_text("utf-8"))
    cell = next(c for c in first["cells"] if "parameters" in c["metadata"].get("tags", ()))
    return "".join(cell["source"])


def _notebook(path: Path) -> dict[str, Any]:
    join = (
        f"In a run: `investigate run PARAMS --notebooks {path.as_posix()}`, or write "
        f"`notebooks: [{path.as_posix()}]` into the params file. A run fills in the cell below; "
        'by hand, name a params file there, such as `params = "params/demo.yml"`.'
    )
    cells = [
        _markdown("question", f"# {path.stem.replace('_', ' ')}?\n\n{join}"),
        {**_code("parameters", parameters()), "metadata": {"tags": ["parameters"]}},
        *(make(name, text) for name, make, text in _STEPS),
    ]
    kernel = {"display_name": "investigate", "language": "python", "name": "investigate"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _code(name: str, text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


_STEPS = (
    (
        "open",
        _code,
        "import investigate\nfrom investigate.notebook import show\n\n"
        "found = investigate.open(globals())",
    ),
    ("ask-text", _markdown, "## Ask\nEvery analysis is a method of `found` and gives a finding."),
    ("ask", _code, "drop = found.drop()\nshow(drop)"),
    ("plot-text", _markdown, "## Draw\nA finding draws itself; `title` says it in your words."),
    ("plot", _code, 'drop.plot("roc", title="ROC curves of both windows")'),
    ("split-text", _markdown, "## Split\nBy the system or by a cohort; parts sum to the change."),
    ("split", _code, "by = found.groupings[0]\nshow(found.contributions(by).to_frame())"),
    (
        "counts-text",
        _markdown,
        "## Count for yourself\nCounts are all that analyses see; `slices` holds outcomes by "
        "window, group and score bin.",
    ),
    (
        "counts",
        _code,
        'slices = found.counts.slices\nwhole = slices[slices["by"] == "all"]\n'
        'whole.groupby("window")[["positives", "negatives"]].sum()',
    ),
    (
        "narrow-text",
        _markdown,
        '## Narrow\n`found.where(country="DE")` asks the same of a slice, `found.between(start, '
        "end)` of another incident. Both count anew.",
    ),
    ("record", _code, "show(found.reading())"),
)
