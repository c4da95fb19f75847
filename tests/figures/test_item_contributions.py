"""Bars of items are the parts and the drift of the finding's table, in its order."""

import pytest

from investigate.figures import item_contributions
from investigate.finding import Finding


def row(item: str, part: float | None, sure: bool, delta: float | None = -1.7) -> dict[str, object]:
    ends = {"low": None, "high": None} if part is None else {"low": part - 1, "high": part + 1}
    drift = None if delta is None else delta - 0.4, None if delta is None else delta + 0.4
    return {
        "item": item, "contribution": part or 0.5, **ends, "discovered": sure, "common": 0.0,
        "delta": delta, "delta_low": drift[0], "delta_high": drift[1], "drifted": sure,
        "ets": None if delta is None else "C", "rows_incident": 1_234,
    }  # fmt: skip


def test_bars_are_the_parts_and_the_drift_and_what_is_not_listed_has_none() -> None:
    rows = (row("a", -3.0, True), row("b", 2.0, False, None), row("(other)", None, False))
    left, right = item_contributions(Finding("items", "One item.", table=rows)).axes[:2]
    assert [patch.get_width() for patch in left.patches] == pytest.approx([-3.0, 2.0])
    assert [label.get_text() for label in left.get_yticklabels()] == ["a", "b"]
    assert [patch.get_width() for patch in right.patches] == pytest.approx([-1.7])
    filled = [patch.get_facecolor()[:3] != (1.0, 1.0, 1.0) for patch in left.patches]
    assert filled == [True, False]


def test_without_items_the_claim_stands_alone() -> None:
    claim = "What single items contribute cannot be told: no item column is named."
    figure = item_contributions(Finding("items", claim))
    texts = [*figure.texts, *(text for ax in figure.axes for text in ax.texts)]
    assert claim in " ".join(text.get_text().replace("\n", " ") for text in texts)
