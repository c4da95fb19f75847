"""A weekend against whole weeks, a night against whole days: held to scikit-learn, with weights."""

from functools import cache

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.like_with_like import _earlier, _likes, like_with_like
from investigate.analyses.verdict import verdict
from investigate.counts.table import Counts
from investigate.question.question import Question

pytestmark = pytest.mark.slow

ROWS = 12_000
WEEKEND = {"start": "2024-02-24", "end": "2024-02-26"}
NIGHT = {"start": "2024-01-11", "end": "2024-01-11 06:00"}


@cache
def log(seed: int, weak: str) -> pd.DataFrame:
    """Eight weeks, or eleven days of nights, whose scores know nothing at ``weak`` times."""
    days = 11 if weak == "nights" else 56
    rng = np.random.default_rng(seed)
    time = made.START + pd.to_timedelta(np.sort(rng.integers(0, days * 86_400, ROWS)), "s")
    day = (time - made.START).days
    where = {
        "weekends": day % 7 >= 5,
        "nights": time.hour < 6,
        "last": day >= days - 2,
        "last two": (day % 7 >= 5) & (day >= days - 9),
        "never": np.zeros(ROWS, bool),
    }[weak]
    truth = rng.normal(0, 1.5, ROWS)
    score = np.where(where, rng.normal(0, 1.5, ROWS), truth)
    outcome = (rng.random(ROWS) < made.logistic(truth)).astype(int)
    return pd.DataFrame({"time": time, "outcome": outcome, "score": made.logistic(score)})


def asked(incident: dict[str, str], every: str = "day", first: str = "2024-01-01") -> Question:
    return made.question(
        columns={"time": "time", "outcome": "outcome", "score": "score"},
        cohorts=[], incident=incident, every=every,
        baseline={"start": first, "end": incident["start"]},
    )  # fmt: skip


def counted(weak: str, question: Question, seed: int = 2) -> Counts:
    return plain.count(log(seed, weak), question)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("weak", "incident", "every"), [("weekends", WEEKEND, "day"), ("nights", NIGHT, "hour")]
)
def test_what_was_as_low_at_the_same_times_is_no_fault(
    weak: str, incident: dict[str, str], every: str
) -> None:
    question = asked(incident, every)
    counts, frame = counted(weak, question), log(2, weak)
    own = frame["time"].dt.day_of_week if every == "day" else frame["time"].dt.hour
    before = frame[frame["time"] < incident["start"]]
    ends = (pd.Timestamp(incident[end], tz="UTC") for end in ("start", "end"))
    now = frame[frame["time"].between(*ends, inclusive="left")]
    # Each row by how much commoner its weekday or hour is in the incident.
    shares = [own[rows.index].value_counts(normalize=True) for rows in (before, now)]
    weight = own[before.index].map(shares[1] / shares[0]).fillna(0)
    like = roc_auc_score(before["outcome"], before["score"], sample_weight=weight)
    areas = [roc_auc_score(rows["outcome"], rows["score"]) for rows in (before, now)]

    (suspect,) = like_with_like(counts, question)
    found = next(one for one in _likes(counts, question) if one.tells)
    assert found.like.value == pytest.approx(like, abs=2e-3)
    assert suspect.points.value == pytest.approx(areas[0] - like, abs=2e-3)
    assert found.left.value == pytest.approx(like - areas[1], abs=5e-3)

    answer = verdict(counts, question).detail["verdict"]
    assert (answer["kind"], answer["onset"]) == ("unlike_windows", None)
    text = {"weekends": "on Saturdays and Sundays", "nights": "from 00:00 to 06:00"}[weak]
    earlier = {
        "weekends": "2024-02-17 until 2024-02-19", "nights": "2024-01-10 until 2024-01-10 06:00",
    }[weak]  # fmt: skip
    assert text in answer["sentence"]
    assert f"such as {earlier}." in answer["sentence"]


@pytest.mark.parametrize("weak", ["last", "last two", "never"])
def test_a_fault_of_one_weekend_or_two_is_not_excused(weak: str) -> None:
    """Nor where the baseline is so short that the weekend before, broken too, is half of all."""
    for first in ("2024-01-01", "2024-02-12"):
        question = asked(WEEKEND, first=first)
        assert like_with_like(counted(weak, question), question) == []


def test_the_same_hours_are_those_of_the_clock_on_the_wall() -> None:
    """Around the night on which clocks go forward, nights are still nights."""
    question = made.question(
        timezone="Europe/Berlin",
        baseline={"start": "2024-03-01", "end": "2024-03-31"},
        incident={"start": "2024-03-31 20:00", "end": "2024-04-01 02:00"},
    )
    assert _earlier(question, 1) == "2024-03-29 20:00 until 2024-03-30 02:00"
