"""A log counted as large ones are says of groups what exact counts say; widths within few per cent.

A country is in the incident alone, so that groups with a host are met too.
"""

from collections.abc import Iterator

import made
import numpy as np
import pandas as pd
import pytest

from investigate import analyses, log
from investigate.analyses.suspects.hosts import hosted, newcomers
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.analyses.whole import difference_and_error
from investigate.counts.grouping import grouping
from investigate.counts.table import WHOLE, Counts
from investigate.log import slices, tables

pytestmark = pytest.mark.slow

QUESTION = made.question(cohorts=["country", "school"])
SIDES = ["positives", "negatives"]
KEYS = ["by", "system", "cohort", "window"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counts, Counts]]:
    """Exact counts of 60,000 rows, and small ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("log"))
        made.platform(6, 60_000, "mix").to_parquet("log.parquet")
        question = QUESTION.model_copy(update={"log": "log.parquet"})
        exact = log.count(question)
        patch.setattr(slices, "WHOLE_ROWS", 0)
        patch.setattr(slices, "MOST_CELLS", 7_000)
        # Eight bands.
        patch.setattr(slices, "MOST_FOLD_CELLS", 6_144)
        patch.setattr(tables, "MOST_CELLS", 0)
        yield exact, log.count(question)


def by(table: pd.DataFrame, *more: str) -> pd.DataFrame:
    frame = table.astype(dict.fromkeys(KEYS[:3], "str"))
    return frame.groupby([*KEYS, *more])[SIDES].sum().sort_index()


def test_sums_hold_and_cells_are_few(both: tuple[Counts, Counts]) -> None:
    exact, small = both
    pd.testing.assert_frame_equal(by(exact.slices), by(small.slices))
    own = exact.slices[exact.slices["by"].str.contains("country|school")]
    pd.testing.assert_frame_equal(by(own, "fold"), by(small.fold_bands, "fold"))
    cohorts = small.slices[small.slices["fold"] == WHOLE]
    assert set(cohorts["by"]) == set(own["by"])
    assert len(cohorts) < len(own) / 4
    # All groups together are the log, bin by bin.
    alike = small.slices.groupby(["by", "window", "bin"], observed=True)[SIDES].sum()
    for name in small.groupings():
        pd.testing.assert_frame_equal(alike.loc[name], alike.loc["all"])
    names = ["first", "second", "cohort", "other", "window"]
    pd.testing.assert_frame_equal(*(counts.crossed.groupby(names)[SIDES].sum() for counts in both))
    assert small.crossed["bin"].nunique() == tables.FEWEST_BINS


@pytest.mark.parametrize("name", ["country", "school", "system*school"])
def test_groups_have_the_auc_and_the_width_that_exact_counts_say(
    both: tuple[Counts, Counts], name: str
) -> None:
    found = [analyses.contributions(counts, QUESTION, name) for counts in both]
    exact, small = (pd.DataFrame(one.table).set_index("group").sort_index() for one in found)
    assert found[1].detail["sum"] == pytest.approx(found[0].detail["change"], abs=1e-12)
    for column in ("auc_baseline", "auc_incident"):
        away = (exact[column] - small[column]).abs().dropna()
        assert (away <= (small["bin_bound"] + exact["bin_bound"])[away.index]).all()
        assert away.max() < 1e-3
    assert (exact["contribution"] - small["contribution"]).abs().max() < 1e-4
    large = exact["rows_baseline"].ge(1_000) & exact["rows_incident"].ge(1_000)
    assert large.sum() >= 2
    for column in ("", "auc_baseline_", "auc_incident_"):
        ours, theirs = (
            (side[f"{column}high"] - side[f"{column}low"])[large] for side in (small, exact)
        )
        assert np.sqrt(np.mean((ours / theirs - 1) ** 2)) < 0.03


def test_a_group_with_a_host_and_undone_counts_are_those_of_exact_counts(
    both: tuple[Counts, Counts],
) -> None:
    assert ("", "IT") in newcomers(both[1], "country")
    errors, areas, undone = [], [], []
    for counts in both:
        own = hosted(counts, "country")
        table = own.replicates(own.keys.index(("", "IT")))
        errors.append(difference_and_error(table, clustered=True)[1])
        areas.append(Undoing(counts).areas([UndoingArm("country", None, "mix")]))
        undone.append(Undoing(counts).counts([UndoingArm("school", None, "labels")]))
    assert errors[1] == pytest.approx(errors[0], rel=0.03)
    np.testing.assert_allclose(areas[0][:, 0], areas[1][:, 0], atol=5e-4)
    spread = [own.std(axis=1) for own in areas]
    np.testing.assert_allclose(*spread, rtol=0.06)
    small = undone[1]
    assert set(small.slices.loc[small.slices["by"] == "country", "fold"]) == {WHOLE}
    sums = [by(one.slices).xs(1, level="window").sum(axis=1) for one in undone]
    pd.testing.assert_series_equal(*(one.loc[["all", "school"]] for one in sums))
    assert grouping(small, "school").replicates(0).used.all()


def test_parts_of_the_change_are_those_of_exact_counts(both: tuple[Counts, Counts]) -> None:
    exact, small = (analyses.mechanism(counts, QUESTION, "school").numbers for counts in both)
    for part in ("mix", "spread", "validity"):
        one, other = exact[part], small[part]
        assert other.value == pytest.approx(one.value, abs=5e-4)
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.05)
