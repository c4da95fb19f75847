"""Dates of slices and shares on small logs of known cause, counted with pandas alone."""

from dataclasses import fields, replace

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses import dating
from investigate.analyses.dating import (
    _change,
    dated,
    dated_base_rate,
    dated_share,
    sharpest,
)
from investigate.analyses.onset import onset
from investigate.analyses.series import Daily, blocks
from investigate.analyses.written import on_a_write, rewritten
from investigate.counts.table import Counts

START = pd.Timestamp("2024-01-01", tz="UTC")
FAULT = "2024-02-10"


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return made.platform(5, rows=15_000, damage="labels")


@pytest.fixture(scope="module")
def counts(log: pd.DataFrame) -> Counts:
    return plain.count(log, made.question(), bins=400)


@pytest.mark.slow
def test_a_cohort_has_its_own_date(counts: Counts) -> None:
    found = dated(counts, made.question(), cohort={"school": "school 2"})
    assert found is not None
    assert found["date"] == FAULT
    assert found["p_value"] <= 0.05
    assert found["after"] < 0.5 < found["before"]
    assert (found["shape"], found["from"], found["to"]) == ("step", FAULT, None)
    spared = dated(counts, made.question(), cohort={"school": "school 3"})
    assert spared is not None
    assert spared["p_value"] > 0.01


@pytest.mark.slow
def test_what_has_no_series_has_no_date(counts: Counts) -> None:
    assert dated(counts, made.question(), cohort={"school": "nobody"}) is None
    assert dated(counts, made.question(), "nobody") is None
    old = replace(counts, cohort_timeline=counts.cohort_timeline.iloc[:0])
    assert dated(old, made.question(), cohort={"school": "school 2"}) is None
    assert sharpest(old, made.question(), cohort={"school": "school 2"}) == dated(
        counts, made.question()
    )


@pytest.mark.slow
def test_days_without_rows_and_a_day_of_three_rows_leave_the_date(log: pd.DataFrame) -> None:
    day = log["time"].dt.floor("D")
    gone = day.isin(pd.to_datetime(["2024-02-07", "2024-02-08", "2024-02-09"], utc=True))
    gone |= day.dt.day_of_week >= 5
    # The fault strikes on a Saturday without rows: Monday is the first day that has any.
    few = log[day == "2024-02-07"].assign(outcome=lambda rows: (rows["score"] < 0.5).astype(int))
    thin = few.sort_values("score").iloc[[0, 1, -1]].assign(student=1)
    holed = plain.count(pd.concat([log[~gone], thin]), made.question(), bins=400)
    asked = made.question()
    for found in (
        dated(holed, asked),
        dated(holed, asked, cohort={"school": "school 2"}),
        dated_base_rate(
            plain.count(log[~gone].assign(outcome=lambda r: r["outcome"].where(
                (r["time"] < FAULT) | (r["school"] != "school 2"), 0)), asked, bins=400),
            asked, cohort={"school": "school 2"},
        ),
    ):  # fmt: skip
        assert found is not None
        assert found["date"] == "2024-02-12"
        assert found["low"] <= FAULT <= found["high"]


@pytest.mark.slow
def test_a_share_has_its_date_and_its_levels(counts: Counts) -> None:
    start = pd.date_range(START, periods=made.DAYS, freq="D")
    rng = np.random.default_rng(1)
    rows = rng.integers(50, 300, made.DAYS)
    hits = rng.binomial(rows, np.where(np.arange(made.DAYS) >= 45, 0.25, 0.0))
    found = dated_share(start, hits, rows, counts, made.question())
    assert found is not None
    assert (found["low"], found["date"], found["high"]) == ("2024-02-15",) * 3
    assert found["p_value"] <= 0.01
    assert found["before"] == pytest.approx(0, abs=0.01)
    assert found["after"] == pytest.approx(hits[45:].sum() / rows[45:].sum(), abs=0.02)
    nothing = np.zeros(made.DAYS, dtype=np.int64)
    assert dated_share(start, nothing, rows, counts, made.question()) is None
    assert dated_share(start, nothing, nothing, counts, made.question()) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("baseline", "incident", "words"),
    [
        ("2024-02-05", "2024-02-05", "5 days after the incident window starts"),
        ("2024-02-16", "2024-02-16", "6 days before the incident window, inside the baseline"),
        ("2024-02-06", "2024-02-16", "6 days before the incident window; AUC before it"),
    ],
)
def test_a_window_that_starts_on_another_day_is_noticed(
    log: pd.DataFrame, baseline: str, incident: str, words: str
) -> None:
    asked = made.question(
        baseline={"start": "2024-01-01", "end": baseline},
        incident={"start": incident, "end": "2024-02-22"},
    )
    found = onset(plain.count(log, asked, bins=400), asked)
    assert words in found.claim
    advice = found.detail["advice"]
    assert advice["incident"] == {"start": FAULT, "end": "2024-02-22"}
    assert advice["baseline"]["end"] == min(baseline, FAULT)
    # What is advised is what suits: asked anew, there is nothing to say.
    right = made.question(baseline=advice["baseline"], incident=advice["incident"])
    assert onset(plain.count(log, right, bins=400), right).detail["advice"] is None


@pytest.mark.slow
def test_a_slice_lends_its_date_where_that_is_the_surer(counts: Counts) -> None:
    asked, struck = made.question(), {"school": "school 2"}
    found = sharpest(counts, asked, cohort=struck, labels=True)
    every = [
        dated(counts, asked),
        dated(counts, asked, cohort=struck),
        dated_base_rate(counts, asked, cohort=struck),
    ]
    sure = [one for one in every if one and one["p_value"] <= 0.05]
    assert found in sure
    assert found is not None
    assert found["date"] == FAULT

    def length(one: dict[str, str]) -> pd.Timedelta:
        return pd.Timestamp(one["high"]) - pd.Timestamp(one["low"])

    assert length(found) == min(length(one) for one in sure)


@pytest.mark.slow
def test_what_a_system_wrote_dates_its_fault_where_rows_leave_days_open(counts: Counts) -> None:
    written, asked = replace(counts, writes=made.writes("2024-02-10")), made.question()
    found = {"low": "2024-02-09", "high": "2024-02-13", "date": "2024-02-12"}
    date, sentence, *ends = rewritten(written, asked, "default", found) or ("", "", "", "")
    # What was written late on that day is in force from the next one on.
    assert (date, *ends) == ("2024-02-10", "2024-02-10", "2024-02-11")
    assert "On 2024-02-10 default wrote 80 values that moved 90 times as far" in sentence
    # Another system's writes, usual ones and those of long before say nothing.
    assert rewritten(written, asked, "calibration", found) is None
    usual = replace(counts, writes=made.writes("2024-02-10").assign(moved=1_000_000))
    assert rewritten(usual, asked, "default", found) is None
    early = {"low": "2024-01-18", "high": "2024-01-20", "date": "2024-01-19"}
    assert rewritten(written, asked, "default", early) is None
    assert rewritten(counts, asked, "default", found) is None
    # As the kit has it without a history: no rows, and not all columns.
    (bare,) = (field.default_factory for field in fields(Counts) if field.name == "writes")
    assert rewritten(replace(counts, writes=bare()), asked, "default", found) is None  # type: ignore[operator]


def test_what_writes_broke_began_with_one_of_them(counts: Counts) -> None:
    weekly = pd.date_range("2024-01-03", "2024-02-20", freq="7D", tz="UTC")
    writes = pd.DataFrame({"start": weekly.astype("datetime64[us, UTC]"), "system": "default",
                           "over": "default", "writes": 10, "moved": 1_000_000})  # fmt: skip
    written, asked = replace(counts, writes=writes), made.question()
    found = {"low": "2024-02-02", "high": "2024-02-15", "date": "2024-02-10"}
    assert on_a_write(written, asked, "default", found) == "2024-02-14"
    assert on_a_write(written, asked, "default", {**found, "high": "2024-02-12"}) == "2024-02-07"
    for there in ("2024-02-07", "2024-02-08"):
        assert on_a_write(written, asked, "default", {**found, "date": there}) is None
    assert on_a_write(written, asked, "calibration", found) is None
    assert on_a_write(counts, asked, "default", found) is None


@pytest.mark.slow
def test_a_change_apart_from_the_fall_of_the_slice_does_not_date_it(
    counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def date_of(low: str, high: str, p_value: float = 0.001) -> dict[str, object]:
        ends = {"date": low, "low": low, "high": high}
        return {**ends, "p_value": p_value, "before": 0.8, "after": 0.6}

    found = {
        "slice": date_of("2024-02-09", "2024-02-13"),
        "all": date_of("2024-03-08", "2024-03-08"),
    }
    monkeypatch.setattr(
        dating, "dated", lambda c, q, system="", cohort=None: found["slice" if cohort else "all"]
    )
    monkeypatch.setattr(
        dating, "dated_base_rate", lambda c, q, system, cohort: date_of("2024-02-10", "2024-02-11")
    )
    asked, struck = made.question(), {"school": "school 2"}
    assert sharpest(counts, asked, cohort=struck) == found["slice"]
    near = sharpest(counts, asked, cohort=struck, labels=True)
    assert near is not None
    assert near["date"] == "2024-02-10"
    # Without a sure date of its own a slice takes the whole log's.
    found["slice"] = date_of("2024-02-09", "2024-02-13", p_value=0.5)
    assert sharpest(counts, asked, cohort=struck) == found["all"]


def fading(seed: int, since: int, days: int) -> Daily:
    """52 days of scores that mean less and less, from day `since` on, until `days` later."""
    rng = np.random.default_rng(seed)
    cells = np.zeros((2, 52, 40), dtype=np.int64)
    for day in range(52):
        known = rng.normal(0, 1.5, 2_000)
        part = float(np.clip((day - since) / days, 0, 1))
        scores = known - 0.8 * part * known + 0.7 * part * rng.normal(size=2_000)
        outcomes = (rng.random(2_000) < made.logistic(known)).astype(int)
        bins = np.clip((scores + 5) * 4, 0, 39).astype(int)
        np.add.at(cells, (1 - outcomes, day, bins), 1)
    return Daily(pd.date_range(START, periods=52, freq="D"), *cells)


@pytest.mark.slow
@pytest.mark.parametrize("days", [1, 20])
def test_what_fades_began_with_the_first_rows_that_show_it(counts: Counts, days: int) -> None:
    own = fading(1, 30, days)
    found = _change(own, blocks(own, 1.0), counts, made.question())
    assert found is not None
    assert found["shape"] == ("step" if days == 1 else "slide")
    assert abs(pd.Timestamp(found["date"], tz="UTC") - START - pd.Timedelta(days=31)).days <= 2
