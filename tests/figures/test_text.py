"""Names come from logs: whatever they hold, they are drawn as they read, on one line."""

import matplotlib.font_manager
import pictured
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure

from investigate.figures import text
from investigate.figures.style import drawing, sentence
from investigate.figures.text import MISSING, MOST_LINES, fit, name, safe, shortened


@pytest.mark.slow
@given(st.text())
def test_no_text_is_mathtext_or_more_than_a_line(raw: str) -> None:
    shown = safe(raw)
    assert not is_math_text(shown)
    assert shown.isprintable()
    assert len(shown.replace(r"\$", "$")) == len(" ".join(raw.split()).replace(r"\$", "$"))


def test_dollars_stay_and_missing_glyphs_are_marked() -> None:
    chart = sentence("$x^{ costs $5, a \\$ too")
    assert [line.text for line in pictured.written(chart)] == ["$x^{ costs $5, a \\$ too"]
    assert safe("Größe → 3") == "Größe → 3"
    assert safe("a\x00b") == f"a{MISSING}b"


def test_a_font_of_the_machine_helps_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "ELSEWHERE", ("DejaVu Serif", "no such font"))
    text.families.cache_clear()
    assert "DejaVu Serif" in matplotlib.font_manager.get_font_names()
    assert text.families() == ["DejaVu Sans", "DejaVu Serif"]
    monkeypatch.undo()
    text.families.cache_clear()


@given(st.text(), st.integers(4, 60))
def test_a_shortened_name_keeps_its_ends(raw: str, longest: int) -> None:
    line, short = " ".join(raw.split()), shortened(raw, longest)
    assert len(short) <= max(longest, 0)
    if len(line) <= longest:
        assert short == line
    else:
        head, _, tail = short.partition("…")
        assert line.startswith(head)
        assert line.endswith(short[len(head) + 1 :])
        assert tail or not line[-(longest // 3) :].strip()


def test_names_that_differ_at_the_end_stay_apart() -> None:
    start = "a prefix that all of the names have in common, "
    assert name(f"{start}1") != name(f"{start}2")


@pytest.mark.parametrize("line", ["word " * 200, "x" * 700, "$ " * 300, "short"])
def test_a_title_fits_the_page(line: str) -> None:
    figure = Figure(dpi=100)
    written = figure.text(0, 0, "")
    fit(written, line, 400)
    lines = written.get_text().split("\n")
    assert written.get_window_extent().width <= 400
    assert len(lines) <= MOST_LINES
    assert ("…" in lines[-1]) == (line != "short")


@pytest.mark.parametrize(
    ("claim", "title"),
    [
        ("AUC fell.", "AUC fell."),
        (
            f"AUC fell: by {'much ' * 13}still; and {'more ' * 30}",
            f"AUC fell: by {'much ' * 13}still",
        ),
        (f"AUC fell: by {'much ' * 60}; and more", "AUC fell"),
        ("much " * 60, "… at the end"),
    ],
)
def test_a_title_leaves_out_its_last_clauses(claim: str, title: str) -> None:
    with drawing(claim, 2.0) as figure:
        written = figure.get_suptitle()
    assert written.count("\n") <= 1
    if title == "… at the end":
        assert written.endswith(" …")
    else:
        assert " ".join(written.split()) == title
