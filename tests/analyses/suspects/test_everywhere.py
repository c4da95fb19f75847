"""What is lost everywhere alike names no group, and no column of the score's own hides it."""

import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.ranking import ranked
from investigate.analyses.suspects.undoing import UndoingArm
from investigate.analyses.two_causes import beside_labels
from investigate.counts.table import Counts
from investigate.question import params

pytestmark = pytest.mark.slow

QUESTION = params.from_names({
    "case": "everywhere", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"}, "cohorts": ["shop"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


def counted(where: str) -> Counts:
    """More outcomes are gone the higher the score, in the shops ``where``; d has most outcomes."""
    rng = np.random.default_rng(1)
    day, shop = rng.uniform(0, 30, 9_000), rng.choice(4, 9_000, p=[0.45, 0.3, 0.12, 0.13])
    odds = -2 + 1.7 * rng.normal(size=9_000) + np.array([0, 1, -0.5, 2])[shop]
    score = 1 / (1 + np.exp(-odds))
    outcome = (rng.random(9_000) < score).astype(int)
    names = np.array(list("abcd"))[shop]
    gone = (day >= 20) & np.isin(names, list(where)) & (rng.random(9_000) < 0.6 * score + 0.3)
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D")
    frame = pd.DataFrame({"time": time, "shop": names, "score": score.round(2)})
    return plain.count(frame.assign(outcome=np.where(gone, 0, outcome)), QUESTION)


@pytest.mark.parametrize(("where", "named"), [("abcd", None), ("d", {"shop": "d"})])
def test_labels_that_are_lost_everywhere_alike_name_no_group(
    where: str, named: dict[str, str] | None
) -> None:
    counts = counted(where)
    (found,) = [one for one in faults(counts, QUESTION) if one.supported]
    assert (found.kind, found.cohort) == ("outcome_fault", named)
    pair = tuple(UndoingArm("shop", ("", name), "labels") for name in "bd")
    assert beside_labels(counts, QUESTION, pair) == (named is None)


def test_scores_mixed_up_everywhere_are_told_where_a_cohort_is_what_they_are_made_of() -> None:
    rng = np.random.default_rng(2)
    day, band = rng.uniform(0, 30, 6_000), rng.choice(4, 6_000)
    score = 1 / (1 + np.exp(3 - 2 * band - 0.3 * rng.normal(size=6_000)))
    outcome = (rng.random(6_000) < score).astype(int)
    hit = (day >= 20) & (rng.random(6_000) < 0.5)
    given = score.copy()
    given[hit] = rng.permutation(score[hit])
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D")
    frame = pd.DataFrame({"time": time, "shop": band.astype(str), "score": given.round(3)})
    now = day >= 20
    want = roc_auc_score(outcome[now], score[now]) - roc_auc_score(outcome[now], given[now])
    first = ranked(plain.count(frame.assign(outcome=outcome), QUESTION), QUESTION)[0]
    assert (first.kind, first.scope) == ("lost_validity", "")
    assert first.points.value == pytest.approx(want, abs=0.03)
