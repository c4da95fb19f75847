"""Counts by day and hour against plain pandas, and what the library makes of them."""

from collections.abc import Callable
from typing import Any

import explored
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import investigate
from investigate import log
from investigate.counts.auc import auc, bin_bound
from investigate.counts.by_step import ByStep
from investigate.errors import InputError
from investigate.log import by_step
from investigate.question.question import Question

pytestmark = pytest.mark.slow

OUTCOMES = ["positives", "negatives"]


@pytest.fixture(scope="module")
def found() -> investigate.Investigation:
    return explored.example()


def counted(found: investigate.Investigation) -> ByStep:
    return log.by_steps(found.question, found.tables)


def asked(found: investigate.Investigation, **changes: Any) -> Question:
    return Question(**{**found.question.parameters(), **changes})


def test_every_row_is_counted_once_on_its_day(found: investigate.Investigation) -> None:
    rows, counts = investigate.example_log(), counted(found)
    rows["step"] = (rows["time"].dt.normalize() - pd.Timestamp("2024-01-01")).dt.days
    labels = {"system": counts.systems, "country": counts.cohorts["country"]}
    assert labels == {name: sorted(rows[name].unique()) for name in labels}
    known = rows.groupby(["step", "system", "country"])["outcome"].agg(["sum", "size"])
    cells = counts.cells["country"]
    cells = cells.assign(
        system=np.array(counts.systems)[cells["system"]],
        country=np.array(counts.cohorts["country"])[cells["cohort"]],
    )
    sums = cells.groupby(["step", "system", "country"])[OUTCOMES].sum()
    assert (counts.step, counts.steps) == ("day", 42)
    assert (counts.baseline, counts.incident) == ((0, 28), (28, 42))
    assert sums["positives"].tolist() == known["sum"].tolist()
    assert (sums["positives"] + sums["negatives"]).tolist() == known["size"].tolist()
    assert counts.folds is not None
    assert counts.folds[OUTCOMES].sum().tolist() == cells[OUTCOMES].sum().tolist()
    ordered = ["step", "system", "cohort", "bin"]
    assert cells[ordered[:1]].equals(counts.cells["country"].sort_values(ordered)[["step"]])


@pytest.mark.parametrize("most", [by_step.MOST_CELLS, 3_000, 500])
def test_bins_keep_auc_within_their_bound(
    found: investigate.Investigation, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(by_step, "MOST_CELLS", most)
    rows, counts = investigate.example_log(), counted(found)
    cells = counts.cells["country"]
    positives, negatives = (np.bincount(cells["bin"], cells[side]) for side in OUTCOMES)
    bound = float(bin_bound(positives, negatives, counts.exact))
    raw = roc_auc_score(rows["outcome"], rows["score"])
    assert abs(float(auc(positives, negatives)) - raw) <= bound + 1e-12
    assert (bound == 0) == (most >= len(rows))
    assert len(cells) <= most or counts.bins <= 2 * by_step.SHARES[-1] + 2


def test_folds_are_those_of_the_windows(found: investigate.Investigation) -> None:
    counts = counted(found)
    assert counts.folds is not None
    whole = found.counts.slices[found.counts.slices["by"] == "all"]
    for window, (start, end) in enumerate((counts.baseline, counts.incident)):
        own = counts.folds[counts.folds["step"].between(start, end - 1)]
        known = whole[whole["window"] == window].groupby("fold")[OUTCOMES].sum()
        assert own.groupby("fold")[OUTCOMES].sum().to_dict() == known.to_dict()


def test_rows_without_a_cluster_have_no_folds() -> None:
    assert counted(explored.example(cluster=None)).folds is None


def test_days_are_those_of_the_question_also_where_clocks_change() -> None:
    rows = investigate.example_log()
    rows["time"] = (rows["time"] + pd.Timedelta(days=70)).dt.tz_localize("UTC")
    found = explored.example(
        log=rows,
        timezone="America/New_York",
        baseline=("2024-03-11", "2024-03-28"),
        incident=("2024-03-28", "2024-04-18"),
    )
    counts = counted(found)
    local = rows["time"].dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize()
    known = rows.groupby((local - local.min()).dt.days).size()
    cells = counts.cells["country"]
    sums = cells.groupby("step")[OUTCOMES].sum().sum(axis=1)
    assert sums.to_dict() == known.to_dict()
    assert counts.first == local.min()
    start, end = (pd.Timestamp(day) - local.min() for day in ("2024-03-28", "2024-04-18"))
    assert counts.incident == (start.days, end.days)


def test_weights_are_summed_beside_rows_and_squares() -> None:
    rows = investigate.example_log()
    rng = np.random.default_rng(3)
    rows["w"] = rng.choice([0.0, 0.3, 1.0, 7.25], len(rows)) * 1e9
    counts = counted(explored.example(log=rows, cluster=None, columns={"weight": "w"}))
    rows["step"] = (rows["time"].dt.normalize() - pd.Timestamp("2024-01-01")).dt.days
    rows["square"] = rows["w"] ** 2
    rows["system"] = rows["system"].map(counts.systems.index)
    rows["cohort"] = rows["country"].map(counts.cohorts["country"].index)
    known = rows.groupby(["step", "system", "cohort"])
    assert counts.weighed is not None
    own = counts.weighed["country"].set_index(["step", "system", "cohort"])
    assert own["rows"].to_dict() == known.size().to_dict()
    cells = counts.cells["country"]
    sides = [rows[rows["outcome"] == value].groupby("step")["w"].sum() for value in (1, 0)]
    units = [cells.groupby("step")[side].sum() for side in OUTCOMES]
    total = rows["w"].sum() / cells[OUTCOMES].to_numpy().sum()
    for known_side, side in zip(sides, units, strict=True):
        assert (side * total).to_numpy() == pytest.approx(known_side.to_numpy(), rel=1e-12)
    # The effective size (Kish 1965) of any days.
    days = slice(3, 9)
    weight = cells[cells["step"].between(3, 9)][OUTCOMES].to_numpy().sum()
    effective = float(weight) ** 2 / own.loc[days, "squares"].sum() * counts.unit
    some = rows[rows["step"].between(3, 9)]
    assert effective == pytest.approx(some["w"].sum() ** 2 / some["square"].sum(), rel=1e-10)
    assert counts.folds is not None
    assert counts.folds[OUTCOMES].sum().tolist() == cells[OUTCOMES].sum().tolist()


def test_a_system_need_not_be_named() -> None:
    counts = counted(explored.example(system=None, cohorts=None))
    assert (counts.systems, counts.cohorts, list(counts.cells)) == ([""], {}, [""])
    assert counts.cells[""][OUTCOMES].to_numpy().sum() == 6_000


def test_many_groups_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_step, "MOST_LABELS", 2)
    counts = counted(explored.example())
    assert counts.cohorts["country"] == ["(other)", "DE", "FR"]


def test_labels_of_few_rows_are_not_told() -> None:
    rows = investigate.example_log()
    rows.loc[:8, "country"] = "Monaco"
    rows.loc[10:19, "country"] = "Malta"
    counts = counted(explored.example(log=rows))
    assert counts.cohorts["country"] == ["(other)", "DE", "FR", "Malta", "PL"]


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, "day"),
        ({"every": "hour"}, "hour"),
        ({"incident": {"start": "2024-01-29T06:00", "end": "2024-02-12"}}, "hour"),
        (
            {
                "baseline": {"start": "2024-01-01", "end": "2024-01-02"},
                "incident": {"start": "2024-01-02", "end": "2024-01-03"},
            },
            "hour",
        ),
        ({"timezone": "Asia/Kolkata"}, "day"),
        ({"timezone": "Asia/Kolkata", "every": "hour"}, "day"),
    ],
)
def test_the_step_follows_from_the_windows(
    found: investigate.Investigation, changes: dict[str, Any], step: str
) -> None:
    assert by_step.step_of(asked(found, **changes)) == step


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"incident": {"start": "2024-01-29T00:30", "end": "2024-02-12"}},
            r"incident\.start: the explorer moves windows by whole days of UTC or by whole hours "
            r"of UTC, and 2024-01-29 00:30 there is 00:30 in UTC; let both windows begin and end ",
        ),
        (
            {"incident": {"start": "2025-01-29", "end": "2025-02-12"}},
            "incident: no row lies in",
        ),
    ],
)
def test_what_cannot_be_explored_is_refused(
    found: investigate.Investigation, change: dict[str, Any], message: str
) -> None:
    count: Callable[..., ByStep] = log.by_steps
    with pytest.raises(InputError, match=message):
        count(asked(found, **change), found.tables)
