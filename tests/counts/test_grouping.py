"""The arrays of a grouping against pandas."""

from dataclasses import replace

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.counts.auc import auc
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts


@pytest.fixture(scope="module")
def counts() -> Counts:
    return plain.count(made.platform(21, rows=3_000), made.question())


@pytest.mark.slow
@pytest.mark.parametrize("by", ["all", "system", "school", "system*country"])
def test_groups_hold_their_rows(counts: Counts, by: str) -> None:
    groups, own = grouping(counts, by), counts.slices[counts.slices["by"] == by]
    assert groups.keys == sorted(set(zip(own["system"], own["cohort"], strict=True)))
    for at, (system, cohort) in enumerate(groups.keys):
        rows = own[(own["system"] == system) & (own["cohort"] == cohort)]
        table = groups.replicates(at)
        assert table.bins.tolist() == sorted(rows["bin"].unique())
        for w in (0, 1):
            window = rows[rows["window"] == w]
            assert table.positives[w, 0].sum() == window["positives"].sum()
            assert table.negatives[w, 0].sum() == window["negatives"].sum()
            without = window[window["fold"] != 3]
            assert table.positives[w, 1 + 3].sum() == without["positives"].sum()


def test_the_whole_has_every_bin(counts: Counts) -> None:
    table = grouping(counts, "system").replicates()
    assert table.bins.tolist() == counts.bins["bin"].tolist()
    assert (table.positives[:, 0] + table.negatives[:, 0]).sum(axis=0).tolist() == (
        counts.bins["rows"].tolist()
    )


@pytest.mark.parametrize("dtype", ["category", "object", "string"])
def test_any_kind_of_text_column(counts: Counts, dtype: str) -> None:
    slices = counts.slices.assign(
        system=counts.slices["system"].astype(dtype), cohort=counts.slices["cohort"].astype(dtype)
    )
    other = replace(counts, slices=slices)
    found, expected = grouping(other, "system*school"), grouping(counts, "system*school")
    assert found.keys == expected.keys
    assert (found.group == expected.group).all()


def test_merging_bins_keeps_rows_and_order(counts: Counts) -> None:
    fine = grouping(counts, "school")
    merged = fine.merged(64)
    assert 50 <= merged.bins <= 64
    assert merged.keys == fine.keys
    places = pd.Series(fine.bin).groupby(np.repeat(0, len(fine.bin))).nunique()
    assert places.iloc[0] > 1_000
    for at in range(len(fine.keys)):
        a, b = fine.replicates(at), merged.replicates(at)
        assert (a.positives.sum(axis=2) == b.positives.sum(axis=2)).all()
        assert (a.negatives.sum(axis=2) == b.negatives.sum(axis=2)).all()
        # Merged neighbours only tie: the AUC moves by no more than those ties can.
        moved = auc(a.positives, a.negatives) - auc(b.positives, b.negatives)
        assert np.abs(moved).max() < 1 / 64
    assert fine.merged(fine.bins) is fine
