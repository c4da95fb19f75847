"""Counts as files and back."""

import json
from dataclasses import fields
from pathlib import Path

import made
import pandas as pd
import plain
import pytest

from investigate.counts.table import Counts, label


@pytest.fixture(scope="module")
def counts() -> Counts:
    events = [{"time": "2024-02-10", "label": "deploy ü"}]
    asked = made.question(events=events)
    return plain.count(made.platform(22, rows=400), asked)


@pytest.mark.slow
def test_back_from_files_nothing_differs(counts: Counts, tmp_path: Path) -> None:
    counts.save(tmp_path / "counts")
    back = Counts.load(tmp_path / "counts")
    tables = [f.name for f in fields(Counts) if f.name not in ("meta", "memory")]
    assert {"slices", "timeline", "cohort_timeline", "crossed", "writes"} <= set(tables)
    for name in tables:
        expected = getattr(counts, name).reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(back, name), expected, check_dtype=False)
    assert back.meta == counts.meta
    assert str(back.timeline["start"].dtype).endswith("UTC]")
    assert back.groupings() == counts.groupings()


@pytest.mark.slow
def test_counts_of_before_the_signal_audit_have_an_empty_table(
    counts: Counts, tmp_path: Path
) -> None:
    counts.save(tmp_path)
    assert not counts.signals.empty
    (tmp_path / "signals.parquet").unlink()
    back = Counts.load(tmp_path)
    assert back.signals.empty
    assert set(back.signals) == set(counts.signals)


@pytest.mark.slow
def test_the_same_counts_are_the_same_bytes(counts: Counts, tmp_path: Path) -> None:
    for name in ("one", "two"):
        counts.save(tmp_path / name)
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert "meta.json" in names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.slow
def test_meta_is_plain_json(counts: Counts, tmp_path: Path) -> None:
    counts.save(tmp_path)
    assert json.loads((tmp_path / "meta.json").read_text("utf-8")) == counts.meta


@pytest.mark.slow
def test_groupings_come_in_the_questions_order(counts: Counts) -> None:
    assert counts.groupings()[:2] == ["all", "system"]
    cohorts = [by for by in counts.groupings() if by in ("country", "school", "version")]
    assert cohorts == ["country", "school", "version"]


def test_every_grouping_holds_every_row_once(counts: Counts) -> None:
    totals = counts.slices.groupby("by")[["positives", "negatives"]].sum()
    assert len(totals) == 8
    assert (totals == totals.iloc[0]).all().all()
    assert totals.iloc[0].sum() == counts.bins["rows"].sum() == 400


def test_labels() -> None:
    assert label("A", "DE") == "A × DE"
    assert label("A", "") == "A"
    assert label("", "DE") == "DE"
    assert label("", "") == "all"


@pytest.mark.slow
def test_counts_of_an_earlier_version_lack_tables_that_came_later(
    counts: Counts, tmp_path: Path
) -> None:
    counts.save(tmp_path / "counts")
    (tmp_path / "counts" / "cohort_timeline.parquet").unlink()
    back = Counts.load(tmp_path / "counts")
    assert len(counts.cohort_timeline) > 0 == len(back.cohort_timeline)
    assert back.cohort_timeline.columns.tolist() == counts.cohort_timeline.columns.tolist()
    (tmp_path / "counts" / "timeline.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        Counts.load(tmp_path / "counts")
