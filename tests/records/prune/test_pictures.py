import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from investigate.records.prune.pictures import without_pictures


def text(*outputs: nbformat.NotebookNode) -> str:
    cells = [new_markdown_cell("# A", id="a"), new_code_cell("1", id="b", outputs=list(outputs))]
    return nbformat.writes(new_notebook(cells=cells)) + "\n"


def test_pictures_go_and_all_else_stays() -> None:
    table = new_output("display_data", {"text/html": "<b>1</b>", "text/plain": "1"})
    printed = new_output("stream", name="stdout", text="said\n")
    drawn = new_output("display_data", {"image/png": "AAAA", "text/plain": "<Figure>"})
    bare = new_output("execute_result", {"image/svg+xml": "<svg/>"}, execution_count=1)
    after = nbformat.reads(without_pictures(text(table, printed, drawn, bare)), as_version=4)
    outputs = after.cells[1].outputs
    assert outputs[:2] == [table, printed]
    assert outputs[2].data == {"text/plain": "<Figure>"}
    assert outputs[3].data == {"text/plain": "(a picture that was pruned)"}
    assert after.cells[1].source == "1"


def test_a_notebook_without_any_keeps_its_bytes() -> None:
    before = text(new_output("display_data", {"text/plain": "1"})).replace("\n", "\n ", 1)
    assert without_pictures(before) == before
