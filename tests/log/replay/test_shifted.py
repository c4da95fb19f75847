"""A history in another zone: found by what the scores would be with other times."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from investigate.analyses.replay.replay import doubts, replay
from investigate.analyses.verdict import verdict
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.log.counting import count
from investigate.log.replay.shifted import WritesByItem
from investigate.question import params
from investigate.question.question import Question

pytestmark = pytest.mark.slow


def made(seed: int = 4, rows: int = 4_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers whose score follows from the last value that was written, and all writes."""
    r = np.random.default_rng(seed)
    start, seconds = pd.Timestamp("2024-03-01", tz="UTC"), 40 * 86_400
    times = start + pd.to_timedelta(np.arange(-6, 40 * 24, 3.0).repeat(10), unit="h")
    writes = pd.DataFrame({
        "time": times + pd.to_timedelta(r.integers(0, 3 * 3_600, len(times)), unit="s"),
        "item": [f"i{k}" for k in np.tile(np.arange(10), len(times) // 10)],
        "system": r.choice(["a", "b"], len(times)),
        "difficulty": r.normal(size=len(times)),
    }).sort_values("time", ignore_index=True)  # fmt: skip
    log = pd.DataFrame({
        "time": start + pd.to_timedelta(np.sort(r.integers(0, seconds, rows)), unit="s"),
        "item": [f"i{k}" for k in r.integers(0, 10, rows)],
        "user": [f"u{k}" for k in r.integers(0, 60, rows)],
    })  # fmt: skip
    ability = pd.Series(r.normal(size=60), index=[f"u{k}" for k in range(60)])
    log["ability"] = log["user"].map(ability)
    joined = pd.merge_asof(log, writes, on="time", by="item", allow_exact_matches=False)
    log["system"] = joined["system"]
    log["score"] = 1 / (1 + np.exp(-(log["ability"] - joined["difficulty"])))
    log["outcome"] = (r.random(rows) < 1 / (1 + np.exp(-log["ability"]))).astype(int)
    return log, writes


def counted(log: pd.DataFrame, writes: pd.DataFrame, **columns: str) -> tuple[Counts, Question]:
    log.to_parquet("log.parquet", index=False)
    writes.to_parquet("history.parquet", index=False)
    asked: dict[str, Any] = {
        "case": "shifted", "log": "log.parquet", "history": "history.parquet",
        "columns": {"time": "time", "outcome": "outcome", "score": "score", "system": "system",
                    "item": "item", "cluster": "user", **columns},
        "baseline": {"start": "2024-03-01", "end": "2024-03-26"},
        "incident": {"start": "2024-03-26", "end": "2024-04-10"},
    }  # fmt: skip
    question = params.from_names(asked)
    return count(question, {}, False), question


@pytest.mark.parametrize("minutes", [0, 15, -300])
def test_the_value_in_force_is_the_last_that_was_written_earlier(minutes: int) -> None:
    log, writes = made()
    # Some rows at the very moment of a write, one item without any, and one that is first.
    log.loc[::5, "time"] = writes["time"].sample(len(log[::5]), random_state=1).to_numpy()
    writes = writes[writes["item"].ne("i3")].sort_values("time", kind="stable")
    later = log.assign(time=log["time"] + pd.Timedelta(minutes=minutes), row=np.arange(len(log)))
    expected = pd.merge_asof(
        later.sort_values("time"), writes[["time", "item", "difficulty"]],
        on="time", by="item", allow_exact_matches=False,
    ).sort_values("row")["difficulty"]  # fmt: skip
    found = WritesByItem(writes, log).in_force(minutes)
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(WritesByItem(writes[:0], log).in_force(minutes)).all()


@pytest.mark.parametrize("columns", [{"ability": "ability"}, {}])
@pytest.mark.parametrize("minutes", [60, -330])
def test_the_shift_that_lets_scores_follow_is_found(
    minutes: int, columns: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    writes["time"] += pd.Timedelta(minutes=minutes)
    counts, question = counted(log, writes, **columns)
    shift = counts.meta["replay"]["coverage"]["shift"]
    assert shift["seconds"] == -60 * minutes
    assert shift["following"] > 0.98
    named = verdict(counts, question).detail["verdict"]
    assert named["system"] is None


def test_a_history_in_the_right_zone_has_no_shift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    counts, _ = counted(*made(), ability="ability")
    coverage = counts.meta["replay"]["coverage"]
    assert coverage["shift"] is None
    assert coverage["unmatched"] is None


def test_items_that_the_history_lacks_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    lost = log["item"].isin(["i0", "i1"]) & (log["time"] >= "2024-03-13T12:00")
    writes["item"] = writes["item"].replace({"i0": "0", "i1": "1"})
    unmatched = counted(log, writes)[0].meta["replay"]["coverage"]["unmatched"]
    assert (unmatched["items"], unmatched["log"], unmatched["history"]) == (2, "i0", "0")
    assert unmatched["rows"] == lost.sum()


def test_writes_that_cannot_be_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    text = writes["difficulty"].map("{:.3f}".format)
    writes["difficulty"] = text.where(np.arange(len(text)) % 5 > 0, "x")
    with pytest.raises(InputError, match=r"history.columns.difficulty: .* such as 'x'"):
        counted(log, writes)


def test_a_few_items_written_otherwise_are_told_with_both_spellings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    other = np.random.default_rng(0).random(len(log)) < 0.05
    log["item"] = log["item"].where(~other, "0" + log["item"])
    counts, question = counted(log, writes)
    judged = log["time"] >= "2024-03-13T12:00"
    unmatched = counts.meta["replay"]["coverage"]["unmatched"]
    assert (unmatched["rows"], unmatched["of"]) == ((other & judged).sum(), judged.sum())
    assert any("the log writes '0i0', the history 'i0'" in line for line in doubts(counts))
    assert replay(counts, question).detail["refused"] is None


@pytest.mark.parametrize("spelt", ["{} ", " {}", "I{}", "{}.0"])
def test_items_that_are_all_written_otherwise_are_refused(
    spelt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    writes["item"] = writes["item"].map(spelt.format)
    message = re.escape(f"the history writes {spelt.format('i0')!r}, the log 'i0'")
    with pytest.raises(InputError, match=f"history.columns.item: none of .*10 items.*{message}"):
        counted(log, writes)


def test_systems_that_are_written_otherwise_are_told_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    with pytest.raises(
        InputError, match=r"history.columns.system: none of .* writes 'A', 'B', the log 'a', 'b'"
    ):
        counted(log, writes.assign(system=writes["system"].str.upper()))
    message = "the history's system 'alpha', and the history has no write of the log's 'a'"
    counts, _ = counted(log, writes.assign(system=writes["system"].replace("a", "alpha")))
    assert any(message in line for line in doubts(counts))
    counts, _ = counted(log, writes)
    assert not any("system" in line for line in doubts(counts))


@pytest.mark.parametrize("every", [10, 50])
def test_epochs_of_two_units_in_a_history(
    every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    seconds = writes["time"].astype("datetime64[s, UTC]").astype("int64")
    other = writes.index % every == 0
    writes["time"] = seconds.where(~other, seconds * 1_000)
    if every == 10:
        with pytest.raises(InputError, match=r"history.columns.time: 322 of the 3,220 writes have"):
            counted(log, writes)
        return
    assert counted(log, writes)[0].meta["replay"]["unusable"] == other.sum()


def test_difficulties_with_commas_give_the_same_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, writes = made()
    writes["difficulty"] = writes["difficulty"].round(6)
    findings = []
    for written in (writes["difficulty"], writes["difficulty"].map("{:.6f}".format)):
        text = written if written.dtype == float else written.str.replace(".", ",")
        counts, question = counted(log, writes.assign(difficulty=text))
        findings.append(replay(counts, question))
    assert findings[0] == findings[1]
    assert findings[0].detail["refused"] is None
