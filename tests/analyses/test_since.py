"""Which evidence dates a suspect, and how that is told."""

from dataclasses import replace

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.cause_date import began_in
from investigate.analyses.since import fell_since, since, since_sentence
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts
from investigate.finding import Estimate

pytestmark = pytest.mark.slow

FIRST = pd.Timestamp("2024-02-13", tz="UTC")


@pytest.fixture(scope="module")
def counts() -> Counts:
    return plain.count(made.platform(5, rows=6_000, damage="labels"), made.question(), bins=400)


def suspect(kind: str, **scope: object) -> Suspect:
    return replace(Suspect(kind, Estimate(0.1), "Evidence.", True), **scope)  # type: ignore[arg-type]


def test_a_suspect_is_dated_by_the_rows_of_its_place(counts: Counts) -> None:
    asked, cohort = made.question(), {"school": "school 2"}
    own, whole = (began_in(counts, asked, "", place) for place in (cohort, None))
    assert own
    assert whole
    found = since(suspect("outcome_fault", cohort=cohort), counts, asked)
    assert (found.onset, found.onset_low, found.onset_high) == own
    assert tuple(fell_since(counts, asked).values()) == whole
    # A place without a series of its own is dated by all rows.
    rare = since(suspect("outcome_fault", cohort={"school": "none"}), counts, asked)
    assert (rare.onset, rare.onset_low, rare.onset_high) == whole
    for kind in ("unlike_windows", "unexplained", "no_drop"):
        assert since(suspect(kind), counts, asked).onset is None
    dated = suspect("late_outcomes", onset="2024-02-20")
    assert since(dated, counts, asked) is dated


@pytest.mark.slow
def test_what_recovered_is_dated_by_its_auc() -> None:
    """Rows before and after one day would date it as if it had lasted."""
    log = made.platform(5, rows=20_000)
    struck = log["time"].between(FIRST, FIRST + pd.Timedelta(days=4), inclusive="left")
    outcomes = log.loc[struck, "outcome"].to_numpy()
    log.loc[struck, "outcome"] = np.random.default_rng(2).permutation(outcomes)
    counted = plain.count(log, made.question(), bins=400)
    found = since(suspect("lost_validity"), counted, made.question())
    assert found.onset == f"{FIRST:%Y-%m-%d}"
    assert found.onset == fell_since(counted, made.question())["onset"]


def test_writes_of_one_day_are_in_force_on_it_or_the_next(counts: Counts) -> None:
    written = replace(counts, writes=made.writes("2024-02-07"))
    found = since(suspect("system_fault", system="default"), written, made.question())
    assert (found.onset_low, found.onset_high) == ("2024-02-07", "2024-02-08")
    assert found.onset in ("2024-02-07", "2024-02-08")
    assert "On 2024-02-07 default wrote 80 values" in found.evidence


@pytest.mark.parametrize(
    ("low", "several", "sentence"),
    [
        ("2024-02-08", False, ""),
        (None, False, ""),
        ("2024-02-05", False,
         " The change began between 2024-02-05 and 2024-02-08, most likely on 2024-02-07."),
        ("2024-02-05", True,
         " The first of these began between 2024-02-05 and 2024-02-08, most likely on 2024-02-07."),
    ],
)  # fmt: skip
def test_a_day_that_is_not_sure_is_told_as_an_interval(
    low: str | None, several: bool, sentence: str
) -> None:
    named = {"onset": "2024-02-07", "onset_low": low, "onset_high": "2024-02-08"}
    assert since_sentence(named, several) == sentence


@pytest.mark.parametrize(
    ("low", "date", "high", "phrase"),
    [
        ("2024-02-13", "2024-02-14", "2024-02-15", "began 4 days after the incident window starts"),
        ("2024-02-01", "2024-02-03", "2024-02-05", "began 7 days before the incident window"),
        ("2024-02-08", "2024-02-12", "2024-02-13", ""),
        (None, "2024-02-14", None, ""),
    ],
)
def test_windows_that_miss_the_cause_are_noticed(
    counts: Counts, low: str | None, date: str, high: str | None, phrase: str
) -> None:
    from investigate.analyses.verdict import _advice

    named = {"onset": date, "onset_low": low, "onset_high": high}
    found = _advice(named, [suspect("system_fault")], counts, made.question())
    assert [phrase in sentence for sentence in found] == ([True] if phrase else [])
    assert not phrase or f"start on {date}" in found[0]
    assert _advice(named, [], counts, made.question()) == []
