"""One notebook run outside a record: two files or none, without secrets."""

from pathlib import Path

import nbformat
import pytest

from investigate.errors import InputError, RunError
from investigate.records.alone import run_alone
from investigate.records.workers import Settings

pytestmark = pytest.mark.slow

SECRET = "hunter2-hunter2"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def notebook(folder: Path, *cells: str) -> Path:
    first = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]})
    more = [nbformat.v4.new_code_cell(cell) for cell in cells]
    path = folder / "it.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[first, *more]), path)
    return path


def left(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


def test_an_executed_notebook_and_its_page(here: Path) -> None:
    made = run_alone(
        notebook(here, "import os; print(x * 2, os.getcwd())"), {"x": 21}, here / "a b" / "out"
    )
    assert made == (here / "a b/out/it.ipynb", here / "a b/out/it.html")
    assert left(here / "a b") == ["out", "out/it.html", "out/it.ipynb"]
    (printed,) = nbformat.read(made[0], as_version=4).cells[2].outputs
    assert printed.text == f"42 {here}\n"
    page = made[1].read_text("utf-8")
    assert f"42 {here}" in page
    assert "Content-Security-Policy" in page
    assert 'href="' not in page.replace('href="data:,"', "").replace('href="#"', "").replace(
        'href="it.html"', ""
    )


def test_secrets_stay_out(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", SECRET)
    made = run_alone(notebook(here, "print(x)"), {"x": f"a {SECRET} b"}, here / "out")
    for path in made:
        assert SECRET not in path.read_text("utf-8")
        assert "${SOME_TOKEN}" in path.read_text("utf-8")


def test_a_secret_that_cannot_be_taken_out_leaves_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_TOKEN", SECRET)
    cell = f"print('{SECRET[:5]}\\n{SECRET[5:]}')"
    with pytest.raises(RunError, match="SOME_TOKEN"):
        run_alone(notebook(here, cell), {}, here / "out")
    assert left(here) == ["it.ipynb"]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("1 / 0", "it.ipynb, cell 2: ZeroDivisionError: division by zero"),
        ("import os; os._exit(9)", "it.ipynb"),
        ("raise SystemExit", "it.ipynb"),
    ],
)
def test_a_notebook_that_fails_leaves_nothing(here: Path, cell: str, message: str) -> None:
    with pytest.raises(RunError, match=message):
        run_alone(notebook(here, cell, "1"), {}, here / "new" / "out")
    assert left(here) == ["it.ipynb"]


def test_a_notebook_has_its_time(here: Path) -> None:
    with pytest.raises(RunError, match=r"timed out after 0\.2 s"):
        run_alone(
            notebook(here, "while True: pass"), {}, here / "out", settings=Settings(timeout=0.2)
        )
    assert left(here) == ["it.ipynb"]


@pytest.mark.parametrize("there", ["it.ipynb", "it.html"])
def test_a_file_that_is_there_is_refused_before_anything_runs(here: Path, there: str) -> None:
    (here / "out").mkdir()
    (here / "out" / there).symlink_to("nowhere")
    cell = "import pathlib; pathlib.Path('ran').touch()"
    with pytest.raises(InputError, match=f"{there}: it is there already"):
        run_alone(notebook(here, cell), {}, here / "out")
    assert not (here / "ran").exists()
    assert left(here / "out") == [there]


def test_one_that_came_while_it_ran_is_kept_and_nothing_else_written(here: Path) -> None:
    (here / "out").mkdir()
    cell = "import pathlib; pathlib.Path('out/it.html').write_text('other')"
    with pytest.raises(InputError, match="it is there already"):
        run_alone(notebook(here, cell), {}, here / "out")
    assert left(here / "out") == ["it.html"]
    assert (here / "out/it.html").read_text() == "other"


def test_what_is_no_folder_is_refused(here: Path) -> None:
    (here / "file").touch()
    with pytest.raises(InputError, match="file: it is no folder"):
        run_alone(notebook(here, "1"), {}, here / "file")
    with pytest.raises(InputError, match="cannot read the notebook"):
        run_alone(here / "gone.ipynb", {}, here / "out")


def test_a_folder_below_a_file_is_told_and_leaves_nothing(here: Path) -> None:
    (here / "file").touch()
    with pytest.raises((InputError, RunError), match="file"):
        run_alone(notebook(here, "1"), {}, here / "file" / "out")
    assert left(here) == ["file", "it.ipynb"]
