"""Copies of the kit's notebooks, and a new one, which joins a run."""

from pathlib import Path

import nbformat
import pytest
from placed import ANSWER, make_place

from investigate.errors import InputError
from investigate.paths import notebooks_folder
from investigate.workplace.own_notebooks import copy, scaffold


def test_the_kits_notebooks_are_copied_as_they_are(tmp_path: Path) -> None:
    copied = copy(tmp_path / "mine")
    assert [path.name for path in copied] == sorted(
        path.name for path in notebooks_folder().glob("*.ipynb")
    )
    for path in copied:
        assert path.read_bytes() == (notebooks_folder() / path.name).read_bytes()
    copied[3].write_text("changed", encoding="utf-8")
    for other in (path for path in copied if path != copied[3]):
        other.unlink()
    with pytest.raises(InputError, match=r"4_.*\.ipynb: it is there already; name another folder"):
        copy(tmp_path / "mine")
    assert [path.read_text("utf-8") for path in (tmp_path / "mine").iterdir()] == ["changed"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="file: cannot write it: Not a directory"):
        copy(tmp_path / "file")
    with pytest.raises(InputError, match="file: cannot write it: Not a directory"):
        scaffold(tmp_path / "file" / "mine")


def test_a_new_notebook_is_never_written_over(tmp_path: Path) -> None:
    made = scaffold(tmp_path / "my" / "why_us")
    assert made == tmp_path / "my" / "why_us.ipynb"
    nbformat.validate(nbformat.read(made, as_version=4))
    with pytest.raises(InputError, match="it is there already; name another"):
        scaffold(made)
    with pytest.raises(InputError, match="new-notebook: a notebook needs a name, such as my_view"):
        scaffold(Path())


@pytest.mark.slow
def test_a_new_notebook_joins_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = make_place(tmp_path)
    place.notebooks(_1_answer=[ANSWER])
    scaffold(Path("my/why_us"))
    record = place.run("notebooks=[my/why_us.ipynb]").record
    done = nbformat.read(record / "notebooks" / "why_us.ipynb", as_version=4)
    outputs = {cell.id: cell.outputs for cell in done.cells if cell.cell_type == "code"}
    assert all(outputs[name] for name in ("ask", "plot", "split", "counts", "record"))
