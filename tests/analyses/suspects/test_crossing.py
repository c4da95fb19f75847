"""Two cohort columns combined, on counts made by hand."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

from investigate.analyses.suspects.crossing import crossed, lost_in_new_rows, mostly_in
from investigate.analyses.suspects.narrowing import Scope
from investigate.counts.table import Counts
from investigate.log import count
from investigate.question import params

pytestmark = pytest.mark.slow

BINS = 20


def counts(broken: set[tuple[str, str]], zeroed: bool = False) -> Counts:
    """Two columns of two values each; where broken, the incident's outcomes are turned round.

    ``zeroed``: they are all 0 there instead, and nearly all were 0 before in the app.
    """
    rows = []
    low = np.arange(BINS)
    for one in ("n", "s"):
        for two in ("app", "web"):
            for window in (0, 1):
                good = 10 + 40 * low // BINS
                if zeroed and two == "app":
                    good = np.full(BINS, 2)
                bad = 60 - good
                if window == 1 and (one, two) in broken:
                    good, bad = (0 * good, good + bad) if zeroed else (bad, good)
                rows += [
                    {"first": "region", "second": "device", "cohort": one, "other": two}
                    | {"window": window, "bin": b, "positives": int(p), "negatives": int(n)}
                    for b, p, n in zip(low, good, bad, strict=True)
                ]
    return Counts(*[pd.DataFrame()] * 7, meta={}, crossed=pd.DataFrame(rows))


def test_a_part_of_a_cohort_is_named() -> None:
    made = counts({("s", "web")})
    both = {"region": "s", "device": "web"}
    assert crossed(made, {"region": "s"}, with_spread=False) == both
    assert crossed(made, {"device": "web"}, with_spread=False) == both


def test_a_whole_cohort_stays_whole() -> None:
    made = counts({("s", "web"), ("s", "app")})
    assert crossed(made, {"region": "s"}, with_spread=False) == {"region": "s"}


def test_labels_that_are_zero_in_a_whole_cohort_are_not_told_of_the_part_that_lost_most() -> None:
    made = counts({("s", "web"), ("s", "app")}, zeroed=True)
    assert crossed(made, {"region": "s"}, with_spread=False) == {"region": "s"}
    # Nor is the column that holds the loss besides named, where another one is the whole of it.
    assert crossed(made, {"device": "web"}, with_spread=False) == {"region": "s"}
    part = counts({("s", "web")}, zeroed=True)
    both = {"region": "s", "device": "web"}
    assert crossed(part, {"region": "s"}, with_spread=False) == both
    assert crossed(part, {"device": "web"}, with_spread=False) == both


def test_one_column_has_nothing_to_cross() -> None:
    alone = Counts(*[pd.DataFrame()] * 7, meta={})
    assert crossed(alone, {"region": "s"}, with_spread=False) == {"region": "s"}


def test_a_value_that_lies_within_the_cohort_is_named_without_it() -> None:
    made = counts({("s", "web")})
    elsewhere = (made.crossed["cohort"] == "n") & (made.crossed["other"] == "web")
    nested = Counts(*[pd.DataFrame()] * 7, meta={}, crossed=made.crossed[~elsewhere])
    assert crossed(nested, {"region": "s"}, with_spread=False) == {"device": "web"}
    assert crossed(nested, {"device": "web"}, with_spread=False) == {"device": "web"}


def test_a_part_that_lost_its_order_where_ones_are_few_is_part_of_the_cohort() -> None:
    ones = {"app": np.repeat([0, 1, 2], [10, 4, 6]), "web": 10 + 40 * np.arange(BINS) // BINS}
    rows = [
        {"first": "region", "second": "device", "cohort": one, "other": two, "window": window}
        | {"bin": b, "positives": int(p), "negatives": 60 - int(p)}
        for one in ("n", "s")
        for two, good in ones.items()
        for window in (0, 1)
        for b, p in enumerate(np.sort(good)[:: -1 if window and one == "s" else 1])
    ]
    made = Counts(*[pd.DataFrame()] * 7, meta={}, crossed=pd.DataFrame(rows))
    # Its rows rank in reverse as well, though their order is little to all others.
    assert crossed(made, {"region": "s"}, with_spread=False) == {"region": "s"}


def rollout(lost: bool) -> Counts:
    """A new device has two of three rows of every region, and tells little of them.

    ``lost``: in region s scores of the other device tell nothing any more either.
    """
    rng = np.random.default_rng(12)
    rows = 12_000
    day, region = rng.uniform(0, 30, rows), rng.choice(["n", "s", "w"], rows)
    now = day >= 20
    new = now & (rng.random(rows) < 2 / 3)
    logit = -1 + np.where(new, 0.2, 2.0) * rng.normal(size=rows)
    outcome = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    broken = now & (region == "s") & (new | lost)
    score = np.where(broken, rng.permutation(logit), logit)
    frame = pd.DataFrame({
        "time": pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D"),
        "outcome": outcome, "score": score.round(4),
        "region": region, "device": np.where(new, "new", "old"),
    })  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        frame.to_parquet(path)
        return count(params.from_names({
            "case": "rollout", "log": str(path),
            "columns": {"time": "time", "outcome": "outcome", "score": "score"},
            "cohorts": ["region", "device"],
            "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
            "incident": {"start": "2024-01-21", "end": "2024-01-31"},
        }))  # fmt: skip


def test_what_a_cohort_lost_in_rows_of_a_new_group_alone_is_no_news_of_it() -> None:
    counts = rollout(lost=False)
    assert lost_in_new_rows(counts, Scope("region", "", "s", 1))
    # The new group itself is not excused by its own rows, nor by those of others.
    assert not lost_in_new_rows(counts, Scope("device", "", "new", 1))
    assert not lost_in_new_rows(counts, Scope("all", "", "", 1))


def test_a_cohort_whose_other_rows_surely_fell_too_is_not_excused() -> None:
    counts = rollout(lost=True)
    assert not lost_in_new_rows(counts, Scope("region", "", "s", 1))
    assert lost_in_new_rows(counts, Scope("region", "", "n", 1))


def test_most_of_a_cohort_s_rows_in_a_group_that_lost_as_much_is_said() -> None:
    rng = np.random.default_rng(2)
    size = 8_000
    region = rng.choice(["n", "s"], size)
    # Of the app's rows nine in ten are those of the south, which is struck.
    south = region == "s"
    device = np.where(rng.random(size) < np.where(south, 0.6, 0.07), "app", "web")
    day = rng.integers(0, 20, size)
    signal = rng.normal(size=size) * 2
    struck = south & (day >= 10)
    log = pd.DataFrame(
        {
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, "D"),
            "outcome": (rng.random(size) < 1 / (1 + np.exp(-signal))).astype(int),
            "score": np.where(struck, rng.permutation(signal), signal).round(2),
            "region": region,
            "device": device,
        }
    )
    with TemporaryDirectory() as folder:
        log.to_parquet(Path(folder) / "log.parquet")
        question = params.from_names(
            {
                "case": "made",
                "log": f"{folder}/log.parquet",
                "columns": {part: part for part in ("time", "outcome", "score")},
                "cohorts": ["region", "device"],
                "baseline": {"start": "2024-01-01", "end": "2024-01-11"},
                "incident": {"start": "2024-01-11", "end": "2024-01-21"},
            }
        )
        counted = count(question)

    def told(column: str, value: str) -> str:
        its = log[(log[column] == value) & (log["time"] >= "2024-01-11")]
        return mostly_in(counted, Scope(column, "", value, len(its)))

    app = log[(log["device"] == "app") & (log["time"] >= "2024-01-11")]
    share = round(100 * float((app["region"] == "s").mean()))
    assert told("device", "app").startswith(f" {share}% of its rows have region s, where 0.")
    # Of the south the app has about a half, and of the web neither region has two thirds.
    assert told("region", "s") == ""
    assert told("device", "web") == ""


def test_a_part_is_one_of_those_of_every_other_column() -> None:
    """Three in ten outcomes of a part turned: news among four parts, and none among 124."""
    turned, sound = counts({("s", "web")}), counts(set()).crossed
    sides = ["positives", "negatives"]
    rows = turned.crossed.copy()
    rows[sides] = (0.7 * sound[sides] + 0.3 * rows[sides]) / 2
    few = replace(turned, crossed=rows)
    every = rows.groupby(["cohort", "window", "bin"])[sides].sum() / 2
    columns = [
        every.reset_index().assign(first="region", second=f"column {i}", other=value)
        for i in range(60)
        for value in ("one", "other")
    ]
    many = replace(turned, crossed=pd.concat([rows, *columns], ignore_index=True))
    assert crossed(few, {"region": "s"}, with_spread=False) == {"region": "s", "device": "web"}
    assert crossed(many, {"region": "s"}, with_spread=False) == {"region": "s"}
