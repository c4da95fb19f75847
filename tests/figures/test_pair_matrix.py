"""Cells are the pairs, coloured around zero, and the bars hold every pair."""

import dataclasses

import numpy as np
import pictured
import pytest
from matplotlib.axes import Axes

from investigate import figures


def cells(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


@pytest.mark.slow
def test_every_pair_has_its_cell() -> None:
    found = pictured.DRAWN["pair_matrix"]("reset")
    matrix, _ = pictured.figure("reset", "pair_matrix").axes
    for row, text in zip(found.table, cells(matrix), strict=True):
        moved, areas = text.split("\n")
        assert float(moved.replace("−", "-")) == pytest.approx(row["contribution"], abs=5e-4)
        assert areas == f"{row['auc_baseline']:.2f} → {row['auc_incident']:.2f}"
    assert [t.get_text() for t in matrix.get_yticklabels()] == found.detail["groups"]
    assert [t.get_text() for t in matrix.get_xticklabels()] == found.detail["groups"]
    mesh = matrix.collections[0]
    assert mesh.norm.vmin == -mesh.norm.vmax
    assert np.ravel(mesh.get_array()).tolist() == [row["contribution"] for row in found.table]


@pytest.mark.slow
def test_the_bars_add_up_to_the_change() -> None:
    for case in ("reset", "hostile"):
        *sides, total = [
            patch.get_width() for patch in pictured.figure(case, "pair_matrix").axes[1].patches
        ]
        change = pictured.finding(case, "drop").numbers["change"].value
        assert sum(sides) == pytest.approx(change, abs=1e-9)
        assert total == pytest.approx(change, abs=1e-9)


@pytest.mark.slow
def test_of_many_groups_those_that_moved_most_are_shown() -> None:
    found = pictured.finding("hostile", "pairs", "$who$")
    matrix, _ = pictured.figure("hostile", "pair_matrix").axes
    assert len(cells(matrix)) == 49
    assert matrix.get_title(loc="left") == (
        f"the 7 of {len(found.detail['groups'])} groups that moved most"
    )
    strongest = max(found.table, key=lambda row: abs(row["contribution"]))
    shown = np.ravel(matrix.collections[0].get_array())
    assert strongest["contribution"] in shown


@pytest.mark.slow
def test_a_pair_of_one_window_has_no_change_of_its_own() -> None:
    found = pictured.finding("reset", "pairs")
    for nothing in (None, float("nan")):
        first = {**found.table[0], "auc_baseline": nothing, "contribution": 0.0}
        alone = dataclasses.replace(found, table=(first, *found.table[1:]))
        text = cells(figures.pair_matrix(alone).axes[0])[0]
        assert text == f"none → {first['auc_incident']:.2f}"
