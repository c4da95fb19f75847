import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.scorecard import scorecard
from investigate.figures.reliability_diagram import reliability_diagram


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return made.platform(12, rows=5_000, damage="labels")


@pytest.mark.slow
def test_both_windows_are_drawn_where_the_finding_puts_them(log: pd.DataFrame) -> None:
    finding = scorecard(plain.count(log, made.question(), bins=300), made.question())
    figure = reliability_diagram(finding)
    above, below = figure.axes
    for w, line in enumerate(above.lines[:2]):
        curve = finding.detail["curves"][w]
        assert np.asarray(line.get_xdata()).tolist() == [point["score"] for point in curve]
        assert np.asarray(line.get_ydata()).tolist() == [point["rate"] for point in curve]
        share = np.asarray(below.lines[w].get_ydata())
        assert share.sum() == pytest.approx(100)
    assert np.asarray(above.lines[2].get_ydata()).tolist() == [0, 1]
    assert [text.get_text() for text in above.get_legend().get_texts()] == ["baseline", "incident"]


@pytest.mark.slow
def test_scores_that_are_no_probabilities_have_no_line_to_lie_on(log: pd.DataFrame) -> None:
    far = log.assign(score=log["score"] * 50)
    finding = scorecard(plain.count(far, made.question(), bins=300), made.question())
    above, below = reliability_diagram(finding).axes
    assert len(above.lines) == 2
    assert "no probability" in below.get_xlabel()
