"""Pairs of groups against a loop over pairs of rows."""

import drawn
import made
import numpy as np
import pandas as pd
import plain
import pytest
from hypothesis import given, settings

from investigate.analyses.drop import drop
from investigate.analyses.pairs import pairs
from investigate.finding import Finding

Cell = tuple[str, str]


def by_rows(rows: pd.DataFrame, by: str) -> tuple[dict[Cell, float], dict[Cell, float]]:
    """A_ij and its weight: every row with outcome 1 against every row with outcome 0."""
    wins: dict[Cell, float] = {}
    meetings: dict[Cell, int] = {}
    up, down = rows[rows["outcome"] == 1], rows[rows["outcome"] == 0]
    for i, a in zip(up[by], up["score"], strict=True):
        for j, b in zip(down[by], down["score"], strict=True):
            wins[i, j] = wins.get((i, j), 0) + (1.0 if a > b else 0.5 if a == b else 0.0)
            meetings[i, j] = meetings.get((i, j), 0) + 1
    total = sum(meetings.values())
    return (
        {cell: wins[cell] / meetings[cell] for cell in wins},
        {cell: n / total for cell, n in meetings.items()},
    )


@pytest.mark.slow
@settings(max_examples=15)
@given(drawn.logs().filter(lambda d: len(d.log) <= 60 and d.bins is None))
def test_every_term_equals_a_loop_over_rows(drawn_log: drawn.Drawn) -> None:
    drawn_log.log["country"] = drawn_log.log["country"].fillna("(missing)")
    found = pairs(drawn_log.counts(), drawn.QUESTION, "country")
    (a0, w0), (a1, w1) = (by_rows(drawn_log.window(w), "country") for w in (0, 1))
    areas = [sum(a[cell] * w[cell] for cell in a) for a, w in ((a0, w0), (a1, w1))]
    centre = sum(areas) / 2
    expected = {"within": 0.0, "across": 0.0, "mix": 0.0, "entered_or_left": 0.0}
    for row in found.table:
        cell = row["positives_of"], row["negatives_of"]
        for name, a, w in (("baseline", a0, w0), ("incident", a1, w1)):
            assert row[f"auc_{name}"] == pytest.approx(a.get(cell), abs=1e-12)
            assert row[f"weight_{name}"] == pytest.approx(w.get(cell, 0.0), abs=1e-12)
        moved = 0.0
        if cell in a0 and cell in a1:
            moved = (w0[cell] + w1[cell]) / 2 * (a1[cell] - a0[cell])
            expected["mix"] += (w1[cell] - w0[cell]) * ((a0[cell] + a1[cell]) / 2 - centre)
        else:
            expected["entered_or_left"] += w1.get(cell, 0) * (a1.get(cell, centre) - centre)
            expected["entered_or_left"] -= w0.get(cell, 0) * (a0.get(cell, centre) - centre)
        assert row["contribution"] == pytest.approx(moved, abs=1e-12)
        expected["within" if cell[0] == cell[1] else "across"] += moved
    for name, value in expected.items():
        assert found.numbers[name].value == pytest.approx(value, abs=1e-12)
    assert sum(expected.values()) == pytest.approx(areas[1] - areas[0], abs=1e-12)


@pytest.fixture(scope="module")
def misaligned() -> Finding:
    log = made.platform(51, rows=12_000, damage="misaligned")
    return pairs(plain.count(log, made.question()), made.question())


@pytest.mark.slow
def test_systems_that_rank_well_alone_but_not_together(misaligned: Finding) -> None:
    cells = {(row["positives_of"], row["negatives_of"]): row for row in misaligned.table}
    for system in ("default", "calibration"):
        own = cells[system, system]
        assert abs(own["auc_incident"] - own["auc_baseline"]) < 0.04
    change = misaligned.detail["change"]
    across = misaligned.numbers["across"]
    assert change < -0.05
    assert across.value < 0.8 * change
    assert across.high < 0
    assert misaligned.claim == (
        f"By pairs of system, the largest part is ranking of one against another: "
        f"−{-across.value:.3f} of −{-change:.3f}."
    )
    # The shift sends one system's scores up: its negatives now outrank the other's positives.
    worst = min(misaligned.table, key=lambda row: row["contribution"])
    assert (worst["positives_of"], worst["negatives_of"]) == ("calibration", "default")


@pytest.mark.slow
def test_intervals_leave_folds_out(misaligned: Finding) -> None:
    for row in misaligned.table:
        assert row["low"] < row["contribution"] < row["high"]
    within = misaligned.numbers["within"]
    assert within.low < 0 < within.high


@pytest.mark.slow
def test_one_group_is_all_within() -> None:
    log = made.platform(52, rows=4_000, damage="labels").assign(system="the only one")
    counts = plain.count(log, made.question())
    found = pairs(counts, made.question())
    change = drop(counts, made.question()).numbers["change"]
    for number in (found.numbers["within"], found.numbers["sum"]):
        assert number.value == pytest.approx(change.value, abs=1e-12)
    assert found.numbers["within"].low == pytest.approx(change.low, abs=1e-12)
    for name in ("across", "mix", "entered_or_left"):
        assert found.numbers[name].value == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
def test_other_weights_alone_are_mix() -> None:
    one = made.platform(53, rows=5_000)
    one = one[one["time"] < "2024-02-10"]
    # Of the incident's rows more are school 1's, whose scores were turned around.
    turned = one["school"] == "school 1"
    one = one.assign(score=one["score"].where(~turned, 1 - one["score"]))
    later = one.assign(time=one["time"] + pd.Timedelta(days=40))
    asked = made.question(incident={"start": "2024-02-10", "end": "2024-03-21"})
    log = pd.concat([one, later, later[turned], later[turned]])
    found = pairs(plain.count(log, asked), asked, "school")
    assert found.detail["change"] < -0.05
    assert found.numbers["mix"].value == pytest.approx(found.detail["change"], abs=1e-12)
    assert max(abs(row["contribution"]) for row in found.table) < 1e-12
    assert "the largest part is the mix of pairs" in found.claim


@pytest.mark.slow
def test_a_group_that_enters_is_told_apart() -> None:
    log = made.platform(54, rows=4_000)
    now = log["time"] >= "2024-02-10"
    log.loc[now & (np.arange(len(log)) % 3 == 0), "system"] = "new"
    found = pairs(plain.count(log, made.question()), made.question())
    new = [row for row in found.table if "new" in (row["positives_of"], row["negatives_of"])]
    assert len(new) == 5
    for row in new:
        assert row["contribution"] == 0
        assert row["auc_baseline"] is None
        assert row["auc_incident"] > 0.5
        assert row["weight_baseline"] == 0
    assert found.numbers["entered_or_left"].value != 0


@pytest.mark.slow
def test_too_many_groups_are_refused_in_words() -> None:
    log = made.platform(55, rows=2_000)
    log["school"] = "school " + (np.arange(2_000) % 41).astype(str)
    found = pairs(plain.count(log, made.question()), made.question(), "school")
    assert "41 groups" in found.claim
    assert found.table == ()
