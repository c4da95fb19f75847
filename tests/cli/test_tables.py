"""Tables lose nothing, on a narrow terminal and in a pipe."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from investigate.cli.tables import print_table

ROWS = [["demo-2024-02-08", "high", "x" * 70], ["[red]b[/red]", "", "\x1b[31m\u202e"]]


def printed(rows: list[list[str]], *, terminal: bool, width: int = 30) -> str:
    console = Console(file=StringIO(), width=width, force_terminal=terminal, no_color=True)
    print_table(console, ("case", "severity", "why"), rows)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_pipe_gets_columns_as_wide_as_what_they_hold() -> None:
    heading, first, second = printed(ROWS, terminal=False).splitlines()
    assert heading == "case             severity  why"
    assert first == f"demo-2024-02-08  high      {'x' * 70}"
    assert second.split() == [
        "[red]b[/red]",
        "\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}",
    ]


def test_a_narrow_terminal_gets_all_of_it() -> None:
    text = printed(ROWS, terminal=True)
    assert text.count("x") == 70
    assert "…" not in text
    assert "\u202e" not in text


def test_nothing_is_printed_of_nothing() -> None:
    assert printed([], terminal=False) == printed([], terminal=True) == ""


@pytest.mark.slow
@given(st.lists(st.lists(st.text(max_size=20), min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_row_is_a_line_in_a_pipe(rows: list[list[str]]) -> None:
    lines = printed(rows, terminal=False).split("\n")
    assert len(lines) == len(rows) + 2
    assert all(line.isprintable() for line in lines)
