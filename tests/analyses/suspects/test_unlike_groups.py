"""No group stands out is said only of groups that fell alike."""

from typing import Any

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.unlike_groups import (
    ALIKE,
    NONE_NAMED,
    _few,
    no_group,
    unlike,
)

pytestmark = pytest.mark.slow

QUESTION = made.question(
    cohorts=["region"], columns={"time": "time", "outcome": "outcome", "score": "score"}
)


def log(lost: int) -> pd.DataFrame:
    """Scores of ``lost`` of eight regions say nothing from the incident's first day on."""
    rng = np.random.default_rng(5)
    rows = 6_000
    day = rng.uniform(0, made.DAYS, rows)
    score = rng.uniform(0, 1, rows).round(2)
    region = rng.integers(0, 8, rows)
    noise = (day >= made.BASELINE_DAYS) & (region < lost)
    return pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": (rng.random(rows) < made.logistic(8 * (score - 0.5))).astype(int),
        "score": np.where(noise, rng.permutation(score), score),
        "region": [f"r{at}" for at in region],
    })  # fmt: skip


@pytest.mark.parametrize("lost", [4, pytest.param(8, marks=pytest.mark.slow)])
def test_half_of_the_groups_is_not_all_of_them(lost: int) -> None:
    counts = plain.count(log(lost), QUESTION)
    found = max(faults(counts, QUESTION), key=lambda one: one.points.value or 0.0)
    assert (found.kind, found.scope) == ("lost_validity", "")
    told = "groups of region did not fall alike (region r"
    assert (told in found.evidence) is (lost < 8)
    assert ("No group stands out" in found.evidence) is (lost == 8)


def row(by: str, group: str, change: float, half: float) -> dict[str, Any]:
    """A group's certificate."""
    low, high = change - half, change + half
    answer = "fell" if high < 0 else "unknown"
    return {"by": by, "group": group, "change": change, "low": low, "high": high, "answer": answer}


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([row("region", "b", 0.0, 0.02)], "(region a: −0.200 [−0.220, −0.180]; region b: 0.000"),
        # Half as far is no quiet; nor is what so wide an interval leaves open; nor another column.
        ([row("region", "b", -0.1, 0.02)], ""),
        ([row("region", "b", 0.0, 0.11)], ""),
        ([row("channel", "b", 0.0, 0.02)], ""),
        # One in a hundred is so quiet by chance.
        ([row("region", "b", -0.07, 0.02)], "region b: −0.070"),
        ([row("region", "b", -0.07, 0.02)] + [row("region", "c", -0.2, 0.02)] * 99, ""),
    ],
)  # fmt: skip
def test_a_group_is_unlike_where_it_surely_lost_less_than_half(
    others: list[dict[str, Any]], told: str
) -> None:
    found = unlike([row("region", "a", -0.2, 0.02), *others], confidence=0.95)
    assert bool(found) is bool(told)
    assert told in found


def test_small_new_groups_are_told_together_and_no_groups_as_none() -> None:
    rng = np.random.default_rng(11)
    rows = 5_000
    day, logit = np.sort(rng.uniform(0, made.DAYS, rows)), rng.normal(0, 1.5, rows)
    outcome, number = rng.random(rows) < made.logistic(logit), np.arange(rows) % 58
    new = (day >= made.BASELINE_DAYS) & ((np.arange(rows) // 58) % 2 == 0)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "outcome": outcome.astype(int),
        "region": [f"r{at}" for at in np.where(new, 100 + number, number % 10)],
    })  # fmt: skip
    struck, every = logit.copy(), rng.permutation(logit)
    struck[new] = rng.permutation(logit[new])
    told = no_group(plain.count(frame.assign(score=struck.round(1)), QUESTION), QUESTION)
    assert "the 58 of region that the baseline has no rows of, " in told
    own = frame.assign(score=struck.round(1))
    before = own[own["time"] < "2024-02-10"]
    fell = roc_auc_score(own["outcome"][new], own["score"][new])
    fell -= roc_auc_score(before["outcome"], before["score"])
    assert f"against all rows before, −{-fell:.3f} [" in told
    # Where all lost alike, new ones are no place.
    noise = np.where(day >= made.BASELINE_DAYS, every, logit).round(1)
    assert no_group(plain.count(frame.assign(score=noise), QUESTION), QUESTION) == ALIKE
    alone = made.question(cohorts=[], columns=QUESTION.columns.model_dump())
    assert no_group(plain.count(frame.assign(score=noise), alone), alone) == NONE_NAMED


def test_where_nearly_all_rows_are_of_one_group_what_the_others_say_is_told() -> None:
    rng = np.random.default_rng(4)
    rows = 12_000
    day, logit = np.sort(rng.uniform(0, made.DAYS, rows)), rng.normal(0, 1.5, rows)
    region = np.where(rng.random(rows) < 0.94, "most", rng.choice(["one", "two"], rows))
    outcome = (rng.random(rows) < made.logistic(logit)).astype(int)
    now = day >= made.BASELINE_DAYS
    struck = np.where(now & (region == "most"), rng.permutation(logit), logit)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "outcome": outcome,
        "region": region, "score": struck.round(1),
    })  # fmt: skip
    found = _few(plain.count(frame, QUESTION), 0.95)
    rest = frame[region != "most"]
    areas = [
        roc_auc_score(side["outcome"], side["score"])
        for _, side in rest.groupby(now[region != "most"])
    ]
    assert f"region most has {np.mean(region[now] == 'most'):.0%} of the rows" in found
    assert f"from their {int((now & (region != 'most')).sum())}: " in found
    assert f"{abs(areas[1] - areas[0]):.3f} [" in found
    # Of two halves, or of all struck alike, there is nothing to say.
    halves = frame.assign(region=np.where(rng.random(rows) < 0.5, "most", "one"))
    assert _few(plain.count(halves, QUESTION), 0.95) == ""
    every = frame.assign(score=np.where(now, rng.permutation(logit), logit).round(1))
    assert _few(plain.count(every, QUESTION), 0.95) == ""
