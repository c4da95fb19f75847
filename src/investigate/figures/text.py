"""Text of figures: names come from logs, so they may hold anything and be of any length."""

import re
import textwrap
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font, get_font_names
from matplotlib.text import Text

LONGEST_NAME = 30
MOST_LINES, TITLE_LINES = 4, 2
PLACEHOLDER = " …"
NARROWEST = 8
MISSING = "□"

ELSEWHERE = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Hiragino Sans",
    "Yu Gothic",
    "Arial Unicode MS",
)
"""Fonts that hold what the first lacks, on machines that have them."""


def safe(text: str) -> str:
    """`text` on one line as it reads: no mathtext, no control characters, no missing glyph."""
    return _escaped(_drawable(text))


def shortened(text: str, longest: int = LONGEST_NAME) -> str:
    """`text` on one line; a long one keeps its beginning and its end, where names differ."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    tail = longest // 3
    return f"{line[: longest - tail - 1].rstrip()}…{line[-tail:].lstrip()}"


def name(text: str, longest: int = LONGEST_NAME) -> str:
    """A group's name as figures write it."""
    return safe(shortened(text, longest))


def fit(text: Text, line: str, width: float, lines: int = MOST_LINES) -> None:
    """Write `line` into `text`, wrapped to `width` pixels and cut after so many lines."""
    line = _drawable(line)
    characters = max(len(line), NARROWEST)
    while True:
        wrapped = textwrap.wrap(
            line, characters, max_lines=lines, placeholder=PLACEHOLDER, break_on_hyphens=False
        )
        text.set_text(_escaped("\n".join(wrapped)))
        taken = text.get_window_extent().width
        if taken <= width or characters == NARROWEST:
            return
        characters = max(min(characters - 1, int(characters * width / taken) + 2), NARROWEST)


def fit_title(text: Text, claim: str, width: float, lines: int = TITLE_LINES) -> None:
    """Write as much of `claim` into `text` as so many lines hold, whole clauses if it can be.

    What is left out last is what comes first: clauses after a semicolon or a full stop, then those
    after a colon. A page has the whole claim.
    """
    drawable = _drawable(claim)
    for mark in (r"(?<=[;.]) ", r"(?<=[;.:]) "):
        clauses = re.split(mark, drawable)
        for kept in range(len(clauses), 0, -1):
            fit(text, " ".join(clauses[:kept]).rstrip(";:"), width, lines)
            if not text.get_text().endswith(PLACEHOLDER):
                return


def _drawable(text: str) -> str:
    known = _glyphs()
    line = " ".join(text.split())
    return "".join(c if c.isprintable() and ord(c) in known else MISSING for c in line)


def _escaped(text: str) -> str:
    return text.replace("$", r"\$")


@cache
def families() -> list[str]:
    """The fonts to draw with: one that comes with matplotlib, then what is installed."""
    installed = set(get_font_names())
    return ["DejaVu Sans", *(family for family in ELSEWHERE if family in installed)]


@cache
def _glyphs() -> frozenset[int]:
    fonts = [get_font(findfont(FontProperties(family=[family]))) for family in families()]
    return frozenset().union(*(font.get_charmap() for font in fonts))
