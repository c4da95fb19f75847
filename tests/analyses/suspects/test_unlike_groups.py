"""No group stands out is said only of groups that fell alike."""

from typing import Any

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.unlike_groups import unlike

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
