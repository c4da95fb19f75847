"""The teaching notebooks: what they print is what a fresh run prints, and no number is typed."""

import base64
import re
import struct
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools import learn

NOTEBOOKS = learn.notebooks()
NAMES = [path.stem for path in NOTEBOOKS]
MOST_BYTES = 150_000
PIXELS = 4
"""By how much a figure's side may differ between machines, whose fonts are drawn otherwise."""


def outputs(notebook: Any) -> list[tuple[str, str, Any]]:
    """Each output as its cell, its kind, and its text; of a figure its width and height."""
    found: list[tuple[str, str, Any]] = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                found.append((cell.id, output.name, output.text))
            for kind, data in sorted(output.get("data", {}).items()):
                if kind == "image/png":
                    found.append((cell.id, kind, size(data)))
                elif not any(k == "image/png" for k in output.data):
                    # A figure's text is its size again.
                    found.append((cell.id, kind, data))
    return found


def size(data: str) -> tuple[int, int]:
    """Width and height in the header of a PNG."""
    width, height = struct.unpack(">II", base64.b64decode(data)[16:24])
    return width, height


def test_all_five_are_there() -> None:
    assert NAMES == [
        "1_auc_from_counts",
        "2_contributions",
        "3_mix_spread_validity",
        "4_replay",
        "5_interval",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_fresh_run_prints_what_is_committed(path: Path) -> None:
    kept, fresh = (outputs(n) for n in (nbformat.read(path, as_version=4), learn.executed(path)))
    assert [one[:2] for one in kept] == [one[:2] for one in fresh]
    for (cell, kind, ours), (_, _, theirs) in zip(kept, fresh, strict=True):
        if kind == "image/png":
            apart = [abs(a - b) for a, b in zip(ours, theirs, strict=True)]
            assert max(apart) <= PIXELS, cell
        else:
            assert ours == theirs, cell


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_committed_with_outputs_and_nothing_of_a_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert len(text.encode()) < MOST_BYTES
    assert text == nbformat.writes(learn.cleaned(notebook)) + "\n"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    found = outputs(notebook)
    assert [kind for _, kind, _ in found if kind == "stderr"] == []
    drawn = {cell for cell, kind, _ in found if kind == "image/png"}
    assert drawn
    # Whoever does not see a figure reads what it shows.
    assert drawn == {cell.id for cell in code if cell.metadata.get("alt")}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_it_shows_that_the_kit_agrees(path: Path) -> None:
    printed = [
        line for *_, text in outputs(nbformat.read(path, 4)) for line in str(text).split("\n")
    ]
    verdicts = [line for line in printed if re.search(r": (True|False)$", line)]
    assert verdicts
    assert [line for line in verdicts if not line.endswith("True")] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_no_number_is_typed_into_prose(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", cell.source)
            assert re.findall(r"\d", prose) == [], cell.id


def test_a_typed_output_is_seen() -> None:
    """What the comparison looks at changes when an output does."""
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    before = outputs(notebook)
    spoiled = next(c for c in notebook.cells if c.get("outputs") and "text" in c.outputs[0])
    spoiled.outputs[0].text = spoiled.outputs[0].text.replace("0.", "1.", 1)
    assert outputs(notebook) != before
