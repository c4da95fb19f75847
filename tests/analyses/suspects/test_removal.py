"""Scores made from a default, or cut, in an ordinary log: found, undone, dated and named.

The score has no items and few rows a user, as most have. What an undo recovers is compared with
the AUC that the incident's scores had before the fault was put in.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses import verdict
from investigate.analyses.suspects.removal import defaulted, repeated, score_news, scores_within
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts
from investigate.log import count
from investigate.question import params
from investigate.question.question import Question

ROWS, START, ONSET = 9_000, pd.Timestamp("2025-03-01"), pd.Timestamp("2025-04-10")
Fault = Callable[[pd.DataFrame, Any, Any], Any]


def log(seed: int = 11) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    times = START + pd.to_timedelta(np.sort(rng.integers(0, 60 * 86_400, ROWS)), "s")
    known, hidden = rng.normal(0, 1.6, ROWS), rng.normal(0, 1, ROWS)
    right = rng.random(ROWS) < 1 / (1 + np.exp(-known - hidden))
    frame = pd.DataFrame({"time": times, "y": right.astype(int)})
    frame["score"] = (1 / (1 + np.exp(-known))).round(5)
    frame["user"] = rng.integers(0, ROWS // 3, ROWS)
    frame["land"] = rng.choice(["at", "be", "ch", "dk"], ROWS, p=[0.4, 0.3, 0.2, 0.1])
    return frame


def now(frame: pd.DataFrame) -> Any:
    return (frame["time"] >= ONSET).to_numpy()


FAULTS: dict[str, Fault] = {
    "nothing": lambda f, s, r: s,
    "constant": lambda f, s, r: np.where(now(f), 0.35, s),
    "half": lambda f, s, r: np.where(now(f) & (r.random(ROWS) < 0.5), 0.35, s),
    "mean": lambda f, s, r: np.where(now(f) & (r.random(ROWS) < 0.4), s.mean(), s),
    "bound": lambda f, s, r: np.where(now(f) & (r.random(ROWS) < 0.3), 1.0, s),
    "one land": lambda f, s, r: np.where(now(f) & (f["land"] == "ch"), 0.5, s),
    "a value a land": lambda f, s, r: np.where(
        now(f), f["land"].map({"at": 0.4, "be": 0.45, "ch": 0.5, "dk": 0.6}), s
    ),
    "cut to two": lambda f, s, r: np.where(now(f), s > 0.5, s),
    "cut to ten": lambda f, s, r: np.where(now(f), np.floor(s * 10) / 10, s),
    "cut in one land": lambda f, s, r: np.where(now(f) & (f["land"] == "at"), s > 0.5, s),
    "cut off": lambda f, s, r: np.where(now(f), np.clip(s, 0.35, 0.65), s),
    "shifted": lambda f, s, r: np.where(now(f), s**2, s),
    "narrow": lambda f, s, r: np.where(now(f), 0.45 + s / 10, s).round(5),
}


@lru_cache(maxsize=1)
def asked(fault: str) -> tuple[Counts, Question, float]:
    """Counts, question, and how much AUC the fault took from the incident."""
    frame = log()
    whole = frame["score"].to_numpy()
    frame["score"] = np.asarray(FAULTS[fault](frame, whole, np.random.default_rng(5)), float)
    here = now(frame)
    lost = roc_auc_score(frame["y"][here], whole[here])
    lost -= roc_auc_score(frame["y"][here], frame["score"][here])
    return *counted(frame), float(lost)


def counted(frame: pd.DataFrame, **columns: str | None) -> tuple[Counts, Question]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        frame.to_parquet(path, index=False)
        question = params.from_names(
            {
                "case": "defaults",
                "log": str(path),
                "columns": {
                    "time": "time",
                    "outcome": "y",
                    "score": "score",
                    "cluster": "user",
                    **columns,
                },
                "cohorts": ["land", *(["plan"] if "plan" in frame else [])],
                "baseline": {"start": "2025-03-01", "end": "2025-04-10"},
                "incident": {"start": "2025-04-10", "end": "2025-04-30"},
            }
        )
        return count(question), question


def found(fault: str) -> Suspect | None:
    counts, question, _ = asked(fault)
    suspects = [one for one in defaulted(counts, question) if one.supported]
    assert len(suspects) <= 1
    return suspects[0] if suspects else None


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["constant", "half", "mean", "bound", "a value a land"])
def test_a_default_everywhere_is_undone(fault: str) -> None:
    one, lost = found(fault), asked(fault)[2]
    assert one is not None
    assert one.scope == ""
    assert one.points.value == pytest.approx(lost, abs=0.02)
    assert one.onset == "2025-04-10"


@pytest.mark.slow
def test_a_constant_score_accounts_for_exactly_the_drop() -> None:
    counts, question, _ = asked("constant")
    one = found("constant")
    assert one is not None
    frame = log()
    baseline = frame[~now(frame)]
    drop = roc_auc_score(baseline["y"], baseline["score"]) - 0.5
    assert one.points.value == pytest.approx(drop, abs=1e-9)
    named = verdict(counts, question).detail["verdict"]
    assert (named["kind"], named["onset"]) == ("missing_input", "2025-04-10")


@pytest.mark.slow
def test_a_default_in_one_group_is_found_there() -> None:
    one, lost = found("one land"), asked("one land")[2]
    assert one is not None
    assert one.cohort == {"land": "ch"}
    assert one.points.value == pytest.approx(lost, abs=0.01)


@pytest.mark.slow
def test_what_is_left_of_half_the_rows_is_their_auc() -> None:
    frame, one = log(), found("half")
    hit = now(frame) & (np.random.default_rng(5).random(ROWS) < 0.5)
    stays = frame[now(frame) & ~hit]
    seen = frame.assign(score=np.where(hit, 0.35, frame["score"]))[now(frame)]
    gained = roc_auc_score(stays["y"], stays["score"]) - roc_auc_score(seen["y"], seen["score"])
    assert one is not None
    assert one.points.value == pytest.approx(gained, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["cut to two", "cut in one land", "cut off"])
def test_scores_that_were_cut_cost_what_the_cut_takes(fault: str) -> None:
    one, lost = found(fault), asked(fault)[2]
    assert one is not None
    assert one.cohort == ({"land": "at"} if fault == "cut in one land" else None)
    assert one.points.value == pytest.approx(lost, abs=0.012)


@pytest.mark.slow
def test_ten_levels_are_told_with_the_little_that_they_cost() -> None:
    counts, question, lost = asked("cut to ten")
    (one,) = defaulted(counts, question)
    assert one.points.value == pytest.approx(lost, abs=0.002)
    assert "only 10 values" in one.evidence
    # AUC is not surely lower, and the scores are surely coarser.
    named = verdict(counts, question).detail["verdict"]
    assert named["kind"] == "no_drop"
    assert (
        "Look at the scores all the same: the incident's scores have only 10" in named["sentence"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["nothing", "shifted", "narrow"])
def test_other_scores_are_accused_of_nothing(fault: str) -> None:
    counts, question, _ = asked(fault)
    assert defaulted(counts, question) == []
    assert score_news(counts, question) == ""


@pytest.mark.slow
def test_newcomers_may_start_at_a_few_scores() -> None:
    frame = log()
    # Known users answer often; those who come in the incident start at one of four scores.
    frame["user"] = frame["user"] % 200
    start = frame["land"].map({"at": 0.4, "be": 0.45, "ch": 0.5, "dk": 0.6})
    new = now(frame) & (np.arange(ROWS) % 10 > 0)
    frame.loc[new, "user"] = 1_000 + np.arange(int(new.sum()))
    frame.loc[new, "score"] = start[new] + (np.arange(ROWS)[new] % 3) / 100
    assert [one for one in defaulted(*counted(frame)) if one.supported] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "phrase"),
    [
        ("constant", "100% of the incident's rows have the score 0.35, 0% of the baseline's."),
        ("a value a land", "one of the scores 0.4, 0.45, 0.5 and 1 other, "),
        ("cut to two", "only 2 values (0 and 1), where as many rows of the baseline have at least"),
        ("cut in one land", "of the rows) have only 2 values (0 and 1), "),
        ("cut off", "have a score of 0.35 and 0.65, beyond which there are none"),
    ],
)
def test_sentences_name_the_values(fault: str, phrase: str) -> None:
    one = found(fault)
    assert one is not None
    assert phrase in one.evidence


@pytest.mark.slow
def test_two_columns_are_named_and_shares_by_weight() -> None:
    frame = log()
    frame["plan"] = np.where(np.arange(ROWS) % 2, "pro", "free")
    frame["weight"] = np.where(frame["plan"] == "pro", 3.0, 1.0)
    struck = now(frame) & (frame["land"] == "at") & (frame["plan"] == "pro")
    frame.loc[struck, "score"] = 0.35
    (one,) = defaulted(*counted(frame, weight="weight"))
    assert one.cohort == {"land": "at", "plan": "pro"}
    own = frame["weight"][now(frame)]
    heavy, rows = own[struck[now(frame)]].sum() / own.sum(), struck.sum() / now(frame).sum()
    assert f"{rows:.0%} of the incident's rows have the score 0.35, 0% of" in one.evidence
    assert f" (by weight {heavy:.0%} and 0%)." in one.evidence


@pytest.mark.slow
def test_groups_that_a_default_spares_are_named_and_what_it_is_of_a_place() -> None:
    frame = log()
    struck = now(frame) & frame["land"].isin(["at", "be"]).to_numpy() & (np.arange(ROWS) % 4 > 0)
    frame.loc[struck, "score"] = 0.35
    counts, question = counted(frame)
    (one,) = [one for one in defaulted(counts, question) if one.supported]
    assert one.scope == ""
    assert one.evidence.endswith(" of the baseline's. Rows of land ch and dk are as before.")
    told = scores_within(counts, question, replace(one, kind="lost_validity"))
    assert told == f"{struck[now(frame)].mean():.0%} of the rows have the score 0.35 (0% before)"
    assert scores_within(counts, question, replace(one, cohort={"land": "at"})) == ""
    frame = log()
    struck = now(frame) & (frame["land"] == "at").to_numpy() & (np.arange(ROWS) % 4 > 0)
    frame.loc[struck, "score"] = 0.35
    share = struck[now(frame) & (frame["land"] == "at")].mean()
    told = scores_within(*counted(frame), replace(one, cohort={"land": "at"}))
    assert told == f"{share:.0%} of these rows have the score 0.35 (0% before)"


@pytest.mark.slow
def test_repeats_are_dated() -> None:
    frame = log()
    wrong = frame[now(frame) & ((frame["score"] > 0.5) != (frame["y"] == 1))]
    counts, question = counted(pd.concat([frame, wrong], ignore_index=True))
    (one,) = repeated(counts, question)
    assert one.supported
    assert one.onset == "2025-04-10"


@pytest.mark.slow
def test_copies_of_the_baseline_that_are_gone_are_no_loss_of_the_score() -> None:
    frame = log()
    sure = (frame["score"] - 0.5).abs() > 0.35
    easy = ~now(frame) & sure & ((frame["score"] > 0.5) == frame["y"])
    again = frame[easy].assign(time=lambda own: own["time"] + pd.Timedelta(seconds=7))
    both = pd.concat([frame, again]).sort_values("time")
    for columns in ({}, {"cluster": None}):
        counts, question = counted(both, **columns)
        (one,) = repeated(counts, question)
        before, clean = (
            roc_auc_score(own["y"], own["score"]) for own in (both[~now(both)], frame[~now(frame)])
        )
        assert one.points.value == pytest.approx(before - clean, abs=0.002)
        assert (one.supported, one.scope, one.onset) == (True, "", "2025-04-10")
        told = one.evidence.partition("of the incident's: without them the baseline's AUC is ")[2]
        assert float(told.rstrip(".")) == pytest.approx(clean, abs=0.002)
        named = verdict(counts, question).detail["verdict"]
        assert named["kind"] == "duplicate_rows"
    counts, question = counted(frame, **{"cluster": None})
    assert not repeated(counts, question)


@pytest.mark.slow
def test_rows_lost_when_other_causes_are_undone_are_no_repeats() -> None:
    counts, question, _ = asked("shifted")
    arms = counts.arms.copy()
    here = (arms["arm"] == "duplicate_rows") & (arms["window"] == 1) & (arms["positives"] > 0)
    # Rows that another cause moved are carried along nearly, not exactly.
    arms.loc[arms.index[here][:40], "positives"] -= 1
    assert counts.facts["repeats"].sum() == 0
    assert repeated(replace(counts, arms=arms), question) == []


@pytest.mark.slow
def test_counts_of_before_there_were_these_tables_are_judged_too() -> None:
    counts, question, _ = asked("half")
    with TemporaryDirectory() as folder:
        counts.save(Path(folder))
        for name in ("sudden_values", "marked"):
            (Path(folder) / f"{name}.parquet").unlink()
        old = Counts.load(Path(folder))
    (one,) = defaulted(old, question)
    assert one.supported
    assert one.onset is None
    assert "made from a shared default" in one.evidence


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "place"), [(0.0, (None, {"land": "ch"})), (1.0, ("a", {"land": "ch"}))]
)
def test_a_default_in_all_of_a_cohort_is_the_cohorts_and_not_its_largest_systems(
    part: float, place: tuple[str | None, dict[str, str]]
) -> None:
    frame, rng = log(), np.random.default_rng(7)
    # One system serves 19 of 20 rows.
    frame["model"] = np.where(rng.random(ROWS) < 0.95, "a", "b")
    spared = (frame["model"] == "b") & (rng.random(ROWS) < part)
    frame.loc[now(frame) & (frame["land"] == "ch") & ~spared, "score"] = 0.5
    (one,) = (one for one in defaulted(*counted(frame, system="model")) if one.supported)
    assert (one.system, one.cohort) == place
