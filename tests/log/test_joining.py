"""Outcomes of a table of their own: held to pandas' merge on random tables."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

import investigate
from investigate.api import opening
from investigate.errors import InputError
from investigate.log import count, hold
from investigate.log.files import find
from investigate.log.joining import joined, observed
from investigate.log.source import Engine
from investigate.question import params

START, CUT, END = (pd.Timestamp(day) for day in ("2024-01-01", "2024-01-21", "2024-02-10"))
ROWS = 3_000


def tables(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A log without outcomes, and outcomes with doubled, contradictory, missing and late keys."""
    rng = np.random.default_rng(seed)
    score = rng.random(ROWS).round(3)
    seconds = np.sort(rng.integers(0, int((END - START).total_seconds()), ROWS))
    log = pd.DataFrame(
        {
            "t": START + pd.to_timedelta(seconds, "s"),
            "request": rng.permutation(ROWS) + 1_000,
            "s": score,
            "system": rng.choice(["a", "b"], ROWS),
            "country": rng.choice(["DE", "FR", "PL"], ROWS),
        }
    )
    late = pd.to_timedelta(rng.integers(0, 96, ROWS), "h")
    outcomes = pd.DataFrame(
        {
            "id": log["request"],
            "won": (rng.random(ROWS) < score).astype(int),
            "seen": log["t"] + late,
        }
    )
    outcomes = outcomes[rng.random(ROWS) > 0.1]
    doubled = outcomes.sample(150, random_state=seed)
    odds = outcomes.sample(80, random_state=seed + 1).assign(won=lambda d: 1 - d["won"])
    strangers = outcomes.sample(50, random_state=seed + 2).assign(id=lambda d: d["id"] + 10**6)
    outcomes = pd.concat([outcomes, doubled, odds, strangers]).sample(frac=1, random_state=seed)
    return log, outcomes.reset_index(drop=True)


def merged(log: pd.DataFrame, outcomes: pd.DataFrame, as_of: str | None = None) -> pd.DataFrame:
    """The join by pandas."""
    if as_of:
        outcomes = outcomes[outcomes["seen"] < pd.Timestamp(as_of)]
    by_key = outcomes.groupby("id")["won"].agg(["min", "nunique"])
    by_key = by_key["min"].where(by_key["nunique"] == 1).rename("won")
    return log.merge(by_key, how="left", left_on="request", right_index=True, validate="m:1")


def asked(log: Any, outcomes: Any, **more: Any) -> dict[str, Any]:
    columns = {"key": "id", "outcome": "won", "observed_at": "seen"}
    return {
        "case": "joined", "log": log, "cohorts": ["country"],
        "columns": {"time": "t", "score": "s", "system": "system", "key": "request"},
        "outcomes": {"log": outcomes, "columns": columns, **more},
        "baseline": {"start": str(START.date()), "end": str(CUT.date())},
        "incident": {"start": str(CUT.date()), "end": str(END.date())},
    }  # fmt: skip


def facts(counts: Any) -> dict[tuple[str, str, int], tuple[int, int]]:
    own = counts.facts[counts.facts["by"].isin(["all", "country"])]
    return {(row.by, row.cohort, row.window): (row.rows, row.positives) for row in own.itertuples()}


def by_pandas(frame: pd.DataFrame) -> dict[tuple[str, str, int], tuple[int, int]]:
    frame = frame.dropna(subset=["won"]).assign(window=lambda d: (d["t"] >= CUT).astype(int))
    found = {}
    for window, own in frame.groupby("window"):
        found["all", "", window] = (len(own), int(own["won"].sum()))
        for country, rows in own.groupby("country"):
            found["country", country, window] = (len(rows), int(rows["won"].sum()))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "form"), [(1, "csv"), (2, "parquet"), (3, "floats")])
def test_the_join_is_that_of_pandas(tmp_path: Path, seed: int, form: str) -> None:
    log, outcomes = tables(seed)
    expected = merged(log, outcomes)
    if form == "floats":
        # A column of whole numbers with gaps is one of floats in pandas.
        log = log.assign(request=log["request"].astype(float))
        log.loc[5:9, "request"] = np.nan
        expected.loc[5:9, "won"] = np.nan
    log.to_csv(tmp_path / "log.csv", index=False)
    log.to_parquet(tmp_path / "log.parquet")
    outcomes.to_csv(tmp_path / "outcomes.csv", index=False)
    ending = "csv" if form == "csv" else "parquet"
    values = asked(str(tmp_path / f"log.{ending}"), str(tmp_path / "outcomes.csv"))
    counts = count(params.from_values(values, "here"))
    assert facts(counts) == by_pandas(expected)
    kinds = outcomes.groupby("id")["won"].agg(["size", "nunique"])
    noted = {k: v for k, v in counts.noted().items() if k.startswith("outcomes: ")}
    known = log["request"].dropna()
    odd = {
        "keys that stand there more than once, with one outcome": int(
            ((kinds["size"] > 1) & (kinds["nunique"] == 1)).sum()
        ),
        "keys with two outcomes, which count as none": int((kinds["nunique"] > 1).sum()),
        "rows of the log without a key": int(log["request"].isna().sum()),
        "rows of the log whose key has no outcome": int((~known.isin(outcomes["id"])).sum()),
    }
    assert noted == {f"outcomes: {what}": rows for what, rows in odd.items() if rows}
    assert counts.meta["excluded"] == {"missing outcome": int(expected["won"].isna().sum())}


KEYS = st.one_of(st.none(), st.integers(0, 6))
OUTCOMES = st.lists(st.tuples(KEYS, st.sampled_from([0, 1, None]), st.integers(0, 9)), max_size=14)


@pytest.mark.slow
@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(log=st.lists(KEYS, min_size=1, max_size=10), outcome_rows=OUTCOMES, until=st.integers(0, 10))
def test_any_two_tables_are_joined_as_pandas_does(
    log: list[int | None], outcome_rows: list[tuple[int | None, int | None, int]], until: int
) -> None:
    rows = pd.DataFrame({"request": pd.array(log, "Int64"), "s": range(len(log)), "system": "a"})
    rows = rows.assign(t=START, country="DE")
    keys, won, days = zip(*outcome_rows, strict=True) if outcome_rows else ((), (), ())
    outcomes = pd.DataFrame({"id": pd.array(keys, "Int64"), "won": pd.array(won, "Int64")})
    outcomes["seen"] = START + pd.to_timedelta(pd.array(days, "Int64"), "D")
    as_of = str((START + pd.Timedelta(until, "D")).date())
    question, held, _path = opening.asked(asked(rows, outcomes, as_of=as_of))
    with Engine(held) as engine:
        whole, _odd = joined(engine.open(find(question.log, "log")), question, engine)
        found = whole.order_by("s").to_pandas()["won"]
    expected = merged(rows, outcomes.dropna(subset=["id"]), as_of)["won"]
    assert found.isna().tolist() == expected.isna().tolist()
    assert found.dropna().tolist() == expected.dropna().tolist()


@pytest.mark.slow
def test_as_of_gives_the_numbers_of_that_day() -> None:
    log, outcomes = tables(4)
    found = investigate.open(asked(log, outcomes, as_of="2024-01-25"))
    expected = merged(log, outcomes, "2024-01-25")
    assert facts(found.counts) == by_pandas(expected)
    level = found.answer().detail["findings"]["auc"]
    for window, rows in (("baseline", expected["t"] < CUT), ("incident", expected["t"] >= CUT)):
        own = expected[rows].dropna(subset=["won"])
        auc = roc_auc_score(own["won"], own["s"])
        assert level[window]["value"] == pytest.approx(auc, abs=1e-12)
    assert found.question.parameters()["outcomes"]["as_of"] == "2024-01-25"


@pytest.mark.slow
def test_a_join_that_fails_for_one_cohort_is_told_with_its_share() -> None:
    log, outcomes = tables(5)
    fails = log[(log["t"] >= CUT) & (log["country"] == "FR")].sample(frac=0.6, random_state=1)
    kept = outcomes[~outcomes["id"].isin(fails["request"])]
    found = investigate.open(asked(log, kept))
    reasons = [reason for reason in found.counts.noted() if "see whether the join fails" in reason]
    frame = merged(log, kept)
    later = frame[frame["t"] >= CUT]
    french = later[later["country"] == "FR"]
    earlier = frame[(frame["t"] < CUT) & (frame["country"] == "FR")]
    share = french["won"].isna().sum() / later["won"].isna().sum()
    assert len(reasons) == 2
    assert reasons[1] == (
        f"outcomes: in country 'FR' {french['won'].isna().mean():.0%} have none in the incident, "
        f"and {earlier['won'].isna().mean():.0%} in the baseline, {share:.0%} of all that lack "
        "one; see whether the join fails there"
    )
    whole = investigate.open(asked(log, outcomes)).counts.noted()
    assert not [reason for reason in whole if "see whether the join fails" in reason]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"outcomes": {"log": "o.csv", "columns": {"key": "id"}}}, "'outcomes.columns.outcome' is"),
        ({"outcomes": {"log": "o.csv"}}, "'outcomes.columns' is missing; add it"),
        ({"columns": {"time": "t", "score": "s", "outcome": "y"}}, "columns.outcome: outcomes.col"),
        (
            {
                "outcomes": {
                    "log": "o",
                    "columns": {"key": "k", "outcome": "y"},
                    "as_of": "2024-01-05",
                }
            },
            "outcomes: as_of needs to know when: add outcomes.columns.observed_at",
        ),
        (
            {"outcomes": {"log": "o.csv", "columns": {"key": "won", "outcome": "won"}}},
            "outcomes.columns: 'won' cannot be two of key, outcome and observed_at; name others",
        ),
        ({"outcomes": None}, "'columns.outcome' is missing; add it"),
        (
            {"outcomes": None, "columns": {"time": "t", "score": "s", "outcome": "y", "key": "k"}},
            "columns: key joins outcomes; add outcomes, or remove it",
        ),
    ],
)
def test_a_table_of_outcomes_that_cannot_be_is_refused(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as caught:
        params.from_values({**asked("log.csv", "o.csv"), **change}, "here")
    assert str(caught.value).startswith(f"here: {line}")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"key": "ident"}, "outcomes.columns.key: the table has no column 'ident'; "),
        ({"outcome": "wun"}, "outcomes.columns.outcome: the table has no column 'wun'; did you me"),
        ({"observed_at": "s"}, "outcomes.columns.observed_at: the table has no column 's'; "),
    ],
)
def test_a_column_that_is_not_there_is_told(
    tmp_path: Path, change: dict[str, str], line: str
) -> None:
    log, outcomes = tables(6)
    log[:50].to_csv(tmp_path / "log.csv", index=False)
    outcomes[:50].to_csv(tmp_path / "outcomes.csv", index=False)
    values = asked(str(tmp_path / "log.csv"), str(tmp_path / "outcomes.csv"))
    values["outcomes"]["columns"] |= change
    with pytest.raises(InputError) as caught:
        count(params.from_values(values, "here"))
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("change", "named"),
    [({"cohorts": ["won"]}, "cohorts"), ({"cohorts": ["Won"]}, "cohorts"),
     ({"columns": {"time": "t", "score": "s", "system": "won"}}, "columns.system")],
)  # fmt: skip
def test_a_column_of_the_log_is_never_taken_for_the_outcome(
    tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    log, outcomes = tables(8)
    log[:50].assign(won="yes").to_csv(tmp_path / "log.csv", index=False)
    outcomes[:50].to_csv(tmp_path / "outcomes.csv", index=False)
    values = asked(str(tmp_path / "log.csv"), str(tmp_path / "outcomes.csv")) | change
    with pytest.raises(InputError) as caught:
        count(params.from_values(values, "here"))
    line = f"outcomes.columns.outcome: 'won' is what {named} calls a column of the log; rename"
    assert str(caught.value).startswith(line)


def test_an_outcome_that_is_no_number_is_none() -> None:
    keys, won = [1, 1, 2, 3], [1.0, float("nan"), float("nan"), 0.0]
    outcomes = pa.table({"id": keys, "won": pa.array(won), "seen": [0, 0, 0, 0]})
    source, table = hold(outcomes, "outcomes")
    question = params.from_values(asked("log.csv", source.model_dump()), "here")
    with Engine({source.in_memory: table}) as engine:
        found = observed(question, engine, moments=False).order_by("key", "outcome").to_pyarrow()
    # A key whose outcome was not known at first has one outcome, not two.
    assert found["outcome"].to_pylist() == [1.0, None, None, 0.0]


def test_a_missing_key_and_a_missing_table_are_told(tmp_path: Path) -> None:
    log, outcomes = tables(7)
    log[:50].to_csv(tmp_path / "log.csv", index=False)
    outcomes[:50].to_csv(tmp_path / "outcomes.csv", index=False)
    values = asked(str(tmp_path / "log.csv"), str(tmp_path / "outcomes.csv"))
    values["columns"]["key"] = "reqest"
    with pytest.raises(InputError, match=r"columns\.key: the log has no column 'reqest'; did you"):
        count(params.from_values(values, "here"))
    values = asked(str(tmp_path / "log.csv"), "gone.csv")
    with pytest.raises(InputError, match=r"outcomes: there is no file 'gone\.csv'"):
        count(params.from_values(values, "here"))


def test_what_is_not_said_leaves_fingerprints_as_they_were() -> None:
    values = asked("log.csv", "o.csv")
    del values["outcomes"], values["columns"]["key"]
    values["columns"]["outcome"] = "y"
    parameters = params.from_values(values, "here").parameters()
    assert "outcomes" not in parameters
    assert "key" not in parameters["columns"]
