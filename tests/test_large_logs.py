"""A log that is counted as large ones are gets the answer that exact counts give.

Of a large log folds of cohorts are shares of bands of bins, and of many groups bins are bands.
"""

from typing import Any

import made
import numpy as np
import pandas as pd
import pytest

from investigate.analyses.account import account
from investigate.analyses.drop import drop
from investigate.analyses.verdict import verdict
from investigate.log import count, slices

pytestmark = pytest.mark.slow

ROWS = 12_000
COLUMNS = {"time": "time", "outcome": "outcome", "score": "score", "system": "engine"}


def log(what: str) -> pd.DataFrame:
    """A score of two inputs in three schools and two engines; ``what`` strikes in the incident."""
    rng = np.random.default_rng(4)
    day = np.sort(rng.uniform(0, made.DAYS, ROWS))
    now = day >= made.BASELINE_DAYS
    school = rng.choice(["a", "b", "c"], ROWS, p=[0.4, 0.35, 0.25]).astype(object)
    engine = np.where(rng.random(ROWS) < 0.7, "ml", "rules")
    logit = rng.normal(-1, 2, ROWS)
    outcome = (rng.random(ROWS) < made.logistic(logit)).astype(int)
    score = made.logistic(logit).round(4)

    def shuffle(where: Any) -> None:
        score[where] = rng.permutation(score[where])

    if what == "a school beside a drift":
        part = np.where(school == "a", 0.7, 0.15)
        shuffle(now & (rng.random(ROWS) < part))
    if what == "an engine and a school":
        shuffle(now & (engine == "ml"))
        flipped = now & (school == "a")
        outcome[flipped] = 1 - outcome[flipped]
    if what == "new schools together":
        school[now & (rng.random(ROWS) < 0.5)] = "new"
        new = np.flatnonzero(school == "new")
        school[new] = rng.choice([f"new {n}" for n in range(8)], len(new))
        shuffle(np.isin(np.arange(ROWS), new))
    if what == "a default in a school":
        score[now & (school == "b")] = 0.3
    if what == "labels of a school":
        outcome[now & (school == "b")] = 0
    return pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome, "score": score, "school": school, "engine": engine,
    })  # fmt: skip


CAUSES: dict[str, list[tuple[str, str | None, dict[str, str] | None]]] = {
    "a school beside a drift": [
        ("lost_validity", None, {"school": "a"}),
        ("lost_validity", None, None),
    ],
    "an engine and a school": [
        ("system_fault", "ml", None),
        ("outcome_fault", None, {"school": "a"}),
    ],
    "new schools together": [("lost_validity", None, None)],
    # Rows that are put back are none of a default's, so that no second one is told of others.
    "a default in a school": [("missing_input", None, {"school": "b"})],
    "labels of a school": [("outcome_fault", None, {"school": "b"})],
    "nothing": [("no_drop", None, None)],
}


@pytest.mark.parametrize("what", CAUSES)
def test_the_answer_is_that_of_exact_counts(
    what: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = log(what)
    frame.to_parquet("log.parquet")
    question = made.question(columns=COLUMNS, cohorts=["school"])
    answers, parts = [], []
    for whole_rows, cells in ((slices.WHOLE_ROWS, slices.MOST_CELLS), (0, 1)):
        monkeypatch.setattr(slices, "WHOLE_ROWS", whole_rows)
        monkeypatch.setattr(slices, "MOST_CELLS", cells)
        counts = count(question)
        assert len(counts.fold_bands) > 0 or whole_rows > 0
        answers.append(verdict(counts, question).detail["verdict"])
        parts.append(account(counts, question).detail["account"])
    exact, large = answers
    for key in ("kind", "system", "cohort", "onset", "either"):
        assert large.get(key) == exact.get(key)
    lost = -drop(counts, question).numbers["change"].value
    assert sum(part["points"] for part in parts[1]) == pytest.approx(lost, abs=1e-9)
    for own in parts:
        named = [(part["kind"], part["system"], part["cohort"]) for part in own]
        assert [one for one in named if one[0] != "unexplained"] == CAUSES[what]
    for one, other in zip(*parts, strict=True):
        assert other["points"] == pytest.approx(one["points"], abs=0.003)
        wide = one["high"] - one["low"]
        assert other["high"] - other["low"] == pytest.approx(wide, rel=0.5, abs=0.004)
