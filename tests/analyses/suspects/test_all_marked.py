"""Two columns whose shared rows are all marked, against marks that pandas counts row by row."""

import numpy as np
import pandas as pd

from investigate.analyses.suspects.all_marked import all_marked
from investigate.counts.table import Counts

ROWS = 4_000


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "browser": rng.choice(["one", "two", "three"], ROWS, p=[0.4, 0.4, 0.2]),
            "slot": rng.choice(["top", "side"], ROWS, p=[0.5, 0.5]),
            "device": rng.choice(["phone", "desk"], ROWS, p=[0.6, 0.4]),
        }
    )


def counts(frame: pd.DataFrame, marked: "pd.Series[bool]") -> Counts:
    """Facts of each column, and the rows of each two of them."""
    facts = pd.concat(
        own.assign(by=by, system="", window=1).rename(columns={by: "cohort"})
        for by in frame
        for own in [
            marked.groupby(frame[by]).agg(rows="size", defaulted="sum").reset_index(),
        ]
    )
    pairs = [("browser", "slot"), ("browser", "device"), ("slot", "device")]
    crossed = pd.concat(
        frame.groupby([one, two]).size().rename("negatives").reset_index()
        .rename(columns={one: "cohort", two: "other"})
        .assign(first=one, second=two, window=1, positives=0)
        for one, two in pairs
    )  # fmt: skip
    empty = pd.DataFrame()
    return Counts(
        bins=empty, slices=empty, arms=empty, facts=facts, items=empty, timeline=empty,
        events=empty, meta={}, crossed=crossed,
    )  # fmt: skip


def test_the_second_column_is_named_where_its_rows_are_all_marked() -> None:
    frame = rows()
    struck = (frame["browser"] == "one") & (frame["slot"] == "top")
    found = all_marked(counts(frame, struck), {"browser": "one"}, "defaulted", float(struck.sum()))
    assert found == {"browser": "one", "slot": "top"}
    found = all_marked(counts(frame, struck), {"slot": "top"}, "defaulted", float(struck.sum()))
    assert found == {"browser": "one", "slot": "top"}


def test_part_of_the_rows_that_two_columns_share_is_no_second_column() -> None:
    frame = rows()
    half = np.random.default_rng(3).random(ROWS) < 0.5
    struck = (frame["browser"] == "one") & (frame["slot"] == "top") & half
    found = all_marked(counts(frame, struck), {"browser": "one"}, "defaulted", float(struck.sum()))
    assert found == {"browser": "one"}


def test_marks_in_all_of_a_second_column_are_its_first_ones() -> None:
    frame = rows()
    struck = frame["browser"] == "one"
    found = all_marked(counts(frame, struck), {"browser": "one"}, "defaulted", float(struck.sum()))
    assert found == {"browser": "one"}
