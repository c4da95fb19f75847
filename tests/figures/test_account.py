"""The waterfall: its steps end where AUC of the incident begins, and say what they are."""

import pytest

from investigate.figures.account import account
from investigate.finding import Estimate, Finding

ROWS = (
    {
        "part": "score_spread",
        "where": "country DE",
        "points": 0.1,
        "low": 0.08,
        "high": 0.12,
        "either": False,
    },
    {
        "part": "outcome_fault",
        "where": "channel " + "x" * 80,
        "points": 0.06,
        "low": 0.04,
        "high": 0.08,
        "either": True,
    },
    {"part": "unexplained", "where": "everywhere", "points": -0.01, "low": None, "high": None,
     "either": False},
)  # fmt: skip
FOUND = Finding(
    name="account",
    claim="Of the 0.150 lost: the rest.",
    numbers={"baseline": Estimate(0.8), "incident": Estimate(0.65)},
    table=ROWS,
)


def test_the_steps_lead_from_baseline_to_incident() -> None:
    ax = account(FOUND).axes[0]
    bars = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in ax.patches]
    before, now, *steps = bars
    assert before == pytest.approx((0.5, 0.8))
    assert now == pytest.approx((0.5, 0.65))
    level = before[1]
    for (start, end), row in zip(steps, ROWS, strict=True):
        assert start == pytest.approx(level)
        level = end
        assert start - end == pytest.approx(row["points"])
    assert level == pytest.approx(now[1])


def test_bars_of_a_small_change_begin_near_it_and_say_where() -> None:
    row = {**ROWS[0], "points": 0.01, "low": 0.009, "high": 0.012}
    ends = {"baseline": Estimate(0.97), "incident": Estimate(0.96)}
    ax = account(Finding(name="account", claim="A claim.", numbers=ends, table=(row,))).axes[0]
    before = ax.patches[0]
    assert before.get_x() == pytest.approx(0.94)
    assert before.get_x() + before.get_width() == pytest.approx(0.97)
    assert "bars begin at 0.94;" in ax.get_xlabel()
    assert "bars begin" not in account(FOUND).axes[0].get_xlabel()


def test_labels_are_plain_words_with_their_place() -> None:
    figure = account(FOUND)
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels[0] == "AUC of the baseline"
    assert "country DE" in labels[1]
    assert "labels or other rows" in labels[2]
    assert labels[3] == "not explained"
    assert all(len(line) <= 44 for label in labels for line in label.split("\n"))
    width = figure.bbox.width
    assert figure.axes[0].bbox.width > width / 3


def test_without_an_area_there_is_a_sentence() -> None:
    empty = Finding(name="account", claim="No AUC.", numbers={
        "baseline": Estimate(None), "incident": Estimate(0.5)})  # fmt: skip
    assert not account(empty).axes
