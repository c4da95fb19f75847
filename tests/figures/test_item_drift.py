"""Bars of drift are those of the finding's table; without items the claim stands alone."""

import pytest

from investigate.figures import item_drift
from investigate.finding import Finding


def row(item: str, delta: float, discovered: bool, compared: str = "windows") -> dict[str, object]:
    ends = {"low": delta - 0.5, "high": delta + 0.5}
    rest = {"compared": compared, "ets": "C" if discovered else "A", "rows": 1_234}
    return {"item": item, "delta": delta, "discovered": discovered, **ends, **rest}


def test_bars_are_drift_between_the_windows_in_order() -> None:
    rows = (
        row("b", 1.9, True),
        row("a", -2.5, True),
        row("c", 0.3, False),
        row("d", 9.0, True, "incident: s with the others"),
    )
    ax = item_drift(Finding("item_drift", "Two items drifted.", table=rows)).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "c", "b"]
    assert [patch.get_width() for patch in ax.patches] == pytest.approx([-2.5, 0.3, 1.9])
    filled = [patch.get_facecolor()[:3] != (1.0, 1.0, 1.0) for patch in ax.patches]
    assert filled == [True, False, True]
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("1,234") == 3
    assert "ETS class" in texts


def test_without_items_the_claim_stands_alone() -> None:
    claim = "Drift of items cannot be told: no item column is named."
    figure = item_drift(Finding("item_drift", claim))
    shown = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
    assert claim in shown or any(
        claim in text.get_text().replace("\n", " ") for ax in figure.axes for text in ax.texts
    )
