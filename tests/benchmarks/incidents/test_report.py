"""Tables in a document and on a terminal."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.incidents.report import fill, fits, show
from benchmarks.incidents.sheet import Sheet, share
from investigate.errors import InputError

SHEET = Sheet("Things", ("thing", "how many"), (("a", "1"), ("**all**", r"\1")))
TABLE = "### Things\n\n| thing | how many |\n| --- | ---: |\n| a | 1 |\n| **all** | \\1 |\n"


def test_shares() -> None:
    assert share(2, 3) == "2/3 (67%)"
    assert share(0, 0) == "–"


@pytest.mark.parametrize("before", ["", "what stood there\n"])
def test_the_block_is_replaced_and_all_else_stays(tmp_path: Path, before: str) -> None:
    document = tmp_path / "kept.md"
    document.write_text(
        f"# Top\n<!-- a -->\n{before}<!-- /a -->\n<!-- b -->\nB\n<!-- /b -->\nend", "utf-8"
    )
    expected = (
        f"# Top\n<!-- a -->\n\n    do it\n\n{TABLE}\n<!-- /a -->\n<!-- b -->\nB\n<!-- /b -->\nend"
    )
    for _ in range(2):
        fill(document, "a", "do it", [SHEET])
        assert document.read_text("utf-8") == expected


@pytest.mark.parametrize("text", [None, "", "<!-- a -->\n", "<!-- a -->\n<!-- /a -->\n" * 2])
def test_a_document_without_a_place_is_refused(tmp_path: Path, text: str | None) -> None:
    document = tmp_path / "kept.md"
    if text is not None:
        document.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"kept\.md: "):
        fits(document, "a")


def test_a_pipe_gets_markdown_and_a_terminal_a_table() -> None:
    pipe, terminal = io.StringIO(), io.StringIO()
    show([SHEET], Console(file=pipe, width=20))
    assert pipe.getvalue() == TABLE + "\n"
    show([SHEET], Console(file=terminal, force_terminal=True, width=80))
    assert "how many" in terminal.getvalue()
    assert "**" not in terminal.getvalue()
