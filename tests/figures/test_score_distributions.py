"""The bars are the shares of rows by score, and the overlap is that of the two outcomes."""

import dataclasses
import re

import made
import numpy as np
import pandas as pd
import pictured
import pytest

from investigate import figures


@pytest.mark.slow
def test_histograms_and_overlap_are_those_of_the_rows() -> None:
    log = made.platform(1, rows=8_000, damage="reset")
    figure = pictured.figure("reset", "score_distributions")
    edges = np.array(pictured.finding("reset", "drop").detail["scores"]["edges"])
    now = log["time"] >= pd.Timestamp("2024-02-10", tz="UTC")
    overlaps = []
    for ax, window in zip(figure.axes, (log[~now], log[now]), strict=True):
        shares = []
        for outcome in (0, 1):
            scores = window.loc[window["outcome"] == outcome, "score"].clip(edges[0], edges[-1])
            shares.append(np.histogram(scores, edges)[0] / len(window))
        heights = [np.array(c.get_paths()[0].vertices)[:, 1].max() for c in ax.collections]
        outline = [line.get_ydata().max() for line in ax.lines if len(line.get_ydata())]
        assert sorted(heights + outline)[-1] == pytest.approx(100 * np.max(shares))
        negatives, positives = (share / share.sum() for share in shares)
        overlaps.append(np.minimum(negatives, positives).sum())
    percents = re.findall(r"(\d+)%", pictured.title(figure))
    assert [int(percent) for percent in percents] == [round(100 * overlap) for overlap in overlaps]


@pytest.mark.slow
def test_panels_say_how_many_rows_and_how_many_are_positive() -> None:
    found = pictured.finding("reset", "drop")
    titles = [
        ax.get_title(loc="left") for ax in pictured.figure("reset", "score_distributions").axes
    ]
    for title, row in zip(titles, found.table, strict=True):
        assert title == f"{row['window']}: {row['rows']:,} rows, {row['outcome rate']:.0%} positive"


@pytest.mark.slow
def test_a_window_with_one_outcome_has_no_overlap() -> None:
    found = pictured.finding("reset", "drop")
    scores = found.detail["scores"]
    none = {**scores, "positives": [scores["positives"][0], [0.0] * len(scores["positives"][1])]}
    alone = dataclasses.replace(found, detail={**found.detail, "scores": none})
    assert "one outcome only" in pictured.title(figures.score_distributions(alone))
