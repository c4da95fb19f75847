"""What is taken in: the counts of the whole log, however and whenever its rows arrive."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import daywise
import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.monitor.ingest import COARSE, Ingested, as_read, ingest
from investigate.monitor.state import opened
from investigate.monitor.watch import Watch

pytestmark = pytest.mark.slow


def after(watch: Watch, state: Path) -> tuple[Ingested, pd.DataFrame]:
    """What one intake took in, and the daily figures after it."""
    with opened(state, watch) as held:
        return ingest(watch, held), held.daily()


def save(rows: pd.DataFrame, path: Path, at: int = 0) -> None:
    """Write rows, with a time of change that differs by `at`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.to_csv(path, index=False) if path.suffix == ".csv" else rows.to_parquet(path)
    os.utime(path, ns=(at, 1_800_000_000_000_000_000 + at))


@pytest.mark.parametrize(
    ("kind", "timezone", "every"),
    [
        ("parquet", "UTC", "day"),
        ("csv", "Europe/Berlin", "day"),
        ("parquet", "Europe/Berlin", "hour"),
        ("csv", "Europe/Berlin", "hour"),
    ],
)
def test_a_log_by_day_and_hour(tmp_path: Path, kind: str, timezone: str, every: str) -> None:
    # The last Sunday of March lies in it: clocks go forward in Berlin.
    rows = daywise.frame(1, rows=1_000, days=8)
    save(rows[::2], tmp_path / f"a.{kind}")
    save(rows[1::2], tmp_path / f"b.{kind}")
    watch = daywise.watch(tmp_path / f"*.{kind}", timezone=timezone, every=every)
    taken, daily = after(watch, tmp_path / "state")
    unit = "D" if every == "day" else "h"
    daywise.require_equal(daily, rows, timezone=timezone, unit=unit)
    assert (taken.rows, taken.untimed) == (len(rows), rows["at"].isna().sum())
    assert daily["bound"].dropna().eq(0).all()


def test_values_are_read_as_the_watch_says_they_are_written(tmp_path: Path) -> None:
    rows = daywise.frame(4, rows=300, days=8)
    rows = rows[rows["at"].notna()]
    words = {1.0: "fraud", 0.0: "fine", 2.0: "odd"}
    written = rows.assign(
        at=rows["at"].dt.strftime("%d/%m/%Y %H:%M:%S"), y=rows["y"].map(words), s=1 - rows["s"]
    )
    save(written, tmp_path / "log.csv")
    how = {"time_format": "%d/%m/%Y %H:%M:%S", "positive": "fraud", "negative": "fine"}
    columns = {**daywise.COLUMNS, **how, "turned": "1 - score"}
    daily = after(daywise.watch(tmp_path / "log.csv", columns=columns), tmp_path / "state")[1]
    daywise.require_equal(daily, rows)


def in_words(folder: Path, n: int, waits: float, seed: int = 0) -> pd.DataFrame:
    """The n-th day of a log in words, of which the share `waits` is still open."""
    rng = np.random.default_rng([seed, n])
    at = daywise.FIRST + pd.Timedelta(days=n) + pd.to_timedelta(rng.integers(0, 86_400, 200), "s")
    score = (rng.random(200) * 8).round() / 8
    paid = np.where(rng.random(200) < score / 3, "fraud", "fine")
    rows = pd.DataFrame(
        {"at": at, "s": score, "y": np.where(rng.random(200) < waits, "open", paid)}
    )
    save(rows, folder / f"{n}.csv", at=int(1_000 * waits))
    return rows


def sides(daily: pd.DataFrame, n: int) -> tuple[int, int, int]:
    own = daily[(daily["by"] == "all")].sort_values("start").iloc[n]
    return int(own["positives"]), int(own["negatives"]), int(own["unusable"])


def by_hand(rows: pd.DataFrame) -> tuple[int, int, int]:
    texts = rows["y"].value_counts()
    return int(texts["fraud"]), int(texts["fine"]), int(texts.get("open", 0))


WORDS = {"time": "at", "outcome": "y", "score": "s", "positive": "fraud"}


def test_every_part_takes_the_same_text_for_0(tmp_path: Path) -> None:
    watch = daywise.watch(tmp_path / "*.csv", columns=WORDS, cohorts=[])
    for n in range(7):
        in_words(tmp_path, n, 0.0)
    after(watch, tmp_path / "state")
    # Most rows of the newest day are still open: that is no outcome of 0.
    newest = in_words(tmp_path, 7, 0.8)
    daily = after(watch, tmp_path / "state")[1]
    assert sides(daily, 7) == by_hand(newest)
    # What a case asks reads it alike.
    with opened(tmp_path / "state", watch) as state:
        assert as_read(watch, state).columns.negative == ("fine",)


def test_a_state_of_before_learns_it_from_the_baseline(tmp_path: Path) -> None:
    watch = daywise.watch(tmp_path / "*.csv", columns=WORDS, cohorts=[])
    for n in range(7):
        in_words(tmp_path, n, 0.0)
    after(watch, tmp_path / "state")
    with opened(tmp_path / "state", watch) as state:
        state.connection.execute("DROP TABLE zeros")
    newest = in_words(tmp_path, 7, 0.8)
    assert sides(after(watch, tmp_path / "state")[1], 7) == by_hand(newest)


def test_before_the_baseline_is_over_nothing_is_fixed(tmp_path: Path) -> None:
    watch = daywise.watch(tmp_path / "*.csv", columns=WORDS, cohorts=[])
    in_words(tmp_path, 0, 0.9)
    with opened(tmp_path / "state", watch) as state:
        ingest(watch, state, datetime(2024, 3, 26, tzinfo=UTC))
        assert state.zeros() == ()
    # The same rows, once their outcomes are in.
    rows = [in_words(tmp_path, n, 0.0) for n in range(7)]
    daily = after(watch, tmp_path / "state")[1]
    assert [sides(daily, n) for n in range(7)] == [by_hand(own) for own in rows]
    with opened(tmp_path / "state", watch) as state:
        assert state.zeros() == ("fine",)


def test_many_scores_are_within_a_small_bound(tmp_path: Path) -> None:
    rows = daywise.frame(2, rows=40_000, days=4, distinct=None)
    save(rows, tmp_path / "a.parquet")
    daily = after(daywise.watch(tmp_path / "*.parquet"), tmp_path / "state")[1]
    daywise.require_equal(daily, rows)
    overall = daily[daily["by"] == "all"]
    assert overall["bound"].between(1e-5, 0.002).all()
    assert overall["ratio"].between(0.05, 10).all()


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_rows_may_come_in_any_files_at_any_time(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    folder = tmp_path_factory.mktemp("any")
    rows = daywise.frame(data.draw(st.integers(0, 9)), rows=250, days=4)
    files = data.draw(st.integers(1, 5))
    place = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, files, len(rows))
    order = data.draw(st.permutations(range(files)))
    cuts = data.draw(st.sets(st.integers(1, files), max_size=files)) | {files}
    watch = daywise.watch(folder / "*.parquet")
    daily, done = None, 0
    for cut in sorted(cuts):
        for n in order[done:cut]:
            # At first a file may lack some of its rows, which come when it is rewritten.
            early = data.draw(st.booleans()) and cut < files
            save(rows[place == n][:: 2 if early else 1], folder / f"{n}.parquet", at=cut)
        done = cut
        daily = after(watch, folder / "state")[1]
    for n in range(files):
        save(rows[place == n], folder / f"{n}.parquet", at=100 + n)
    daily = after(watch, folder / "state")[1]
    daywise.require_equal(daily, rows)


def test_only_what_is_new_is_opened_and_what_vanished_stays(tmp_path: Path) -> None:
    rows = daywise.frame(3)
    days = [own for _, own in rows.groupby(rows["at"].dt.floor("D"))]
    watch = daywise.watch(tmp_path / "*.parquet")
    for n, own in enumerate(days[:5]):
        save(own, tmp_path / f"{n}.parquet")
    after(watch, tmp_path / "state")
    size = (tmp_path / "0.parquet").stat().st_size
    (tmp_path / "0.parquet").write_bytes(b"x" * size)
    os.utime(tmp_path / "0.parquet", ns=(0, 1_800_000_000_000_000_000))
    (tmp_path / "1.parquet").unlink()
    save(days[5], tmp_path / "5.parquet")
    taken, daily = after(watch, tmp_path / "state")
    assert taken == Ingested(("5.parquet",), len(days[5]), 0, (), ("1.parquet",))
    daywise.require_equal(daily, pd.concat(days[:6]))
    taken, again = after(watch, tmp_path / "state")
    assert taken == Ingested((), 0, 0, (), ("1.parquet",))
    pd.testing.assert_frame_equal(again, daily)


def test_late_rows_and_a_rewritten_day_are_told(tmp_path: Path) -> None:
    rows = daywise.frame(4).dropna(subset="at").sort_values("at", ignore_index=True)
    late = rows.index[rows["at"] < "2024-03-26"][:7]
    watch = daywise.watch(tmp_path / "*.parquet")
    save(rows.drop(late), tmp_path / "a.parquet")
    before = after(watch, tmp_path / "state")[1].iloc[0]["rows"]
    save(rows.loc[late], tmp_path / "b.parquet")
    taken, daily = after(watch, tmp_path / "state")
    daywise.require_equal(daily, rows)
    (changed,) = taken.changed
    assert changed.start.isoformat() == "2024-03-25T00:00:00+00:00"
    assert (changed.before, changed.after) == (before, before + 7)
    save(rows.loc[late].assign(at=pd.Timestamp("2024-05-05")), tmp_path / "b.parquet", at=1)
    taken, daily = after(watch, tmp_path / "state")
    assert [(c.before, c.after) for c in taken.changed] == [(before + 7, before)]
    moved = rows.copy()
    moved.loc[late, "at"] = pd.Timestamp("2024-05-05")
    daywise.require_equal(daily, moved)


def test_outcomes_that_come_later_change_a_day_of_as_many_rows(tmp_path: Path) -> None:
    rows = daywise.frame(5, days=2)
    watch = daywise.watch(tmp_path / "*.parquet")
    save(rows.assign(y=np.nan), tmp_path / "a.parquet")
    _, daily = after(watch, tmp_path / "state")
    assert daily["auc"].isna().all()
    assert daily["pending"].equals(daily["rows"])
    save(rows, tmp_path / "a.parquet", at=1)
    taken, daily = after(watch, tmp_path / "state")
    daywise.require_equal(daily, rows)
    assert [c.before == c.after for c in taken.changed] == [True, True]


@pytest.mark.parametrize("kind", ["parquet", "csv", "table"])
def test_a_single_file_or_table_is_read_again_from_late_days_on(tmp_path: Path, kind: str) -> None:
    rows = daywise.frame(6).sort_values("at", ignore_index=True)
    path = tmp_path / f"log.{kind}"

    def put(now: pd.DataFrame, at: int) -> None:
        if kind != "table":
            save(now, path, at)
            return
        with duckdb.connect(str(tmp_path / "log.db")) as connection:
            connection.register("made", now)
            connection.execute("CREATE OR REPLACE TABLE answers AS SELECT * FROM made")
        os.utime(tmp_path / "log.db", ns=(at, 1_800_000_000_000_000_000 + at))

    source: Any = {"url": str(tmp_path / "log.db"), "table": "answers"}
    watch = daywise.watch(source if kind == "table" else path, late_days=3)
    # A time far ahead is a mistake, which must not hide what comes.
    wrong = rows["at"].isna()
    rows.loc[rows.index[wrong][0], "at"] = pd.Timestamp("2150-01-01")
    put(rows[(rows["at"] < "2024-04-02") | wrong], 0)
    after(watch, tmp_path / "state")
    early = rows["at"] < "2024-03-27"
    late = (rows["at"] >= "2024-03-30") & (rows["at"] < "2024-03-31")
    now = rows.copy()
    now.loc[late, "y"] = 1.0
    # What is older than `late_days` before the newest day is not looked at again.
    put(now[~early], 1)
    taken, daily = after(watch, tmp_path / "state")
    daywise.require_equal(daily, now)
    assert taken.rows == (~(rows["at"] < "2024-03-29")).sum()
    assert pd.Timestamp("2024-03-30", tz="UTC") in [c.start for c in taken.changed]
    assert after(watch, tmp_path / "state")[0].parts == ()


def test_a_day_without_an_auc_that_is_read_again_has_not_changed(tmp_path: Path) -> None:
    rows = daywise.frame(13, days=1).assign(y=1.0)
    save(rows, tmp_path / "a.parquet")
    watch = daywise.watch(tmp_path / "a.parquet")
    _, daily = after(watch, tmp_path / "state")
    assert daily["auc"].isna().all()
    save(rows, tmp_path / "a.parquet", at=1)
    taken, again = after(watch, tmp_path / "state")
    assert taken.rows == len(rows)
    assert taken.changed == ()
    pd.testing.assert_frame_equal(again, daily)


def test_scores_that_move_to_another_scale_get_edges_of_their_own(tmp_path: Path) -> None:
    rows = daywise.frame(7, rows=30_000, days=6, distinct=None)
    moved = rows.copy()
    moved.loc[moved["at"] >= "2024-03-29", "s"] = 40 + moved["s"] / 1e6
    watch = daywise.watch(tmp_path / "*.parquet")
    for n, own in moved.groupby(moved["at"].dt.floor("D")):
        save(own, tmp_path / f"{n:%d}.parquet")
        daily = after(watch, tmp_path / "state")[1]
    daywise.require_equal(daily, moved[moved["at"].notna()])
    assert (daily.loc[daily["by"] == "all", "bound"] <= COARSE).all()
    with opened(tmp_path / "state", watch) as held:
        assert set(held.buckets().values()) == {0, 1}
    # The same in one go, and a late row, which has the bins of its day.
    save(moved, tmp_path / "whole" / "all.parquet")
    whole = daywise.watch(tmp_path / "whole" / "*.parquet")
    daily = after(whole, tmp_path / "other")[1]
    daywise.require_equal(daily, moved)
    save(moved[:50], tmp_path / "99.parquet")
    daily = after(watch, tmp_path / "state")[1]
    twice = pd.concat([moved[moved["at"].notna()], moved[:50]])
    daywise.require_equal(daily, twice)


def test_a_default_score_of_many_rows_is_no_coarse_bin(tmp_path: Path) -> None:
    rows = daywise.frame(8, rows=20_000, days=3, distinct=None)
    rows.loc[::3, "s"] = 0.5
    save(rows, tmp_path / "a.parquet")
    daily = after(daywise.watch(tmp_path / "*.parquet"), tmp_path / "state")[1]
    daywise.require_equal(daily, rows)
    assert (daily.loc[daily["by"] == "all", "bound"] <= COARSE).all()


def test_groups_beyond_the_most_are_counted_together(tmp_path: Path) -> None:
    rows = daywise.frame(9, days=3).dropna(subset=["at", "who"])
    rows["who"] = np.where(rows.index < 900, "big", np.where(rows.index < 1_500, "mid", "small"))
    watch = daywise.watch(tmp_path / "*.parquet", most_groups=2)
    save(rows[rows["who"] != "big"], tmp_path / "a.parquet")
    after(watch, tmp_path / "state")
    save(rows[rows["who"] == "big"], tmp_path / "b.parquet")
    daily = after(watch, tmp_path / "state")[1]
    who = rows["who"].replace("big", "(other)")
    daywise.require_equal(daily, rows.assign(who=who, land=kept(rows, daily)))


def kept(rows: pd.DataFrame, daily: pd.DataFrame) -> pd.Series:
    """The column `land`, with what is no stream of its own named other."""
    own = set(daily.loc[daily["by"] == "land", "label"])
    assert len(own - {"(missing)", "(other)"}) == 2
    return rows["land"].where(rows["land"].isin(own) | rows["land"].isna(), "(other)")


def test_many_files_are_read_some_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = daywise.frame(10)
    for n in range(6):
        save(rows[n::6], tmp_path / f"{n}.parquet")
    monkeypatch.setattr(
        "investigate.monitor.ingest.AT_ONCE", 2 * (tmp_path / "0.parquet").stat().st_size + 500
    )
    watch = daywise.watch(tmp_path / "*.parquet")
    daywise.require_equal(after(watch, tmp_path / "state")[1], rows)


def test_a_log_without_rows_or_without_a_system(tmp_path: Path) -> None:
    rows = daywise.frame(11, days=2)
    columns = {name: daywise.COLUMNS[name] for name in ("time", "outcome", "score")}
    watch = daywise.watch(tmp_path / "*.parquet", columns=columns, cohorts=[])
    save(rows[:0], tmp_path / "a.parquet")
    taken, daily = after(watch, tmp_path / "state")
    assert (taken.rows, len(daily)) == (0, 0)
    save(rows, tmp_path / "b.parquet")
    daily = after(watch, tmp_path / "state")[1]
    truth = daywise.expected(rows).query("by == 'all'")
    assert daily["rows"].tolist() == truth["rows"].tolist()
    assert daily["auc"].tolist() == pytest.approx(truth["auc"].tolist())


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    rows = daywise.frame(12)
    watch = daywise.watch(tmp_path / "*.parquet")
    save(rows[:1_000], tmp_path / "a.parquet")
    before = after(watch, tmp_path / "state")[1]
    save(rows[1_000:], tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes(b"no Parquet")
    with pytest.raises(InputError, match=r"c\.parquet"):
        after(watch, tmp_path / "state")
    with opened(tmp_path / "state", watch) as held:
        pd.testing.assert_frame_equal(held.daily(), before)
    (tmp_path / "c.parquet").unlink()
    daywise.require_equal(after(watch, tmp_path / "state")[1], rows)
