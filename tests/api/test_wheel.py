"""With only the wheel, a notebook of ten lines goes from a DataFrame to the verdict."""

import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from wheels import OUTSIDE, ROOT, installed

pytestmark = pytest.mark.slow

TEN_LINES = [
    """\
import investigate
log = investigate.example_log(2_000)
found = investigate.open(log, time="time", outcome="outcome", score="score", system="system",
                         item="exercise", cluster="student", cohorts=["country"],
                         baseline=("2024-01-01", "2024-01-29"),
                         incident=("2024-01-29", "2024-02-12"))
found.verdict()""",
    "found.verdict().plot()",
    "found.where(country='DE').drop()",
    "print(investigate.__file__)",
]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that holds the wheel."""
    return installed(tmp_path_factory.mktemp("wheel"))


def test_ten_lines_go_from_a_frame_to_the_verdict_its_figure_and_a_slice(
    python: Path, tmp_path: Path
) -> None:
    assert sum(len(cell.splitlines()) for cell in TEN_LINES[:3]) <= 10
    notebook = new_notebook(cells=[new_code_cell(source) for source in TEN_LINES])
    nbformat.write(notebook, tmp_path / "first.ipynb")
    command = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    subprocess.run(
        [*command, "first.ipynb"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    cells = nbformat.read(tmp_path / "first.ipynb", as_version=4).cells
    verdict, figure, sliced, place = (cell.outputs[-1] for cell in cells)
    assert "Suspect in rules" in verdict.data["text/html"]
    assert verdict.data["text/plain"].startswith("Suspect in rules")
    assert figure.data["image/png"]
    assert "AUC fell from" in sliced.data["text/html"]
    assert Path(place.text.strip()).is_relative_to(python.parents[1])


def test_the_wheel_alone_makes_a_demo_and_copies_its_notebooks(
    python: Path, tmp_path: Path
) -> None:
    def investigate(*arguments: str) -> str:
        command = [python, "-c", "from investigate.cli import main; main()", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=OUTSIDE, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert investigate("notebooks", "mine").startswith("mine: ")
    kit = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (tmp_path / "mine").glob("*.ipynb")} == kit
    assert "FAILS" not in investigate("doctor")
    assert "answer   Suspect" in investigate("demo")
    (record,) = (tmp_path / "investigate-demo" / "audit" / "demo").glob("*/")
    assert (record / "html" / "7_the_answer.html").is_file()
