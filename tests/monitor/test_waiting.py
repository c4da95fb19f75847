"""A monitor that joins outcomes: it waits for them as long as the baseline shows it must."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import alerted
import numpy as np
import pandas as pd
import pytest
import yaml
from alerted import day
from sklearn.metrics import roc_auc_score
from watching import Place

from investigate.monitor.state import kept, opened
from investigate.monitor.waiting import steps_until
from investigate.monitor.watch import load

DAYS = 42
MORE: dict[str, Any] = {
    "columns": {"time": "at", "score": "s", "key": "request"},
    "outcomes": {
        "log": "outcomes.parquet",
        "columns": {"key": "id", "outcome": "y", "observed_at": "seen"},
    },
}


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers of all days, and their outcomes: late, doubled, some taken back, some never."""
    rng = np.random.default_rng(15)
    log = pd.concat([alerted.answers(n) for n in range(DAYS)], ignore_index=True)
    log["request"] = rng.permutation(len(log)) + 10_000
    outcomes = pd.DataFrame(
        {
            "id": log["request"],
            "y": log.pop("y"),
            "seen": log["at"] + pd.to_timedelta(rng.exponential(30, len(log)), "h"),
        }
    ).sample(frac=0.95, random_state=1)
    twice = outcomes.sample(frac=0.05, random_state=2)
    back = outcomes.sample(frac=0.03, random_state=3).assign(y=lambda d: 1 - d["y"])
    back["seen"] += pd.Timedelta(days=2)
    return log, pd.concat([outcomes, twice, back]).sample(frac=1, random_state=4)


def expected(log: pd.DataFrame, outcomes: pd.DataFrame, wait: int) -> pd.DataFrame:
    """Rows, pending outcomes and AUC of each day, by pandas and scikit-learn."""
    found = []
    for start, own in log.groupby(log["at"].dt.floor("D")):
        until = pd.Timestamp(start) + pd.Timedelta(days=1 + wait)
        outcome_by_id = (
            outcomes[outcomes["seen"] < until].groupby("id")["y"].agg(["min", "nunique"])
        )
        rows = own.join(
            outcome_by_id["min"].where(outcome_by_id["nunique"] == 1).rename("y"), on="request"
        )
        known = rows.dropna(subset="y")
        area = roc_auc_score(known["y"], known["s"])
        found.append((start, len(rows), int(rows["y"].isna().sum()), area))
    return pd.DataFrame(found, columns=["start", "rows", "pending", "auc"])


def place(folder: Path, **more: Any) -> Place:
    asked = {**MORE, **more}
    table = {**MORE["outcomes"], "log": str(folder / "outcomes.parquet")}
    return Place(folder, **{**asked, "outcomes": table})


def put(folder: Path, log: pd.DataFrame, outcomes: pd.DataFrame, until: int) -> None:
    """What is there at the end of a day: a file of each day, and the outcomes known by then."""
    (folder / "log").mkdir(exist_ok=True)
    for n in range(until):
        path = folder / "log" / f"{n:03}.parquet"
        if not path.exists():
            log[log["at"].dt.floor("D") == pd.Timestamp(day(n))].to_parquet(path)
    there = outcomes[outcomes["seen"] < pd.Timestamp(day(until))]
    there.to_parquet(folder / "outcomes.parquet")


def daily(folder: Path) -> pd.DataFrame:
    watch = load(folder / "watch.yml")
    with opened(watch.state_file, watch) as state:
        found = state.daily()
        judged = kept.judged(state)
    return found[found["by"] == "all"].merge(judged[["start"]], on="start", how="right")


@pytest.mark.slow
def test_day_by_day_as_at_once_and_as_pandas(tmp_path: Path) -> None:
    log, outcomes = tables()
    (tmp_path / "live").mkdir()
    live = place(tmp_path / "live")
    put(live.folder, log, outcomes, 30)
    first = live.run(30)
    assert "a day is judged 3 days after its end: by then 90% of outcomes are in" in first.stdout
    for until in (40, DAYS):
        put(live.folder, log, outcomes, until)
        done = live.run(until)
        assert done.exit_code in (0, 3), done.output
    assert "known rows read again: new outcomes are in" in done.stdout
    (tmp_path / "once").mkdir()
    once = place(tmp_path / "once")
    put(once.folder, log, outcomes, DAYS)
    # A table that knows more than the moment as which it is run.
    outcomes.to_parquet(once.folder / "outcomes.parquet")
    assert once.run(DAYS).exit_code == done.exit_code == 3
    for folder in (live.folder, once.folder):
        found = daily(folder)
        # Days 30 to 38: the newest three still wait.
        assert found["start"].dt.day.tolist() == [31, *range(1, 9)]
        truth = expected(log, outcomes, wait=3)
        truth = truth[truth["start"].isin(found["start"])].reset_index(drop=True)
        assert found[["rows", "pending"]].equals(truth[["rows", "pending"]])
        assert (found["auc"] - truth["auc"]).abs().max() < 1e-12
    assert [a.what for a in live.alerts()] == [a.what for a in once.alerts()]
    assert [a.raised for a in live.alerts()] == [a.raised for a in once.alerts()]
    # The score fails from the 36th day on; three days later that day is judged.
    (case,) = live.cases()
    assert case.name == f"made-{day(36):%Y-%m-%d}"
    asked = yaml.safe_load((case / "alerts" / "1.yml").read_text())
    assert pd.Timestamp(asked["outcomes"]["as_of"]) == pd.Timestamp(day(40))


def test_the_wait_is_the_quantile_of_all_delays_where_none_is_cut_off() -> None:
    rng = np.random.default_rng(1)
    ends = pd.Series([pd.Timestamp(day(n)) for n in range(30)])
    took = rng.geometric(0.3, (30, 400)) - 1
    frames = [
        pd.Series(own).value_counts().rename_axis("steps").reset_index(name="rows").assign(end=end)
        for own, end in zip(took, ends, strict=True)
    ]
    delays = pd.concat(frames)
    for share in (0.5, 0.8, 0.9, 0.99):
        found = steps_until(delays, day(500), timedelta(days=1), share)
        assert found == np.quantile(took, share, method="inverted_cdf")
    # Seen when the newest is just over, a plain share of what is in would be too short.
    now = day(30)
    found = steps_until(delays, now, timedelta(days=1), 0.9)
    seen = delays[delays["end"] + pd.to_timedelta(delays["steps"], "D") <= pd.Timestamp(now)]
    plain = np.quantile(np.repeat(seen["steps"], seen["rows"]), 0.9, method="inverted_cdf")
    assert found == np.quantile(took, 0.9, method="inverted_cdf") > plain
    assert steps_until(delays.iloc[:0], now, timedelta(days=1), 0.9) is None


@pytest.mark.slow
def test_outcomes_of_which_none_is_known_are_refused(tmp_path: Path) -> None:
    log, outcomes = tables()
    one = place(tmp_path)
    put(tmp_path, log, outcomes.assign(id=lambda d: d["id"] + 10**6), 31)
    done = one.run(31)
    assert done.exit_code == 2
    assert "outcomes: none is known of the rows of the baseline" in done.output
    assert "Traceback" not in done.output
    put(tmp_path, log, outcomes, 31)
    assert one.run(31).exit_code == 0
    one.write(**{**one.more, "wait_days": 5})
    changed = one.run(31)
    assert changed.exit_code == 2
    assert "was counted with other settings (wait_days)" in changed.output
