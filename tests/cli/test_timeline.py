"""``investigate timeline``: on a terminal, in a pipe, and as a notebook with its page."""

import ast
import json
import os
import re
from io import StringIO
from pathlib import Path

import nbformat
import pytest
from rich.console import Console
from typer.testing import CliRunner
from updates.cases import FIRST, case_folder, stored
from updates.monitored import make

from investigate import cli
from investigate.cli.timeline import NOTEBOOK, timeline_at
from investigate.errors import InputError
from investigate.ledger.append import EntryDraft, append
from investigate.paths import PROJECT, notebooks_folder
from investigate.records.sources import numbered
from investigate.records.workers import Settings
from investigate.updates.story import checked, ledger_line, story

pytestmark = pytest.mark.slow

RUNNER = CliRunner()
SECRET = "hunter2-hunter2"
HOSTILE = "<script>alert(1)</script> x`\" {y} ${HOME} 'z"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook and the page of a monitored case of a hostile name, made twice."""
    folder = tmp_path_factory.mktemp("a case")
    before = Path.cwd()
    os.chdir(folder)
    try:
        name = HOSTILE.replace("/", "")
        case = make(Path("audit") / name)
        append(
            case,
            EntryDraft("alert", None, {}, {"measure": HOSTILE, "stream": f"{HOSTILE}: {SECRET}"}),
        )
        os.environ["MADE_UP_TOKEN"] = SECRET
        for out in ("one", "two"):
            timeline_at(case, Console(file=StringIO()), Path(out))
    finally:
        del os.environ["MADE_UP_TOKEN"]
        os.chdir(before)
    return folder


def test_two_files_and_the_case_as_it_was(pages: Path) -> None:
    assert sorted(p.name for p in (pages / "one").iterdir()) == ["timeline.html", "timeline.ipynb"]
    (case,) = (pages / "audit").iterdir()
    assert [t for t in checked(case).troubles if "entry 4" not in t[0]] == []


def test_the_same_case_the_same_bytes(pages: Path) -> None:
    for name in ("timeline.html", "timeline.ipynb"):
        assert (pages / "one" / name).read_bytes() == (pages / "two" / name).read_bytes()


def test_the_page_tells_all_and_runs_nothing(pages: Path) -> None:
    text = (pages / "one/timeline.html").read_text("utf-8")
    for part in (
        "2 d 6 h",
        "10 d 3 h",
        "10 d 2 h",
        "AUC of all rows was 0.610",
        "AUC of all rows is back",
    ):
        assert part in text, part
    assert "6 of 7 ledger entries verify" in text
    assert "this sign-off is not signed or not complete" in text
    assert text.count("data:image/png;base64,") == 1
    assert "<script" not in text
    links = re.findall(r"""(?:src|href)=["']([^"']+)""", text)
    assert [link for link in links if not link.startswith(("data:", "#", "timeline.html"))] == []


def test_secrets_stay_out_of_both(pages: Path) -> None:
    for path in (pages / "one").iterdir():
        assert SECRET not in path.read_text("utf-8")
        assert "MADE_UP_TOKEN" in path.read_text("utf-8")


def test_the_executed_notebook_has_a_row_a_moment(pages: Path) -> None:
    (case,) = (pages / "audit").iterdir()
    notebook = nbformat.read(pages / "one/timeline.ipynb", as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    (shown,) = cells["moments"].outputs
    assert shown.data["text/html"].count("<tr>") == 1 + len(story(case).rows) == 10
    (figure,) = cells["figure"].outputs
    assert set(figure.data) == {"image/png", "text/plain"}


def test_the_notebook_keeps_the_rules() -> None:
    path = PROJECT / "notebooks" / NOTEBOOK
    text = path.read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert text == nbformat.writes(notebook) + "\n"
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "investigate"
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert prose[0].splitlines()[0].endswith("?")
    assert not any(re.search(r"\d", cell) or len(cell.split()) > 110 for cell in prose)
    tagged = [c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    assert tagged == ['case = "audit/demo"']
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert len(cell.source.splitlines()) <= 8
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, ast.FunctionDef | ast.Lambda | ast.Import)
                if isinstance(node, ast.ImportFrom):
                    assert str(node.module).startswith("investigate.")


def test_a_run_does_not_take_it() -> None:
    names = [source.path for source in numbered(notebooks_folder())]
    assert notebooks_folder() / NOTEBOOK not in names
    assert (notebooks_folder() / NOTEBOOK).is_file()


def test_a_pipe_gets_plain_lines_that_are_whole(case: Path) -> None:
    done = RUNNER.invoke(cli.app, ["timeline", str(case)], env={"COLUMNS": "40"})
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "checkout-score: 3 moments, times in UTC"
    assert lines[1].split() == ["time", "kind", "what", "record"]
    assert lines[4].split("  ")[:3] == [
        "2024-02-22 08:16 UTC",
        "finding",
        "AUC fell from 0.834 to 0.675; the evidence points to: the values of a system lost their "
        "meaning (system calibration)",
    ]
    assert lines[4].endswith(f"  {FIRST}")
    assert [line.split("  ")[0] for line in lines[6:9]] == [
        "time to detect", "time to first update", "time to cause",
    ]  # fmt: skip
    assert "12 d 8 h" in lines[6]
    assert "not known" in lines[7]
    assert lines[9] == "1 of 1 ledger entries verify"


def test_a_terminal_gets_tables_in_which_nothing_is_lost(case: Path) -> None:
    shown = Console(file=StringIO(), width=60, force_terminal=True, no_color=True)
    timeline_at(case, shown)
    assert isinstance(shown.file, StringIO)
    text = shown.file.getvalue()
    assert "…" not in text
    finding = "AUC fell from 0.834 to 0.675; the evidence points to: the values of a system lost"
    assert set(finding.split()) <= set(text.split())


def test_a_terminal_gets_no_secret_and_no_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_folder(tmp_path / "c")
    body = {"measure": "auc", "stream": f"\x1b[31mowner\u202e: {SECRET}"}
    append(case, EntryDraft("alert", None, {}, body))
    monkeypatch.setenv("MADE_UP_TOKEN", SECRET)
    done = RUNNER.invoke(cli.app, ["timeline", str(case)])
    assert done.exit_code == 0
    assert SECRET not in done.stdout
    assert "${MADE_UP_TOKEN}" in done.stdout
    assert all(line.isprintable() for line in done.stdout.splitlines())


@pytest.mark.parametrize("more", [[], ["--out", "out"]])
def test_what_is_no_case_or_was_altered_is_one_line(case: Path, more: list[str]) -> None:
    empty = case.parent / "empty"
    empty.mkdir()
    for path, message in (
        (empty, "there is no record, no case"),
        (case.parent / "gone", "gone: cannot read it"),
        (case / FIRST, "this is a record; name its case"),
    ):
        done = RUNNER.invoke(cli.app, ["timeline", str(path), *more])
        assert (done.exit_code, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
        assert message in done.stderr
    (case / FIRST / "findings.json").write_text(json.dumps(stored("no_drop")))
    done = RUNNER.invoke(cli.app, ["timeline", str(case), *more])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "findings.json: altered" in done.stderr
    assert not Path("out").exists()


def test_a_case_is_no_place_for_pages(case: Path) -> None:
    (case.parent / "link").symlink_to(case)
    for out in (case, case / "pages", case / "updates" / "x", case.parent / "link" / "x"):
        with pytest.raises(InputError, match="it lies in a case"):
            timeline_at(case, Console(file=StringIO()), out)
    assert checked(case).troubles == ()


def test_a_notebook_that_runs_out_of_time_leaves_nothing(case: Path) -> None:
    from investigate.errors import RunError

    with pytest.raises(RunError, match="timed out"):
        timeline_at(case, Console(file=StringIO()), Path("out"), settings=Settings(timeout=0.01))
    assert not Path("out").exists()


def test_lines_that_are_no_entries_do_not_verify(case: Path) -> None:
    with (case / "ledger.jsonl").open("a") as file:
        file.write("nonsense\n")
    found = checked(case)
    assert (found.entries, found.verified) == (2, 1)
    assert ledger_line(found).startswith("1 of 2 ledger entries verify; wrong: ledger.jsonl line 2")


def test_a_case_of_which_little_is_known(tmp_path: Path) -> None:
    case = case_folder(tmp_path / "c")
    append(case, EntryDraft("verification", None, {}, {}))
    shown = story(case)
    assert (shown.rows, shown.stretches, shown.claim) == ((), (), "c: nothing is known")
    append(case, EntryDraft("alert", None, {}, {}))
    assert story(case).title == "c: 1 moment"
    assert story(case).claim == "c: how long things took is not known"
