"""The curves enclose the AUC that is written beside them."""

import dataclasses

import pictured
import pytest
from sklearn.metrics import auc

from investigate import figures
from investigate.finding import Estimate


@pytest.mark.slow
def test_the_area_under_each_curve_is_its_windows_auc() -> None:
    found = pictured.finding("reset", "drop")
    ax = pictured.figure("reset", "roc").axes[0]
    curves = [line for line in ax.lines if len(line.get_xdata()) > 2]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    for window, curve, label in zip(("baseline", "incident"), curves, labels, strict=True):
        value = found.numbers[window].value
        assert auc(curve.get_xdata(), curve.get_ydata()) == pytest.approx(value, abs=0.005)
        assert label.startswith(f"{window}: AUC {value:.3f} [")
    assert curves[0].get_linestyle() != curves[1].get_linestyle()


@pytest.mark.slow
def test_a_window_of_one_class_has_no_curve_and_says_so() -> None:
    found = pictured.finding("reset", "drop")
    nothing = {"false_positive_rate": [0.0, None], "true_positive_rate": [None, None]}
    alone = dataclasses.replace(
        found,
        numbers={**found.numbers, "incident": Estimate(None)},
        detail={**found.detail, "roc": [found.detail["roc"][0], nothing]},
    )
    ax = figures.roc(alone).axes[0]
    assert ax.get_legend().get_texts()[1].get_text() == "incident: no AUC"
    assert len([line for line in ax.lines if len(line.get_xdata()) > 2]) == 1
