"""The signal audit against every pair of rows, and what it says of known causes."""

import itertools
from dataclasses import replace

import drawn
import made
import numpy as np
import pandas as pd
import plain
import pytest
from hypothesis import given, settings
from sklearn.isotonic import IsotonicRegression

from investigate.analyses import signal
from investigate.analyses.signal import Explained, audits, explained, sentence
from investigate.counts.table import Counts
from investigate.finding import Estimate

pytestmark = pytest.mark.slow


def by_pairs(log: pd.DataFrame, rate: np.ndarray, keys: list[str]) -> tuple[float, float]:
    """C_yy and C_ys of one window, by looking at every pair of rows."""
    y, s = log["outcome"].to_numpy(float), rate
    y, s = y - y.mean(), s - s.mean()
    group = log.groupby(keys).ngroup().to_numpy()
    yy, ys, pairs = 0.0, 0.0, 0
    for i, j in itertools.permutations(range(len(log)), 2):
        if group[i] == group[j]:
            yy, ys, pairs = yy + y[i] * y[j], ys + y[i] * s[j], pairs + 1
    return (yy / pairs, ys / pairs) if pairs else (np.nan, np.nan)


@pytest.mark.parametrize("damage", ["none", "missing_input"])
def test_every_pair_of_rows_counts_once(damage: str) -> None:
    log = made.platform(31, rows=700, damage=damage)
    question = made.question()
    counts = plain.count(log, question)
    window = np.where(log["time"] < "2024-02-10", 0, 1)
    before = log[window == 0]
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(before["score"], before["outcome"])
    keys = {"item": ["item"], "cluster": ["student"], "cell": ["country", "school", "version"]}
    for one in audits(counts, 0.95):
        for w in (0, 1):
            own = log[window == w]
            yy, ys = by_pairs(own, model.predict(own["score"]), keys[one.by])
            assert one.could[w].value == pytest.approx(yy, abs=1e-9)
            # Scores between two of the baseline's are read from steps in one and lines in other.
            assert one.knows[w].value == pytest.approx(ys, abs=2e-4 if w else 1e-6)


@pytest.mark.parametrize("seed", [11, 12])
@pytest.mark.parametrize(
    ("damage", "by", "says"),
    [
        ("none", "item", "kept"),
        ("none", "cluster", "kept"),
        ("spread", "item", "alike"),
        ("spread", "cluster", "alike"),
        ("reset", "item", "lost"),
        ("reset", "cluster", "kept"),
        ("scrambled", "item", "lost"),
        ("missing_input", "cluster", "lost"),
        ("missing_input", "item", "kept"),
    ],
)
def test_says_on_which_side_the_score_lost_what_could_be_known(
    damage: str, by: str, says: str, seed: int
) -> None:
    question = made.question()
    finding = signal(plain.count(made.platform(seed, damage=damage), question), question)
    assert finding.detail["says"][by] == says, finding.claim


def test_one_kind_of_groups_explains_as_surely_as_its_own_audit() -> None:
    columns = {name: name for name in ("time", "outcome", "score")} | {"cluster": "student"}
    question = made.question(columns=columns, cohorts=["version"])
    about_none = 0
    for seed in range(40, 48):
        counts = plain.count(made.platform(seed, rows=8_000, damage="spread"), question)
        (one,) = (own for own in audits(counts, 0.95) if own.by == "cluster")
        found = explained(counts, 0.95)
        if found is None or not one.informative:
            continue
        about_none += bool(one.missing.value < 0)
        low, high = 1 - one.left.high, 1 - one.left.low
        assert (found.share.low, found.share.high) == pytest.approx((max(low, 0), min(high, 1)))
    assert about_none


def test_groups_without_signal_have_no_say() -> None:
    log = made.platform(11, rows=8_000, damage="spread")
    columns = {"time": "time", "outcome": "outcome", "score": "score"}
    question = made.question(columns=columns, cohorts=["version"])
    finding = signal(plain.count(log, question), question)
    assert finding.detail["says"] == {"cell": None}
    assert "cannot tell" in finding.claim


def test_counts_of_before_have_no_audit() -> None:
    question = made.question()
    counts = plain.count(made.platform(11, rows=800), question)
    finding = signal(replace(counts, signals=Counts.__dataclass_fields__[
        "signals"].default_factory()), question)  # fmt: skip
    assert finding.table == ()
    assert "cannot tell" in finding.claim


@settings(max_examples=25, deadline=None)
@given(drawn.logs())
def test_any_log_gets_an_answer(log: drawn.Drawn) -> None:
    finding = signal(log.counts(), drawn.QUESTION)
    assert finding.claim.endswith(".")
    assert set(finding.detail["says"].values()) <= {None, "kept", "alike", "lost"}


def test_rows_more_alike_and_a_score_that_lost_as_well_are_both_told() -> None:
    rng, rows = np.random.default_rng(1), 16_000
    day, item = np.sort(rng.uniform(0, made.DAYS, rows)), rng.integers(0, 60, rows)
    now = day >= made.BASELINE_DAYS
    logit = np.where(now, 0.65, 1.0) * rng.normal(0, 1.8, 60)[item]
    outcome = rng.random(rows) < made.logistic(logit)
    score = made.logistic(np.where(now, 0.5 * logit + rng.normal(0, 2, rows), logit)).round(2)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "outcome": outcome.astype(int),
        "score": score, "item": item,
    })  # fmt: skip
    columns = {name: name for name in ("time", "outcome", "score", "item")}
    asked = made.question(cohorts=[], columns=columns)
    found = {one.by: one for one in audits(plain.count(frame, asked, 100), 0.95)}
    own = found["item"]
    assert own.says == "lost"
    assert own.alike.low > 0
    assert "the rows became more alike, and besides the score lost" in sentence(own)
    alone = replace(own, alike=replace(own.alike, low=-0.01))
    assert "the rows did not become more alike" in sentence(alone)


def test_of_a_score_in_reverse_the_audit_clears_nothing() -> None:
    known = Explained(Estimate(0.9, 0.8, 1.0), Estimate(0.01, 0.0, 0.02), 0.9, 1)
    assert known.by_rows
    assert 0 < known.most_missing(0.7) < 0.01
    assert known.most_missing(0.3) == np.inf
