"""A place is named in words that are no surer than the rest of the log allows."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.struck import (
    fell_more,
    in_reverse,
    keeps_its_order,
    lead,
    named,
    place,
    serves_a_cohort,
)
from investigate.question import params

DE, FR, PL = (Scope("country", "", name, 100) for name in ("DE", "FR", "PL"))


class Fell:
    """Stands for `Undo`: how far groups fell when ranked by themselves, the mean of their own.

    ``lost``: what each took from the whole.
    """

    def __init__(self, lost: float = 0.0, **fell: float) -> None:
        self.fell, self.lost = fell, lost

    def points(self, scope: Scope, with_spread: bool, folds: bool) -> list[float]:
        """Of any group alike."""
        return [self.lost]

    def scopes(self, by: str) -> list[Scope]:
        """All groups."""
        return [DE, FR, PL]

    def alone(self, by: str, chosen: Sequence[tuple[str, str]], with_spread: bool) -> float:
        """The mean of the groups' own."""
        return float(np.mean([self.fell[value] for _, value in chosen]))


@pytest.mark.parametrize(
    ("fell", "others", "words"),
    [
        ({"DE": 0.2, "FR": 0.01, "PL": 0.0}, [], "In DE, and hardly elsewhere"),
        ({"DE": 0.2, "FR": 0.2, "PL": 0.01}, [FR], "In DE, as in FR, and hardly elsewhere"),
        # Few rows of PL are left, so that they move the whole by little: they fell all the same.
        ({"DE": 0.2, "FR": 0.2, "PL": 0.2}, [FR], "In DE, as in FR, and less elsewhere"),
        ({"DE": 0.2, "FR": np.nan, "PL": np.nan}, [], "In DE, and hardly elsewhere"),
        # Scores of DE on another scale rank its own rows as before.
        ({"DE": 0.0, "FR": 0.01, "PL": 0.0, "lost": 0.1}, [], "In DE, and hardly elsewhere"),
        ({"DE": 0.2, "FR": 0.2, "PL": 0.2}, [FR, PL], "In DE, as in FR and PL"),
    ],
)
def test_hardly_elsewhere_is_said_of_a_rest_that_ranks_as_before(
    fell: dict[str, float], others: list[Scope], words: str
) -> None:
    assert place(Fell(**fell), DE, others) == f"{words},"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "value", "said"),
    [("fallback", "yes", "fallback yes"), ("system*release", "7.2", "jp and release 7.2"),
     ("country", "DE", "DE")],
)  # fmt: skip
def test_a_value_that_says_nothing_alone_has_its_column(by: str, value: str, said: str) -> None:
    assert named(Scope(by, "jp" if "*" in by else "", value, 10)) == said


@pytest.mark.parametrize(
    ("elsewhere", "sentence"),
    [(0, " Its rows are those of jp."), (180, ""),
     (50, " All its rows are those of jp, which has others too.")],
)  # fmt: skip
def test_the_one_system_of_a_cohort_is_named(elsewhere: int, sentence: str) -> None:
    """Not where that system serves nearly all others as well."""
    rows = [
        ("all", "", "", 300), ("country", "", "JP", 100), ("country", "", "US", 200),
        ("system", "jp", "", 100 + elsewhere), ("system", "base", "", 200 - elsewhere),
        ("system*country", "jp", "JP", 100), ("system*country", "jp", "US", elsewhere),
        ("system*country", "base", "US", 200 - elsewhere),
    ]  # fmt: skip
    facts = pd.DataFrame(
        [(*row, window) for row in rows for window in (0, 1)],
        columns=["by", "system", "cohort", "rows", "window"],
    )
    counts = SimpleNamespace(facts=facts, memory={})
    scope = Scope("country", "", "JP", 100)
    assert lead(counts, scope) == sentence  # type: ignore[arg-type]
    assert serves_a_cohort(counts, "jp") == (not elsewhere)  # type: ignore[arg-type]


QUESTION = params.from_names({
    "case": "struck", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"}, "cohorts": ["shop"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("everywhere", [True, False])
def test_a_group_of_most_ones_fell_no_further_where_all_fell_alike(everywhere: bool) -> None:
    rng = np.random.default_rng(6)
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(np.arange(6_000) / 200, unit="D")
    shop = rng.choice(["a", "b"], 6_000)
    signal = rng.normal(size=6_000)
    level = np.where(shop == "a", 0.5, -2.5)
    now = (time >= "2024-01-21") & (everywhere | (shop == "a"))
    frame = pd.DataFrame({
        "time": time, "shop": shop,
        "score": np.where(now, 0.3, 1.0) * signal.round(2) + level,
        "outcome": rng.random(6_000) < 1 / (1 + np.exp(-level - np.where(now, 0.3, 2) * signal)),
    })  # fmt: skip
    rows = int(((shop == "a") & (time >= "2024-01-21")).sum())
    counts = plain.count(frame.astype({"outcome": int}), QUESTION)
    assert fell_more(counts, Scope("shop", "", "a", rows)) == (not everywhere)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("scores", "kept", "reversed_now"),
    [
        (lambda s, rng: s, True, False),
        (lambda s, rng: s / 2 + 0.4, True, False),
        (lambda s, rng: rng.permutation(s), False, False),
        # Below a half, and no turned sign.
        (lambda s, rng: 0.85 * rng.permutation(s) - 0.15 * s, False, False),
        (lambda s, rng: 1 - s, False, True),
    ],
)
def test_what_became_of_the_order_within_a_group(
    scores: Callable[[Any, Any], Any], kept: bool, reversed_now: bool
) -> None:
    rng = np.random.default_rng(8)
    day = np.sort(rng.uniform(0, 30, 1_800))
    score = rng.random(len(day)).round(2)
    outcome = (rng.random(len(day)) < score).astype(int)
    struck = day >= 20
    score[struck] = scores(score[struck], rng)
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D")
    frame = pd.DataFrame({"time": time, "shop": "a", "score": score, "outcome": outcome})
    counts, scope = plain.count(frame, QUESTION), Scope("shop", "", "a", 600)
    assert keeps_its_order(counts, scope, lost=0.2) == kept
    told = in_reverse(counts, scope)
    now = roc_auc_score(outcome[struck], score[struck])
    expected = f" Ranked by itself, a has an AUC of {now:.3f}, below a half: its scores rank"
    assert told.startswith(expected) if reversed_now else told == ""
