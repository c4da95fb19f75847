import tempfile

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from investigate.finding import MIME
from investigate.records import one_notebook

FOLDER = f"{tempfile.gettempdir()}/ipykernel_4711"


def stream(name: str, text: str) -> NotebookNode:
    return new_output("stream", name=name, text=text)


def stripped(*outputs: NotebookNode) -> list[NotebookNode]:
    notebook = new_notebook(cells=[new_code_cell("x", outputs=list(outputs))])
    one_notebook.strip(notebook)
    return notebook.cells[0].outputs


def test_pieces_of_a_stream_become_one() -> None:
    figure = new_output("display_data", {"text/plain": "figure"})
    printed = [stream("stderr", "a"), stream("stdout", "1")]
    outputs = stripped(*printed, figure, stream("stdout", "2"), stream("stderr", "b"))
    assert [o.get("text", "figure") for o in outputs] == ["12", "ab", "figure"]
    assert stripped(
        stream("stdout", "1"), stream("stderr", "a"), stream("stdout", "2")
    ) == stripped(stream("stderr", "a"), stream("stdout", "1"), stream("stdout", "2"))


def test_a_figure_between_two_streams_stays_there() -> None:
    figure = new_output("display_data", {"text/plain": "figure"})
    outputs = stripped(stream("stderr", "a"), figure, stream("stdout", "1"))
    assert [o.get("text", "figure") for o in outputs] == ["a", "figure", "1"]


def test_process_numbers_leave_paths_of_cells() -> None:
    trace = new_output("error", ename="E", evalue="e", traceback=[f"File {FOLDER}/12.py:1"])
    warning, error = stripped(stream("stderr", f"({FOLDER}/12.py:3: UserWarning: x"), trace)
    assert warning.text == "(12.py:3: UserWarning: x"
    assert error.traceback == ["File 12.py:1"]


def test_addresses_leave_reprs() -> None:
    result = new_output("execute_result", {"text/plain": "[<Line2D at 0x7F0a>]"})
    printed, result = stripped(stream("stdout", "<f at 0x7f01> at 0 at 0x"), result)
    assert printed.text == "<f at 0x…> at 0 at 0x"
    assert result.data["text/plain"] == "[<Line2D at 0x…>]"


def test_a_long_line_is_no_trouble() -> None:
    text = "/x" * 5_000_000
    assert stripped(stream("stdout", text), stream("stdout", text))[0].text == text + text


def test_what_papermill_adds_is_taken_out_and_its_times_returned() -> None:
    times = {"start_time": "2024-01-01T00:00:00+00:00", "end_time": "2024-01-01T00:00:01.5+00:00"}
    code = new_code_cell("x", metadata={"papermill": times, "tags": [], "execution": {"a": "b"}})
    injected = new_code_cell("y", metadata={"tags": ["injected-parameters"], "papermill": {}})
    mark = new_markdown_cell("!", metadata={"tags": ["papermill-error-cell-tag"]})
    notebook = new_notebook(cells=[mark, code, injected], metadata={"papermill": {"a": 1}})
    assert one_notebook.strip(notebook) == (1.5, 0.0)
    assert [cell.source for cell in notebook.cells] == ["x", "y"]
    assert [cell.metadata for cell in notebook.cells] == [{}, {"tags": ["injected-parameters"]}]
    assert notebook.cells[1].id == "injected-parameters"
    assert notebook.metadata == {}


def test_findings_come_in_order_as_plain_values() -> None:
    first = new_output("display_data", {MIME: {"name": "1", "table": [{"x": 1}]}})
    second = new_output("execute_result", {MIME: {"name": "2"}})
    cells = [
        new_code_cell("a", outputs=[first]),
        new_markdown_cell("b"),
        new_code_cell("c", outputs=[stream("stdout", "-"), second]),
    ]
    found = one_notebook.shown_findings(new_notebook(cells=cells))
    assert found == ({"name": "1", "table": [{"x": 1}]}, {"name": "2"})
    assert type(found[0]) is type(found[0]["table"][0]) is dict


def test_a_cell_without_code_needs_no_run() -> None:
    ran = new_code_cell("x", execution_count=1)
    assert not one_notebook.unrun(
        new_notebook(cells=[ran, new_code_cell(" \n"), new_markdown_cell("m")])
    )
    assert one_notebook.unrun(new_notebook(cells=[ran, new_code_cell("y")]))


@pytest.mark.slow
def test_the_mark_goes_into_a_code_cell_alone() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("m"), new_code_cell("x")])
    for position in (0, 1):
        one_notebook.mark(notebook, position, "timed out")
    assert "outputs" not in notebook.cells[0]
    assert [o.evalue for o in notebook.cells[1].outputs] == ["timed out"]


@pytest.mark.parametrize(
    "text", ["Rückfälle/日本.csv", 'a "b" \\ \\n', "two\nlines\t", "\u202eturned", "\udc80", ""]
)
def test_a_parameter_is_written_as_it_reads_and_means_the_same(text: str) -> None:
    written = one_notebook.Readable.codify({"log": text, "columns": {text: [text, 1, None]}})
    names: dict[str, object] = {}
    exec(written, names)
    assert names["log"] == text
    assert names["columns"] == {text: [text, 1, None]}
    assert all(line.isprintable() for line in written.splitlines())
    if text.isprintable() and "\\" not in text and '"' not in text:
        assert f'"{text}"' in written
