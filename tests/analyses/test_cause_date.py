"""When a cause began, on rows and shares that change on a known day, few as they may be."""

from dataclasses import replace

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.cause_date import began_in, presence_began, share_began
from investigate.counts.table import Counts

pytestmark = pytest.mark.slow

FAULT = pd.Timestamp("2024-02-10", tz="UTC")
DAYS = pd.date_range("2024-01-01", periods=made.DAYS, freq="D", tz="UTC")


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return made.platform(5, rows=6_000, damage="labels")


@pytest.fixture(scope="module")
def counts(log: pd.DataFrame) -> Counts:
    return plain.count(log, made.question(), bins=400)


def test_the_interval_of_a_share_holds_its_day_as_often_as_it_says(counts: Counts) -> None:
    held, lengths = [], []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        rows = rng.integers(2, 12, made.DAYS)
        # The window that is asked about begins up to three days off.
        at = int(DAYS.get_loc(FAULT)) + int(rng.integers(-3, 4))
        hits = rng.binomial(rows, np.where(np.arange(made.DAYS) >= at, 0.7, 0.2))
        found = share_began(DAYS, hits, rows, counts, made.question())
        assert found is not None
        low, high = pd.Timestamp(found.low, tz="UTC"), pd.Timestamp(found.high, tz="UTC")
        held.append(low <= DAYS[at] <= high)
        lengths.append((high - low).days)
    # Of 80 draws at 95% fewer than 70 come once in ten thousand times.
    assert sum(held) >= 70
    assert 1 <= np.median(lengths) <= 6


def test_days_without_rows_of_the_slice_belong_to_the_interval(counts: Counts) -> None:
    rows = np.full(made.DAYS, 40)
    at = int(DAYS.get_loc(FAULT))
    rows[at - 5 : at + 3] = 0
    hits = np.where(DAYS >= FAULT, rows // 2, 0)
    # None of those days is likelier than the one that the question names.
    assert share_began(DAYS, hits, rows, counts, made.question()) == (
        "2024-02-10",
        "2024-02-05",
        "2024-02-13",
    )
    few = np.where(DAYS >= FAULT, 0, rows)
    few[-2:] = 9
    assert share_began(DAYS, few // 3, few, counts, made.question()) is None


@pytest.mark.slow
def test_what_lasted_one_day_began_on_that_day(counts: Counts) -> None:
    """A step to the end of the window would begin anywhere before it."""
    rows = np.full(made.DAYS, 100)
    hits = np.where(FAULT + pd.Timedelta(days=4) == DAYS, rows, 0)
    found = share_began(DAYS, hits, rows, counts, made.question())
    assert found == ("2024-02-14", "2024-02-14", "2024-02-14")
    # Of one row a day, days before may have had none by chance.
    few = share_began(DAYS, hits // 100, rows // 100, counts, made.question())
    assert few is not None
    assert (few.date, few.high) == ("2024-02-14", "2024-02-14")
    assert few.low < "2024-02-14"


def test_rows_date_a_slice_that_the_series_cannot(log: pd.DataFrame) -> None:
    asked = made.question()
    rows = log[(log["school"] != "school 2") | (np.arange(len(log)) % 6 == 0)]
    counted = plain.count(rows, asked, bins=400)
    found = began_in(counted, asked, "", {"school": "school 2"})
    assert found is not None
    assert found.low <= "2024-02-10" <= found.high
    assert pd.Timestamp(found.high) - pd.Timestamp(found.low) < pd.Timedelta(days=14)
    none = {"school": "no such school"}
    assert began_in(counted, asked, "", none) is None


def test_of_two_columns_the_one_that_dates_closer(counts: Counts) -> None:
    asked, pair = made.question(), {"school": "school 2", "subject": "maths"}
    each = [began_in(counts, asked, "", {column: value}) for column, value in pair.items()]
    known = [one for one in each if one]
    assert began_in(counts, asked, "", pair) in known


def test_other_rows_begin_on_the_day_on_which_their_share_grew(counts: Counts) -> None:
    timeline = counts.cohort_timeline
    grows = (timeline["cohort"] == "school 2") & (timeline["start"] >= FAULT)
    grown = timeline.assign(
        positives=timeline["positives"].where(~grows, timeline["positives"] * 4),
        negatives=timeline["negatives"].where(~grows, timeline["negatives"] * 4),
    )
    own = grown[grown["by"] == "school"].groupby(["start", "bin"], as_index=False)
    whole = own[["positives", "negatives"]].sum().assign(system="", fold=0)
    grown_counts = replace(
        counts, cohort_timeline=grown, timeline=whole[[*counts.timeline.columns]]
    )
    found = presence_began(grown_counts, made.question(), "", {"school": "school 2"})
    assert found is not None
    assert found.date == "2024-02-10"
    assert presence_began(grown_counts, made.question(), "", None) is None
