"""What notebooks share is computed once for all of them, and is what each would compute alone."""

import json
from multiprocessing import get_context
from typing import Any

import nbformat
import pytest
from kept import kept_counts as kept_counts
from placed import Place

from investigate.paths import notebooks_folder
from investigate.records.beside import Computing
from investigate.records.sharing import shared

pytestmark = pytest.mark.slow

OPEN = """\
from investigate import analyses
from investigate.notebook import open_question, show
question, counts = open_question(globals())
known = {key[0].rpartition(".")[2]: id(value) for key, value in counts.memory.items()}
print(id(counts), known.get("verdict"), known.get("onset"), known.get("item_drift"))"""
ASK = "show(analyses.verdict(counts, question))"
SAME = "print(id(analyses.verdict(counts, question)))"
ANSWER = "show(analyses.answer(counts, question))"
ALONE = "show(analyses.item_drift(counts, question))"


def lines(place: Place, record: Any, name: str) -> list[list[str]]:
    """What each cell of an executed notebook printed, in words."""
    path = record / "notebooks" / f"{name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    outputs = [out for cell in cells if cell.cell_type == "code" for out in cell.outputs]
    return [out.text.split() for out in outputs if out.output_type == "stream"]


def test_a_verdict_is_computed_once_in_a_run(place: Place) -> None:
    place.notebooks(_1_ask=[OPEN, SAME, ASK, ALONE], _2_answer=[OPEN, SAME, ANSWER])
    forked = place.run()
    (first, again), (second, once_more) = (
        lines(place, forked.record, name) for name in ("1_ask", "2_answer")
    )
    # Forks find the parent's objects where the parent made them.
    assert first == second
    assert again == once_more == [first[1]]
    assert "None" not in first[:3]
    # What one notebook alone asks for is left to it.
    assert first[3] == "None"


def test_what_takes_long_is_computed_beside_notebooks_that_do_not_need_it(place: Place) -> None:
    place.notebooks(_1_ask=[OPEN, ASK], _2_answer=[OPEN, ANSWER], _3_other=["print(1)"])
    forked, plain = place.run(jobs=2), place.run(forked=False)
    first, second = (lines(place, forked.record, name)[0] for name in ("1_ask", "2_answer"))
    # Both find the objects that their parent took over, and the counts that it has read.
    assert first == second
    assert "None" not in first[:3]
    # Kernels that share nothing find the same.
    assert lines(place, plain.record, "2_answer")[0][1:] == ["None"] * 3
    assert json.dumps(forked.findings, sort_keys=True) == json.dumps(plain.findings, sort_keys=True)


def test_what_cannot_be_computed_beside_is_left_to_the_notebooks() -> None:
    taken: list[bytes] = []

    def fails() -> bytes:
        raise ValueError("no")

    fork = get_context("fork")
    for compute in (fails, lambda: b"told"):
        Computing(compute, taken.append, 60.0, fork).finish()
    assert taken == [b"told"]


def test_notebooks_that_ask_for_nothing_have_nothing_computed() -> None:
    assert shared(["print(1)", "analyses.drop(counts, question)"]) == []
    # An answer alone needs much, but shares it with no other notebook.
    assert shared(["analyses.answer(counts, question)"]) == []
    assert shared([ANSWER, ASK]) == ["onset", "signal", "account", "verdict"]


def test_the_notebooks_of_the_kit_share_the_verdict_and_what_is_behind_it() -> None:
    sources = [path.read_text("utf-8") for path in sorted(notebooks_folder().glob("*.ipynb"))]
    assert len(sources) > 5
    assert {"onset", "contributions", "account", "verdict"} <= set(shared(sources))
