"""What counts as a failing join, from sizes alone."""

from collections.abc import Mapping

import made
import numpy as np
import pandas as pd
import pytest

from investigate.analyses.join_loss import failing, join_loss, losses
from investigate.analyses.suspects.restoring import still_lost
from investigate.counts.table import Counts
from investigate.errors import InputError

QUESTION = made.question()
DAYS = pd.date_range("2024-01-20", periods=40, tz="UTC")
FIRST = 20
"""The day of the incident."""


def joined(lost: Mapping[str, tuple[float, float, int]], rows: int = 200) -> Counts:
    """Groups of a column, each with the share that is lost before and from a day on."""
    frames = []
    for group, (before, after, since) in lost.items():
        share = np.where(np.arange(len(DAYS)) < since, before, after)
        gone = np.round(share * rows).astype(int)
        frames.append(pd.DataFrame({"cohort": group, "start": DAYS, "rows": rows, "lost": gone}))
    own = pd.concat(frames).assign(by="country", system="")
    everyone = own.groupby("start", as_index=False)[["rows", "lost"]].sum()
    everyone = everyone.assign(by="all", system="", cohort="")
    table = pd.concat([everyone, own], ignore_index=True)
    table["window"] = (table["start"] >= DAYS[FIRST]).astype(int)
    nothing = pd.DataFrame({"start": pd.Series(dtype="datetime64[us, UTC]")})
    slices = pd.DataFrame({"by": ["all", "country"]})
    tables = dict.fromkeys(("bins", "arms", "facts", "items", "timeline", "events"), nothing)
    return Counts(**tables, slices=slices, meta={}, join_days=table, join_bands=table)


def named(counts: Counts) -> list[str]:
    return [one.name for one in failing(counts)]


def test_a_group_fails_that_lost_more_than_the_others() -> None:
    counts = joined({"DE": (0.05, 0.05, 20), "FR": (0.05, 0.65, 26), "PL": (0.05, 0.05, 20)})
    assert named(counts) == ["country FR"]
    (loss,) = failing(counts)
    # 14 of 20 days of the incident lose 130 of 200 rows, the others 10.
    assert (loss.lost[1], loss.rows[1]) == (14 * 130 + 6 * 10, 20 * 200)
    assert loss.usual == 0.05
    found = join_loss(counts, QUESTION)
    assert found.sentence == (
        "19% of the incident's rows find no outcome, and 5% of the baseline's; more than others: "
        "country FR (47%, before 5%, from 2024-02-15 on, 82% of all lost rows)."
    )
    days = pd.DataFrame(found.detail["days"]).groupby("group")["lost"].sum()
    assert days["FR"] == 26 * 10 + 14 * 130
    by_day = join_loss(counts, QUESTION, "day").to_frame()
    assert by_day.columns.tolist() == ["group", "start", "rows", "lost", "share"]
    assert by_day["lost"].tolist() == [row["lost"] for row in found.detail["days"]]


def test_what_is_late_everywhere_is_no_failure_of_a_group() -> None:
    late = (0.05, 0.5, 32)
    counts = joined({"DE": late, "FR": late, "PL": late})
    assert named(counts) == [""]
    assert join_loss(counts, QUESTION).sentence.endswith("no group lost more than others.")


def test_beside_late_outcomes_a_group_is_held_to_the_rest() -> None:
    counts = joined({"DE": (0.05, 0.25, 20), "FR": (0.05, 0.75, 20), "PL": (0.05, 0.25, 20)})
    (loss,) = failing(counts)
    assert loss.name == "country FR"
    assert np.isclose(loss.usual, 0.25)


def test_two_groups_fail_beside_one_that_does_not() -> None:
    counts = joined({"DE": (0.02, 0.02, 20), "FR": (0.02, 0.7, 20), "PL": (0.02, 0.7, 20)})
    assert named(counts) == ["country FR", "country PL"]
    assert all(np.isclose(one.usual, 0.02) for one in failing(counts))
    rest = still_lost(counts, {("country", ("", "FR"))})
    assert set(rest["join_days"]["cohort"]) == {"DE", "PL"}
    assert still_lost(counts, set()) == {}


def test_what_is_no_view_is_refused() -> None:
    with pytest.raises(InputError, match="by: must be 'group' or 'day', got 'week'"):
        join_loss(joined({"DE": (0.05, 0.05, 20)}), QUESTION, "week")


def test_few_rows_and_small_rises_are_chance() -> None:
    assert named(joined({"DE": (0.05, 0.08, 20), "FR": (0.05, 0.05, 20)})) == []
    assert named(joined({"DE": (0.0, 0.0, 20), "FR": (0.0, 0.5, 39)}, rows=8)) == []
    usual = joined({"DE": (0.3, 0.3, 20), "FR": (0.1, 0.1, 20)})
    assert join_loss(usual, QUESTION).sentence.endswith("; no rise.")
    assert [one.shares for one in losses(usual)][1] == (0.3, 0.3)


def test_a_whole_day_without_outcomes_is_told_as_that_day() -> None:
    counts = joined({"DE": (0.01, 0.01, 20), "FR": (0.01, 0.01, 20)})
    days = counts.join_days
    days.loc[days["start"] == DAYS[25], "lost"] = days["rows"]
    assert named(counts) == []
    assert join_loss(counts, QUESTION).sentence.endswith(
        "; most are missing on 2024-02-14 (100% of 400 rows), and AUC says nothing of that day."
    )
