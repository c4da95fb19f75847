"""Suspects in the finding's order, against what was lost."""

import dataclasses

import pictured
import pytest
from matplotlib.colors import to_hex

from investigate import figures


@pytest.mark.slow
def test_bars_are_the_suspects_in_their_order() -> None:
    found = pictured.finding("reset", "answer")
    ax = pictured.figure("reset", "suspects").axes[0]
    assert [patch.get_width() for patch in ax.patches] == pytest.approx(
        [row["points"] for row in found.table]
    )
    looks = [to_hex(patch.get_facecolor()) for patch in ax.patches]
    filled = [look != "#ffffff" for look in looks[:-1]]
    assert filled == [row["stands"] for row in found.table[:-1]]
    assert looks[-1] not in looks[:-1]  # what is left is no suspect
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "system fault\ncalibration"
    assert labels[-1] == "unexplained"


@pytest.mark.slow
def test_what_was_lost_is_marked_and_lies_within_the_scale() -> None:
    found = pictured.finding("reset", "answer")
    lost = -found.numbers["change"].value
    ax = pictured.figure("reset", "suspects").axes[0]
    assert any(list(line.get_xdata()) == [lost, lost] for line in ax.lines)
    small = [{**row, "points": 0.001, "low": 0.0, "high": 0.002} for row in found.table]
    ax = figures.suspects(dataclasses.replace(found, table=tuple(small))).axes[0]
    assert ax.get_xlim()[1] > lost


@pytest.mark.slow
def test_the_verdict_alone_gives_the_same_picture() -> None:
    answered, named = (pictured.finding("reset", name) for name in ("answer", "verdict"))
    assert "change" not in named.numbers
    assert figures.suspects(named)._repr_png_() == figures.suspects(answered)._repr_png_()
