"""Lines of lost rows are the finding's days, and a dotted line is where a group began to lose."""

import numpy as np
import pandas as pd
from matplotlib.dates import date2num

from investigate.figures import join_loss
from investigate.finding import Finding

DAYS = pd.date_range("2024-02-01", periods=6).strftime("%Y-%m-%d").tolist()


def lost(group: str, shares: list[float]) -> list[dict[str, object]]:
    return [
        {"group": group, "start": day, "rows": 100, "lost": round(100 * share), "share": share}
        for day, share in zip(DAYS, shares, strict=True)
    ]


def test_lines_are_the_days_of_all_rows_and_of_the_groups_that_fail() -> None:
    shares = [0.1, 0.1, 0.1, 0.9, 0.8, 0.9]
    days = [*lost("all", [0.1] * 6), *lost("country FR", shares)]
    groups = ({"group": "all", "since": None}, {"group": "country FR", "since": DAYS[3]})
    (ax,) = join_loss(Finding("join loss", "Lost.", table=groups, detail={"days": days})).axes
    all_rows, group, since = ax.lines
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["all rows", "country FR"]
    assert np.allclose(np.asarray(all_rows.get_ydata(), float), 0.1)
    assert np.asarray(group.get_ydata(), float).tolist() == shares
    assert since.get_xdata()[0] == date2num(pd.Timestamp(DAYS[3]))
    assert ax.get_ylim()[1] >= 0.9


def test_without_a_join_the_claim_stands_alone() -> None:
    figure = join_loss(Finding("join loss", "The question joins no table of outcomes."))
    assert figure.axes == []
    assert "joins no table" in figure.get_suptitle()


def test_a_name_that_begins_with_an_underscore_is_in_the_legend() -> None:
    days = [*lost("all", [0.1] * 6), *lost("_eu $x$", [0.9] * 6)]
    (ax,) = join_loss(Finding("join loss", "Lost.", detail={"days": days})).axes
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["all rows", r"_eu \$x\$"]
