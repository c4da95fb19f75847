import hashlib
import json
from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.paths import notebooks_folder
from investigate.records.sources import all_of, answering, numbered

EMPTY = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def test_notebooks_come_by_number(tmp_path: Path) -> None:
    for name in ("10_last", "2_second", "1_first", "1_also", "notes", "x_3"):
        (tmp_path / f"{name}.ipynb").write_text(EMPTY)
    (tmp_path / "3_text.md").write_text("")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    assert [s.name for s in numbered(tmp_path)] == ["1_also", "1_first", "2_second", "10_last"]


def test_what_is_hashed_is_what_runs(tmp_path: Path) -> None:
    data = EMPTY.replace("{}", '{"title": "ü"}').replace(", ", ",\r\n").encode()
    (tmp_path / "1_a.ipynb").write_bytes(data)
    (source,) = numbered(tmp_path)
    (tmp_path / "1_a.ipynb").write_text("changed")
    assert source.text.encode() == data
    assert source.digest() == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}', "nonsense", "\ud800"])
def test_what_is_no_notebook_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "1_a.ipynb").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError, match=r"1_a\.ipynb: this is no Jupyter notebook"):
        numbered(tmp_path)


@pytest.mark.slow
def test_a_folder_without_notebooks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no notebook here is called 1_"):
        numbered(tmp_path)
    with pytest.raises(InputError, match="gone: cannot read the notebooks: No such file"):
        numbered(tmp_path / "gone")


def test_those_that_ask_for_the_answer(tmp_path: Path) -> None:
    def notebook(folder: str, name: str, code: str) -> None:
        (tmp_path / folder).mkdir(exist_ok=True)
        text = EMPTY.replace("[]", json.dumps([{"cell_type": "code", "source": [code]}]))
        (tmp_path / folder / f"{name}.ipynb").write_text(text)

    notebook("kit", "1_drop", "found.drop()")
    notebook("own", "mine", "found.drop()")
    own = [str(tmp_path / "own")]
    # Where none asks, none can be left out.
    assert [s.name for s in answering(all_of(tmp_path / "kit", own))] == ["1_drop", "mine"]
    notebook("kit", "2_answer", "answer = found.answer()")
    assert [s.name for s in answering(all_of(tmp_path / "kit", own))] == ["2_answer", "mine"]
    assert [s.name for s in answering(numbered(notebooks_folder()))] == ["7_the_answer"]
