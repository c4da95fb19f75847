"""Labels that changed everywhere are no fault of the group in which chance makes most of it."""

from types import SimpleNamespace

import made
import numpy as np
import pandas as pd
import plain
import pytest
from scipy import stats

from investigate.analyses.suspects import rates as module
from investigate.analyses.suspects.narrowing import Scope
from investigate.finding import Estimate

WHOLE, PART = Scope("all", "", "", 1_000), Scope("country", "", "DE", 400)


@pytest.mark.parametrize(
    ("whole", "part", "everywhere"),
    [
        # The rest moved by (-0.20 * 1000 - -0.26 * 400) / 600 = -0.16: as far.
        (-0.20, -0.26, True),
        # (-0.12 * 1000 - -0.30 * 400) / 600 = 0: the part moved alone.
        (-0.12, -0.30, False),
        # (-0.16 * 1000 - -0.28 * 400) / 600 = -0.08: less than half as far.
        (-0.16, -0.28, False),
        # (0.10 * 1000 - -0.10 * 400) / 600 = 0.23: the other way.
        (0.10, -0.10, False),
    ],
)
def test_labels_everywhere(
    whole: float, part: float, everywhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    beyond = {WHOLE: whole, PART: part}
    monkeypatch.setattr(
        module,
        "rates",
        lambda _c, scope, _s: SimpleNamespace(
            beyond=beyond[scope], tells="labels", scores=(0.5, 0.5)
        ),
    )
    counts: object = None
    assert module.labels_everywhere(counts, 0.95, [PART], WHOLE) == everywhere  # type: ignore[arg-type]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_labels_that_changed_in_one_group_alone(elsewhere: bool) -> None:
    """A fifth of one shop's outcomes became ones; the other shops only rank worse, or too."""
    rng = np.random.default_rng(3)
    shop, x = rng.choice(list("abc"), 9_000, p=[0.4, 0.4, 0.2]), rng.normal(-1.5, 1, 9_000)
    day = rng.uniform(0, made.DAYS, 9_000)
    outcome = (rng.random(9_000) < made.logistic(x)).astype(int)
    now = day >= made.BASELINE_DAYS
    struck = now & ((shop == "a") | elsewhere) & (rng.random(9_000) < 0.2)
    outcome = np.where(struck, 1, outcome)
    score = np.where(now & (shop != "a"), rng.permutation(x), x)
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")
    log = pd.DataFrame({"time": time, "outcome": outcome, "score": made.logistic(score)})
    question = made.question(columns={n: n for n in log}, cohorts=["shop"])
    counts = plain.count(log.assign(shop=shop), question)
    rows = {one: int((now & (shop == one)).sum()) for one in "abc"}
    whole = Scope("all", "", "", sum(rows.values()))
    told = [
        module.labels_here_alone(counts, 0.95, Scope("shop", "", one, n), whole)
        for one, n in rows.items()
    ]
    assert told == [not elsewhere, False, False]


def test_where_the_whole_tells_nothing_of_labels_nothing_is_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    still = SimpleNamespace(beyond=-0.2, tells=None)
    monkeypatch.setattr(module, "rates", lambda _c, _scope, _s: still)
    assert not module.labels_everywhere(None, 0.95, [PART], WHOLE)  # type: ignore[arg-type]


def test_groups_that_moved_as_far_are_named_with_the_first() -> None:
    rng = np.random.default_rng(5)
    shop, x = rng.choice(list("abcd"), 8_000), rng.normal(0, 1.2, 8_000)
    day = rng.uniform(0, made.DAYS, 8_000)
    outcome = (rng.random(8_000) < made.logistic(x)).astype(int)
    now = day >= made.BASELINE_DAYS
    # In a and c a part of the score is another unit's; d moves less than half as far.
    for name, far in (("a", 1.5), ("c", 1.2), ("d", 0.2)):
        x = x + far * (now & (shop == name))
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "outcome": outcome,
        "score": made.logistic(x).round(3), "shop": shop,
    })  # fmt: skip
    question = made.question(
        cohorts=["shop"], columns={"time": "time", "outcome": "outcome", "score": "score"}
    )
    counts = plain.count(frame, question, 200)
    groups = [Scope("shop", "", name, int((now & (shop == name)).sum())) for name in "abcd"]
    ((other, its),) = module.moved_too(counts, 0.95, groups[0], groups)
    assert other.cohort == "c"
    rows = frame[now & (shop == "c")]
    assert its.outcomes[1] == pytest.approx(rows["outcome"].mean(), abs=1e-9)
    assert its.scores[1] - its.scores[0] > 0.1
    assert module.moved_too(counts, 0.95, groups[1], groups) == []


def test_a_short_baseline_knows_its_rate_no_better_than_its_rows_allow() -> None:
    # Standard errors of a difference of two proportions at the rate of before.
    for rows, earlier in ((5_000, 50), (5_000, 5_000)):
        error = np.sqrt(0.25 * (1 / rows + 1 / earlier))
        assert module.beyond_chance(0.5, 0.5 + 4.01 * error, rows, earlier)
        assert not module.beyond_chance(0.5, 0.5 + 3.99 * error, rows, earlier)


def test_few_clusters_of_one_window_leave_little_freedom() -> None:
    rng = np.random.default_rng(3)
    who = np.r_[np.repeat(np.arange(60), 20), np.repeat(np.arange(100, 103), 100)]
    late, rows = who >= 100, len(who)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(np.where(late, 45, 5), "D"), "student": who,
        "outcome": rng.integers(0, 2, rows), "score": rng.random(rows).round(1),
    })  # fmt: skip
    asked = made.question(
        cohorts=[], columns={"time": "time", "outcome": "outcome", "score": "score",
                             "cluster": "student"},
    )  # fmt: skip
    own = module.rates(plain.count(frame, asked), Scope("all", "", "", rows), 0.95).outcome
    fold = frame["student"].map(plain.fold)
    left = np.array([
        [part["outcome"].mean() for part in (frame[(fold != f) & ~late], frame[(fold != f) & late])]
        for f in range(32)
    ])  # fmt: skip
    used = [np.array([((fold == f) & side).any() for f in range(32)]) for side in (~late, late)]
    squares = []
    for values, folds in zip(left.T, used, strict=True):
        kept = values[folds]
        squares.append((len(kept) - 1) / len(kept) * ((kept - kept.mean()) ** 2).sum())
    freedom = sum(squares) ** 2 / sum(
        s**2 / (folds.sum() - 1) for s, folds in zip(squares, used, strict=True)
    )
    either = used[0] | used[1]
    moved = (left[:, 1] - left[:, 0])[either]
    error = np.sqrt((len(moved) - 1) / len(moved) * ((moved - moved.mean()) ** 2).sum())
    assert freedom < 6 < either.sum()
    assert own.high - own.value == pytest.approx(stats.t.ppf(0.975, freedom) * error)


@pytest.mark.parametrize(
    ("outcome", "score", "together"),
    [
        (-0.10, -0.10, True),
        (-0.10, -0.06, True),  # a score knows a part of what its rows are like
        (-0.10, -0.02, False),
        (-0.10, 0.06, False),
        (-0.10, -0.12, True),  # within the interval
        (-0.10, -0.20, False),  # scores fell further than these rows explain
        (-0.01, -0.01, False),
    ],
)
def test_outcomes_and_scores_that_moved_together(
    outcome: float, score: float, together: bool
) -> None:
    def about(value: float) -> Estimate:
        return Estimate(value, value - 0.03, value + 0.03)

    found = module.Rates(
        outcomes=(0.3, 0.3 + outcome), scores=(0.3, 0.3 + score), outcome=about(outcome),
        score=about(score), far=0.04, apart=about(outcome - score),
    )  # fmt: skip
    assert found.moved_together is together
