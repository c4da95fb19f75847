"""Every breach is counted and shown, and windows that cannot be compared are refused."""

from pathlib import Path
from typing import Any

import messy
import numpy as np
import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.log import check

TIME, OUTCOME, SCORE = messy.NAMES["time"], messy.NAMES["outcome"], messy.NAMES["score"]
SYSTEM, CLUSTER, ITEM = messy.NAMES["system"], messy.NAMES["cluster"], messy.NAMES["item"]
COHORT = messy.COHORTS[0]


def distinct(seed: int, rows: int = 500) -> pd.DataFrame:
    frame = messy.frame(seed, rows, clean=True)
    return frame.drop_duplicates([CLUSTER, ITEM, TIME], ignore_index=True)


def breaches(frame: pd.DataFrame, folder: Path, **changes: Any) -> dict[str, dict[str, Any]]:
    frame.to_parquet(folder / "log.parquet", index=False)
    found = check(messy.question(folder / "log.parquet", **changes))
    assert len({breach["reason"] for breach in found}) == len(found)
    return {breach["reason"]: breach for breach in found}


def refused(frame: pd.DataFrame, folder: Path, **changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        breaches(frame, folder, **changes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.slow
def test_a_clean_log_has_no_breach(tmp_path: Path) -> None:
    assert breaches(distinct(1), tmp_path) == {}


@pytest.mark.slow
def test_each_breach_is_counted_by_its_first_reason(tmp_path: Path) -> None:
    frame = distinct(2).astype({TIME: "str", OUTCOME: "str", SCORE: "str"})
    frame.loc[0:2, OUTCOME] = None
    frame.loc[3:4, OUTCOME] = "maybe"
    frame.loc[5:9, SCORE] = None
    frame.loc[10:10, SCORE] = "NaN"
    frame.loc[11:17, TIME] = "soon"
    frame.loc[18:18, TIME] = None
    frame.loc[19:22, TIME] = "1899-12-31"
    frame.loc[23:23, TIME] = "2201-01-01"
    frame.loc[[0, 3, 10], TIME] = "soon"
    frame.loc[[0, 3], SCORE] = None
    frame.loc[30:31, SYSTEM] = None
    frame.loc[32:34, COHORT] = ""
    frame.loc[35:38, CLUSTER] = None
    frame.loc[[0, 39], ITEM] = None
    frame = pd.concat([frame, frame.loc[40:45], frame.loc[40:40]], ignore_index=True)
    found = breaches(frame, tmp_path)
    assert {reason: breach["rows"] for reason, breach in found.items()} == {
        "missing outcome": 3,
        "non-binary outcome": 2,
        "missing score": 6,
        "missing time": 1,
        "unreadable time": 7,
        "time out of range": 5,
        "duplicate rows": 7,
        "missing system": 2,
        f"missing cohort {COHORT}": 3,
        "missing cluster": 4,
        "missing item": 2,
    }
    left_out = [reason for reason, breach in found.items() if breach["excluded"]]
    assert left_out == list(found)[:6]


@pytest.mark.slow
def test_examples_are_the_first_three_as_they_stand(tmp_path: Path) -> None:
    frame = distinct(3).astype({TIME: "str"})
    for row, time in enumerate(["soon", "later", "once", "never", "yesterday"]):
        frame.loc[row, TIME] = time
    shown = breaches(frame, tmp_path)["unreadable time"]["examples"]
    assert [example[TIME] for example in shown] == ["later", "never", "once"]
    row = frame[frame[TIME] == "later"].iloc[0]
    assert shown[0] == {
        name: str(row[name]) for name in (TIME, OUTCOME, SCORE, SYSTEM, ITEM, *messy.COHORTS)
    }
    assert breaches(frame.sample(frac=1, random_state=1), tmp_path)[
        "unreadable time"
    ]["examples"] == shown  # fmt: skip


@pytest.mark.slow
def test_examples_never_show_the_cluster(tmp_path: Path) -> None:
    found = breaches(messy.frame(4, rows=600), tmp_path)
    assert {"duplicate rows", "missing system", "missing score", "missing cluster"} <= set(found)
    for breach in found.values():
        assert 1 <= len(breach["examples"]) <= 3
        for example in breach["examples"]:
            assert CLUSTER not in example
            assert TIME in example
    columns = messy.columns(item=CLUSTER)
    for breach in breaches(messy.frame(4, rows=600), tmp_path, columns=columns).values():
        assert all(CLUSTER not in example for example in breach["examples"])


@pytest.mark.slow
def test_an_unnamed_column_is_no_breach(tmp_path: Path) -> None:
    frame = distinct(5)
    frame[[SYSTEM, CLUSTER, ITEM]] = None
    found = breaches(frame, tmp_path, columns=messy.columns("system", "cluster", "item"))
    assert set(found) <= {"duplicate rows"}


@pytest.mark.slow
def test_windows_without_rows_of_both_outcomes_are_refused(tmp_path: Path) -> None:
    frame = distinct(6)
    span = "the log's {:,} rows run from {:%Y-%m-%d %H:%M} to {:%Y-%m-%d %H:%M}; choose another"
    remedy = span.format(len(frame), frame[TIME].min(), frame[TIME].max()) + " window"
    late = {"start": "2030-01-01", "end": "2030-01-02"}
    assert refused(frame, tmp_path, incident=late) == (
        f"incident: no row lies in 2030-01-01 00:00 to 2030-01-02 00:00; {remedy}"
    )
    early = {"start": "1999-01-01", "end": "1999-02-01"}
    assert refused(frame, tmp_path, baseline=early) == (
        f"baseline: no row lies in 1999-01-01 00:00 to 1999-02-01 00:00; {remedy}"
    )
    inside = (frame[TIME] >= "2024-03-21") & (frame[TIME] < "2024-04-10")
    for outcome in (0, 1):
        frame.loc[inside, OUTCOME] = outcome
        assert refused(frame, tmp_path) == (
            f"incident: all {inside.sum():,} scored rows in 2024-03-21 00:00 to 2024-04-10 00:00 "
            f"have outcome {outcome}, so there is no AUC; {remedy}"
        )
    frame.loc[inside, SCORE] = np.nan
    frame.loc[np.flatnonzero(inside)[0], OUTCOME] = 2
    assert refused(frame, tmp_path) == (
        f"incident: none of the {inside.sum():,} rows in 2024-03-21 00:00 to 2024-04-10 00:00 "
        "can be scored; most common: missing score; check the columns"
    )


@pytest.mark.slow
def test_dates_are_shown_in_the_zone_of_the_question(tmp_path: Path) -> None:
    late = {"start": "2030-01-01", "end": "2030-01-02"}
    frame = distinct(7)
    frame = frame[frame[TIME].dt.normalize() != "2024-03-31"]
    line = refused(frame, tmp_path, incident=late, timezone="Asia/Kolkata")
    assert "2030-01-01 00:00 to 2030-01-02 00:00" in line
    assert f"{frame[TIME].min():%Y-%m-%d %H:%M}" in line


@pytest.mark.slow
def test_a_log_without_rows_or_times_is_refused(tmp_path: Path) -> None:
    frame = distinct(8)
    assert refused(frame.iloc[:0], tmp_path) == "log: it has no rows"
    frame[TIME] = "soon"
    message = f"columns.time: 'soon' in {TIME!r} is no time that is certain; write 2024-03-01 00:05"
    assert refused(frame, tmp_path).startswith(message)
