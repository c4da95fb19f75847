import json
from pathlib import Path
from typing import Any

import pytest
from compared import cell, display, stream

from investigate.errors import InputError
from investigate.records.compare.cells import cells_of
from investigate.records.compare.changed import Cell


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
