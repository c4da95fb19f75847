import json
import sys
from pathlib import Path
from typing import Any

import pytest
from compared import cell, display, make_compared, stream
from hypothesis import given
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.records import changed_cells as module
from investigate.records.changed_cells import Cell, CellChange, NotebookChange, cells_of, notebooks
from investigate.records.run_record import recorded


def read(*cells: Any) -> tuple[Cell, ...]:
    return cells_of(json.dumps({"cells": cells}).encode(), Path("1_a.ipynb"))


def test_source_and_output_as_text() -> None:
    shown = display(text_plain=["AUC ", "fell"], image_png="iVBO", text_html="<b>AUC</b>")
    error = {"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["\x1b[31m"]}
    (found,) = read(cell(["a\n", "b"], stream("one\n"), shown, error, id="x"))
    assert (found.type, found.id, found.source) == ("code", "x", "a\nb")
    assert found.output == "one\n\n(picture, image/png)\nAUC fell\nE: why"
    assert len(found.pictures) == 1
    assert len(found.data) == 64


def test_what_always_differs_is_left_out() -> None:
    injected = cell("case = 1", metadata={"tags": ["injected-parameters"]})
    first = cell("1", stream("x"), metadata={"a": 1}, execution_count=1)
    second = cell("1", stream("x"), metadata={"b": 2}, execution_count=None)
    assert read(injected, first) == read(second)
    assert read(cell("1", display(text_plain="a"))) == read(
        cell("1", {**display(text_plain="a"), "metadata": {"x": 1}, "execution_count": 9})
    )


@pytest.mark.parametrize("kind", ["image/png", "text/html", "application/x+json", "text/plain"])
def test_whatever_is_put_out_counts(kind: str) -> None:
    one, other = (
        read(cell("1", {"output_type": "execute_result", "data": {kind: text}})) for text in "ab"
    )
    assert one != other
    assert (one[0].output != other[0].output) is (kind == "text/plain")


@pytest.mark.parametrize(
    "text",
    [
        "[]", "{}", '{"cells": 1}', '{"cells": [1]}', '{"cells": [{}]}', '{"cells": null}',
        '{"cells": [{"cell_type": "code", "source": 1}]}',
        '{"cells": [{"cell_type": "code", "source": [1]}]}',
        '{"cells": [{"cell_type": "code", "source": "", "outputs": 1}]}',
        '{"cells": [{"cell_type": "code", "source": "", "outputs": [{}]}]}',
        '{"cells": [{"cell_type": "code", "source": "", "metadata": []}]}',
        '{"cells": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "x"}]}]}',
    ],
)  # fmt: skip
def test_no_notebook(text: str) -> None:
    with pytest.raises(InputError, match=r"^1_a.ipynb: this is no Jupyter notebook of format 4$"):
        cells_of(text.encode(), Path("1_a.ipynb"))


def test_text_that_has_no_bytes() -> None:
    data = {"image/png": "\ud800", "application/x": "\ud800"}
    (found,) = read(cell("\ud800", {"output_type": "display_data", "data": data}))
    assert found.source == "\ud800"


def changes(tmp_path: Path, a: list[Any], b: list[Any]) -> tuple[CellChange, ...]:
    one = make_compared(tmp_path / "a", _1_a=a)
    other = make_compared(tmp_path / "b", _1_a=b)
    (change,) = notebooks(recorded(one), recorded(other))
    assert change.name == "1_a"
    return change.cells


TEXT = cell("# Is it so?", id="question", cell_type="markdown")
OPEN = cell("open_question()", id="open")
FOUND = cell("show(finding)", stream("AUC fell"), id="found")


def test_equal_bytes_are_no_change(tmp_path: Path) -> None:
    a, b = (recorded(make_compared(tmp_path / name, _1_a=[TEXT, FOUND])) for name in "ab")
    assert notebooks(a, b) == ()


def test_what_one_alone_has(tmp_path: Path) -> None:
    a = recorded(make_compared(tmp_path / "a", _1_a=[TEXT], _2_b=[TEXT]))
    b = recorded(make_compared(tmp_path / "b", _2_b=[TEXT], _3_c=[TEXT]))
    assert notebooks(a, b) == (
        NotebookChange("1_a", note="only in A"),
        NotebookChange("3_c", note="only in B"),
    )


def test_what_always_differs_is_no_cell(tmp_path: Path) -> None:
    def executed(number: int) -> list[Any]:
        tags = {"tags": ["injected-parameters"]}
        return [
            TEXT,
            cell(f"n = {number}", id=f"i{number}", metadata=tags),
            {**FOUND, "id": f"x{number}", "execution_count": number, "metadata": {"n": number}},
        ]

    one = make_compared(tmp_path / "a", _1_a=executed(1))
    other = make_compared(tmp_path / "b", _1_a=executed(2))
    assert notebooks(recorded(one), recorded(other)) == (
        NotebookChange("1_a", (), "only metadata, counts or parameters differ"),
    )


@pytest.mark.parametrize("ids", [True, False])
def test_changed_added_and_removed_cells(tmp_path: Path, ids: bool) -> None:
    gone = cell("figures.roc(finding)", id="roc")
    new = cell("import this, that, those", id="new")
    rose = {**FOUND, "outputs": [stream("AUC rose")]}
    before, after = [TEXT, OPEN, gone, FOUND], [TEXT, new, OPEN, rose]
    if not ids:
        before, after = ([{**c, "id": ""} for c in cells] for cells in (before, after))
    found = changes(tmp_path, before, after)
    cells_changed = [(c.position, c.status, c.what) for c in found]
    assert cells_changed == [(2, "added", ()), (3, "removed", ()), (4, "changed", ("output",))]
    added, removed, changed = found
    assert added.a is removed.b is None
    assert added.b is not None
    assert added.b.source == "import this, that, those"
    assert removed.a is not None
    assert removed.a.source == "figures.roc(finding)"
    assert (changed.a and changed.a.output, changed.b and changed.b.output) == (
        "AUC fell", "AUC rose",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        (cell("a = 1"), cell("a = 2"), ("source",)),
        (cell("a"), cell("a", cell_type="raw"), ("source",)),
        (cell("a", display(image_png="x")), cell("a", display(image_png="y")), ("picture",)),
        (cell("a", display(text_html="x")), cell("a", display(text_html="y")), ("data",)),
        (
            cell("a = 1", display(text_plain="x", image_png="x")),
            cell("a = 2", display(text_plain="y", image_png="y")),
            ("source", "output", "picture"),
        ),
        (cell("x" * 5000 + "1"), cell("x" * 5000 + "2"), ("source",)),
    ],
)
def test_what_differs_in_a_cell(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], what: tuple[str, ...]
) -> None:
    found = changes(tmp_path, [{**one, "id": "same"}], [{**other, "id": "same"}])
    assert [(change.status, change.what) for change in found] == [("changed", what)]
    assert "png" not in repr([change.what for change in found])


CELLS = st.lists(
    st.builds(
        Cell,
        type=st.sampled_from(["code", "markdown"]),
        id=st.sampled_from(["", "a", "b", "c"]),
        source=st.sampled_from(["", "x = 1", "x = 2", "show(finding)\n" * 3, "show(it)\n" * 3]),
        output=st.sampled_from(["", "1", "2"]),
    ),
    max_size=6,
)


@given(CELLS, CELLS)
def test_every_cell_is_told_once_whatever_their_ids(a: list[Cell], b: list[Cell]) -> None:
    pairs = list(module._pairs(a, b))
    assert [one for one, _ in pairs if one is not None] == list(range(len(a)))
    assert [other for _, other in pairs if other is not None] == list(range(len(b)))


@given(CELLS)
def test_equal_cells_are_no_change(cells: list[Cell]) -> None:
    assert list(module._cells(cells, cells)) == []


@pytest.mark.slow
def test_more_cells_than_can_be_aligned(tmp_path: Path) -> None:
    one = make_compared(tmp_path / "a", _1_a=[TEXT] * 301)
    other = make_compared(tmp_path / "b", _1_a=[TEXT] * 300)
    (change,) = notebooks(recorded(one), recorded(other))
    assert (change.cells, "300 cells" in change.note) == ((), True)


@pytest.mark.slow
def test_nbdime_is_loaded_for_different_notebooks_alone(tmp_path: Path) -> None:
    import subprocess

    one = make_compared(tmp_path / "a", _1_a=[TEXT])
    other = make_compared(tmp_path / "b", _1_a=[OPEN])
    code = (
        "import sys; from pathlib import Path\n"
        "from investigate.records.compare import compare\n"
        "compare(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print('nbdime' in sys.modules, 'rfc3987_syntax' in sys.modules)"
    )

    def printed(*records: Path) -> str:
        command = [sys.executable, "-c", code, *map(str, records)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert printed(one, one) == "False False"
    assert printed(one, other) == "True False"
