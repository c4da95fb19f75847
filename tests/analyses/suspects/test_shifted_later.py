"""Scales that moved within the incident, against scikit-learn's AUC of the rows since that day."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.account import accounted
from investigate.analyses.suspects.misalignment import misalignment
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.shifted_later import Later, shifted_later
from investigate.analyses.verdict import verdict
from investigate.counts.table import Counts
from investigate.question.question import Question

pytestmark = pytest.mark.slow

FIRST, ONSET, ENDED = made.BASELINE_DAYS, made.BASELINE_DAYS + 4, made.BASELINE_DAYS + 8
DAY = "2024-02-14"
COLUMNS = {"time": "time", "outcome": "outcome", "score": "score"}


def asked(by: str) -> Question:
    columns = {**COLUMNS, "system": "system"} if by == "system" else COLUMNS
    return made.question(cohorts=["shop"] if by == "shop" else [], columns=columns)


def log(by: str, what: str) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """A log in which group a of column ``by`` suffers ``what``; its sound scores; the rows hit."""
    rng = np.random.default_rng(8)
    rows = 16_000
    day = rng.uniform(0, made.DAYS, rows)
    true = rng.normal(-1, 1.5, rows)
    frame = pd.DataFrame({by: rng.choice(["a", "b", "c"], rows)})
    frame["time"] = made.START + pd.to_timedelta(day, unit="D")
    frame["outcome"] = (rng.random(rows) < made.logistic(true)).astype(int)
    begins = FIRST if what in ("shifted first", "lost first", "repaired") else ONSET
    hit = (frame[by] == "a").to_numpy() & (day >= begins)
    if what == "repaired":
        hit &= day < ENDED
    score = true.copy()
    if what in ("lost", "lost first", "repaired", "shifted and lost"):
        score[hit] = rng.permutation(true[hit])
    if what == "shifted and noisy":
        score[hit] = true[hit] + rng.normal(0, 1.5, int(hit.sum()))
    if what.startswith("shifted"):
        score[hit] = 0.8 * score[hit] - 4
    if what == "constant":
        score[hit] = -4
    if what == "labels":
        frame.loc[hit & (rng.random(rows) < 0.8), "outcome"] = 0
    frame["score"] = score
    return frame, pd.Series(true), hit


def found(by: str, what: str) -> tuple[Counts, Question, Later | None]:
    question = asked(by)
    counts = plain.count(log(by, what)[0], question, 2_000)
    scopes = undo_of(counts).scopes(by)
    scope = next(one for one in scopes if "a" in (one.system, one.cohort))
    return counts, question, shifted_later(counts, question, scope)


@pytest.mark.parametrize("by", ["system", "shop"])
def test_rows_since_the_day_are_ranked_as_before_and_better_than_with_those_before_it(
    by: str,
) -> None:
    frame, _, hit = log(by, "shifted")
    _, _, later = found(by, "shifted")
    assert later is not None
    assert later.began == (DAY, DAY, DAY)
    own = frame[frame[by] == "a"]
    now = own["time"] >= "2024-02-10"
    for got, rows in (
        (later.before, own[~now]), (later.since, frame[hit]), (later.mixed, own[now])
    ):  # fmt: skip
        # The bins of the timeline hold several scores.
        assert got == pytest.approx(roc_auc_score(rows["outcome"], rows["score"]), abs=0.006)
    assert later.mixed < later.since - 0.05
    rates = own.loc[~now, "outcome"].mean(), frame.loc[hit, "outcome"].mean()
    assert later.shift.outcomes == pytest.approx(rates)


@pytest.mark.parametrize("by", ["system", "shop"])
@pytest.mark.parametrize(
    "what",
    [
        "sound", "shifted first", "lost", "lost first", "repaired", "constant", "labels",
        "shifted and lost", "shifted and noisy",
    ],
)  # fmt: skip
def test_what_is_more_than_a_scale_or_as_old_as_the_incident_is_not_told_so(
    by: str, what: str
) -> None:
    assert found(by, what)[2] is None


def test_an_undone_group_is_not_judged_by_the_log_as_it_was() -> None:
    counts, question, _ = found("shop", "shifted")
    a, b = (
        next(one for one in undo_of(counts).scopes("shop") if one.cohort == name)
        for name in ("a", "b")
    )
    for place, told in ((a, False), (b, True)):
        counts.memory.clear()
        counts.meta["undone_in"] = [("shop", ("", place.cohort))]  # type: ignore[index]
        assert (shifted_later(counts, question, a) is not None) == told


@pytest.mark.parametrize("by", ["system", "shop"])
def test_the_verdict_names_the_scale_and_its_day_and_accounts_for_what_was_lost(by: str) -> None:
    counts, question, _ = found(by, "shifted")
    frame, true, _ = log(by, "shifted")
    now = frame["time"] >= "2024-02-10"
    y = frame.loc[now, "outcome"]
    want = roc_auc_score(y, true[now]) - roc_auc_score(y, frame.loc[now, "score"])
    named = verdict(counts, question).detail["verdict"]
    assert named["kind"] == ("system_misalignment" if by == "system" else "lost_validity")
    assert (named["system"], named["cohort"]) == (
        ("a", None) if by == "system" else (None, {"shop": "a"})
    )
    assert named["onset"] == named["onset_low"] == named["onset_high"] == DAY
    assert f"That holds from {DAY} on" in named["sentence"]
    assert "lost their meaning" not in named["sentence"]
    assert "no longer rank" not in named["sentence"]
    account = accounted(counts, question)
    first, rest = account.parts
    assert first.suspect.later
    assert first.points.value == pytest.approx(want, abs=0.006)
    assert rest.points.low <= 0 <= rest.points.high  # type: ignore[operator]
    assert sum(part.points.value or 0 for part in account.parts) == pytest.approx(account.lost)
    if by == "system":
        (suspect,) = misalignment(counts, question)
        assert suspect.later
        assert suspect.supported


@pytest.mark.parametrize("what", ["lost", "shifted and lost", "shifted and noisy"])
@pytest.mark.parametrize("by", ["system", "shop"])
def test_meaning_that_was_lost_within_the_incident_stays_lost(by: str, what: str) -> None:
    counts, question, _ = found(by, what)
    named = verdict(counts, question).detail["verdict"]
    assert named["kind"] == ("system_fault" if by == "system" else "lost_validity")
    assert "as before" not in named["sentence"]
    assert named["onset"] == DAY
