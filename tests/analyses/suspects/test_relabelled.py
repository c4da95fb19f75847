"""A cohort that grew clears nothing where its rows may be those of before."""

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.relabelled import doubtful
from investigate.question import params

pytestmark = pytest.mark.slow

ONSET = pd.Timestamp("2024-01-21", tz="UTC")
QUESTION = params.from_names({
    "case": "relabelled", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score", "cluster": "who"},
    "cohorts": ["segment", "channel"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


def made(**changed: object) -> pd.DataFrame:
    """A look-up fails for a tenth of the rows, and from the onset on for half of them.

    ``more``: times as many rows from then on; ``others``: segment a shrinks alone; ``rare``: the
    outcome becomes rarer; ``new``: the rows of ``unknown`` are of people who were not there.
    """
    rng = np.random.default_rng(5)
    rows = 4_000
    day = rng.uniform(0, 30, rows)
    if changed.get("more"):
        day = np.concatenate([day, rng.uniform(20, 30, rows // 3)])
    n, now = len(day), day >= 20
    score = rng.uniform(0.05, 0.95, n)
    outcome = rng.random(n) < score * np.where(now, changed.get("rare", 1.0), 1.0)
    segment = rng.choice(["a", "b", "c"], n)
    failed = rng.random(n) < np.where(now, 0.5, 0.1)
    if changed.get("others"):
        failed = (rng.random(n) < 0.1) | (now & (segment == "a"))
    who = rng.integers(0, 200, n)
    if changed.get("new"):
        who = np.where(failed & now, 1_000 + np.arange(n), who)
    constant = changed.get("one_score", False)
    return pd.DataFrame({
        "time": pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": np.where(failed & bool(constant), 0.5, score),
        "who": who,
        "segment": np.where(failed, "unknown", segment),
        "channel": rng.choice(["web", "app"], n),
    })  # fmt: skip


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({}, "all other groups of segment shrank alike"),
        ({"one_score": True}, "nearly all of them with one score"),
        ({"one_score": True, "more": True}, "nearly all of them with one score"),
        ({"more": True}, None),
        ({"others": True}, None),
        ({"rare": 0.7}, None),
        ({"new": True}, None),
    ],
)
def test_growth_is_doubted_where_nothing_else_changed(
    changed: dict[str, object], because: str | None
) -> None:
    log = made(**changed)
    counts = plain.count(log, QUESTION, bins=64)
    found = doubtful(counts, QUESTION, "segment")
    assert (found is None) == (because is None)
    assert doubtful(counts, QUESTION, "channel") is None
    if found is not None and because is not None:
        share = log.groupby(log["time"] >= ONSET)["segment"].value_counts(normalize=True)
        assert because in found.evidence
        assert found.cohort == {"segment": "unknown"}
        assert found.grew == pytest.approx(share[True]["unknown"] - share[False]["unknown"])


@pytest.mark.parametrize("halved", [True, False])
def test_rows_that_went_to_other_groups_take_their_outcomes_with_them(halved: bool) -> None:
    rng = np.random.default_rng(6)
    day, known = rng.uniform(0, 30, 12_000), rng.normal(0, 2, (2, 12_000))
    now = day >= 20
    # Either the input is halved for the score and its band, or rows come that differ less in it.
    true = known[0] * np.where(now & (not halved), 0.5, 1.0)
    seen = true * np.where(now & halved, 0.5, 1.0)
    outcome = rng.random(12_000) < plain_logistic(true + known[1])
    frame = pd.DataFrame({
        "time": pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": plain_logistic(seen + known[1]).round(3),
        "who": np.arange(12_000),
        "segment": np.array(list("abcde"))[np.digitize(seen, [-1.6, -0.6, 0.6, 1.6])],
        "channel": "web",
    })  # fmt: skip
    found = doubtful(plain.count(frame, QUESTION, bins=200), QUESTION, "segment")
    assert (found is not None) == halved
    if found is not None:
        rate = frame.groupby([now, "segment"])["outcome"].mean()
        assert found.cohort == {"segment": "c"}
        assert f"segment d: the outcome rate went from {rate[False]['d']:.0%}" in found.evidence
        assert f"segment a: the outcome rate went from {rate[False]['a']:.0%}" in found.evidence


def plain_logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
