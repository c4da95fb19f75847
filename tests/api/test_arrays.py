"""AUC with its interval and its change decomposed, against scikit-learn and brute force."""

from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

import investigate
from investigate.api.array_sums import folds_of

pytestmark = pytest.mark.slow


def made(rng: np.random.Generator, rows: int = 120, groups: int = 3, ties: int = 40) -> Any:
    """Outcomes, scores with ties, groups, windows and clusters."""
    window = rng.integers(0, 2, rows)
    group = rng.choice([f"g{k}" for k in range(groups)], rows)
    score = rng.integers(0, ties, rows) / ties
    outcome = (rng.random(rows) < 0.2 + 0.6 * score * (1 - 0.7 * window)).astype(int)
    outcome[:4], window[:4] = [0, 1, 0, 1], [0, 0, 1, 1]
    return outcome, score, group, window, rng.integers(0, 15, rows)


def delong(outcome: Any, score: Any, confidence: float) -> tuple[float, float]:
    """By the definition: the share of pairs that each row wins, ties counted half."""
    wins = np.subtract.outer(score[outcome == 1], score[outcome == 0])
    wins = (wins > 0) + 0.5 * (wins == 0)
    variance = wins.mean(axis=1).var(ddof=1) / len(wins) + wins.mean(axis=0).var(ddof=1) / len(
        wins.T
    )
    reach = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
    return max(wins.mean() - reach, 0), min(wins.mean() + reach, 1)


@given(st.integers(0, 10_000), st.sampled_from([0.8, 0.95, 0.99]))
def test_an_interval_is_that_of_delong(seed: int, confidence: float) -> None:
    outcome, score, *_ = made(np.random.default_rng(seed))
    found = investigate.auc_interval(outcome, score, confidence=confidence)
    assert found.value == pytest.approx(roc_auc_score(outcome, score), abs=1e-12)
    assert (found.low, found.high) == pytest.approx(delong(outcome, score, confidence), abs=1e-9)


@pytest.mark.slow
@given(st.integers(0, 10_000))
def test_with_clusters_groups_of_them_are_left_out(seed: int) -> None:
    outcome, score, _, _, cluster = made(np.random.default_rng(seed), rows=400)
    fold = folds_of(cluster.astype(str))
    assert all(len(set(fold[cluster == c])) == 1 for c in set(cluster))
    without = [roc_auc_score(outcome[fold != f], score[fold != f]) for f in np.unique(fold)]
    groups = len(without)
    error = np.sqrt((groups - 1) / groups * np.sum((without - np.mean(without)) ** 2))
    reach = stats.t.ppf(0.975, groups - 1) * error
    found = investigate.auc_interval(outcome, score, cluster)
    area = roc_auc_score(outcome, score)
    assert found.value == pytest.approx(area, abs=1e-12)
    ends = (max(area - reach, 0), min(area + reach, 1))
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-9)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=20)
def test_the_order_of_rows_makes_no_difference(seed: int, clustered: bool) -> None:
    rng = np.random.default_rng(seed)
    *arrays, cluster = made(rng)
    order = rng.permutation(len(cluster))
    one, other = (
        investigate.decompose(*(a[o] for a in arrays), cluster=cluster[o] if clustered else None)
        for o in (np.arange(len(order)), order)
    )
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame(), rtol=1e-9)
    assert list(one.change) == pytest.approx(list(other.change))


@pytest.mark.slow
@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_each_view_sums_to_the_change(seed: int) -> None:
    outcome, score, group, window, _ = made(np.random.default_rng(seed), rows=200)
    found = investigate.decompose(outcome, score, group, window)
    areas = [roc_auc_score(outcome[window == w], score[window == w]) for w in (0, 1)]
    assert [found.baseline.value, found.incident.value] == pytest.approx(areas)
    assert found.change.value == pytest.approx(areas[1] - areas[0])
    sums = found.to_frame().groupby("view")["contribution"].sum()
    assert sums.to_dict() == pytest.approx(dict.fromkeys(sums.index, areas[1] - areas[0]))


def test_contributions_are_those_of_each_groups_rows() -> None:
    """The Aumann-Shapley value: halfway between the windows, less what an average row moves."""
    outcome, score, group, window, _ = made(np.random.default_rng(4), rows=300)
    found = investigate.decompose(outcome, score, group, window).groups.set_index("group")
    values = np.unique(score)

    def share(wanted: int, w: int, only: str | None = None) -> Any:
        rows = (outcome == wanted) & (window == w)
        of = rows if only is None else rows & (group == only)
        counts = np.array([(of & (score == value)).sum() for value in values], dtype=float)
        return counts / rows.sum()

    def area(f: Any, h: Any) -> float:
        return float(sum(f[i] * (h[:i].sum() + h[i] / 2) for i in range(len(values))))

    f, h = ((share(y, 0) + share(y, 1)) / 2 for y in (1, 0))
    for name in found.index:
        steps = {y: share(y, 1, name) - share(y, 0, name) for y in (0, 1)}
        moved = area(steps[1], h) + area(f, steps[0])
        average = area(f, h) * (steps[1].sum() + steps[0].sum())
        assert found.loc[name, "contribution"] == pytest.approx(moved - average, abs=1e-12)


def test_pairs_are_those_of_single_groups() -> None:
    outcome, score, group, window, _ = made(np.random.default_rng(5), rows=400)
    found = investigate.decompose(outcome, score, group, window).pairs.set_index("part")
    for first, second in product(("g0", "g1", "g2"), repeat=2):
        areas, weights = [], []
        for w in (0, 1):
            up = (group == first) & (outcome == 1) & (window == w)
            down = (group == second) & (outcome == 0) & (window == w)
            ends = np.concatenate([np.ones(up.sum()), np.zeros(down.sum())])
            areas.append(roc_auc_score(ends, np.concatenate([score[up], score[down]])))
            positives, negatives = ((outcome == y) & (window == w) for y in (1, 0))
            weights.append(up.sum() / positives.sum() * down.sum() / negatives.sum())
        expected = np.mean(weights) * (areas[1] - areas[0])
        assert found.loc[f"{first} × {second}", "contribution"] == pytest.approx(expected)


def test_mechanism_is_the_shapley_value_of_three_parts() -> None:
    """With bands of many rows that both windows share, nothing is borrowed."""
    rng = np.random.default_rng(6)
    rows = 40_000
    window, group = rng.integers(0, 2, rows), rng.integers(0, 2, rows)
    score = (rng.integers(0, 8, rows) + group * rng.integers(0, 2, rows)) / 10
    keep = (window == 0) | (rng.random(rows) < 0.3 + 0.5 * group)
    window, group, score = window[keep], group[keep], score[keep]
    outcome = (rng.random(len(score)) < 0.2 + score * (0.7 - 0.4 * window)).astype(int)
    found = investigate.decompose(outcome, score, group, window).mechanism
    values = np.unique(score)

    def rates(w: int) -> tuple[Any, Any, Any]:
        rows = [(window == w) & (group == g) for g in (0, 1)]
        mix = np.array([r.sum() for r in rows]) / (window == w).sum()
        spread = np.array([[(r & (score == v)).sum() / r.sum() for v in values] for r in rows])
        # The values of a group alone are one where it has no rows at all.
        valid = np.array(
            [
                [
                    outcome[r & (score == v)].mean() if (r & (score == v)).any() else 0
                    for v in values
                ]
                for r in rows
            ]
        )
        return mix, spread, valid

    known = [rates(w) for w in (0, 1)]

    def area(parts: tuple[int, int, int]) -> float:
        mix, spread, valid = (known[w][i] for i, w in enumerate(parts))
        mass = mix[:, None] * spread
        up, down = (mass * valid).sum(axis=0), (mass * (1 - valid)).sum(axis=0)
        labels = np.repeat([1, 0], len(values))
        weight = np.concatenate([up, down])
        return float(roc_auc_score(labels, np.tile(values, 2), sample_weight=weight))

    gains = np.zeros(3)
    for order in permutations(range(3)):
        now = [0, 0, 0]
        for i in order:
            before = area((now[0], now[1], now[2]))
            now[i] = 1
            gains[i] += (area((now[0], now[1], now[2])) - before) / 6
    assert found["part"].tolist() == ["mix", "spread", "validity"]
    assert found["contribution"].tolist() == pytest.approx(gains.tolist(), abs=1e-9)


@pytest.mark.slow
def test_the_kit_counts_alike() -> None:
    log = investigate.example_log(4_000)
    found = investigate.open(
        log,
        time="time",
        outcome="outcome",
        score="score",
        system="system",
        cluster="student",
        baseline=("2024-01-01", "2024-01-29"),
        incident=("2024-01-29", "2024-02-12"),
    )
    window = log["time"] >= "2024-01-29"
    parts = investigate.decompose(
        log["outcome"], log["score"], log["system"], window, cluster=log["student"]
    )
    numbers = found.drop().numbers
    for name in ("baseline", "incident", "change"):
        assert list(getattr(parts, name)) == pytest.approx(list(numbers[name]), abs=1e-12)
    by = found.contributions().to_frame().set_index("group")["contribution"]
    assert parts.groups.set_index("group")["contribution"].to_dict() == pytest.approx(by.to_dict())
    shares = {name: found.mechanism().numbers[name].value for name in ("mix", "validity")}
    own = parts.mechanism.set_index("part")["contribution"]
    assert {name: own[name] for name in shares} == pytest.approx(shares)
    alone = investigate.auc_interval(
        log["outcome"][window], log["score"][window], cluster=log["student"][window]
    )
    assert list(alone) == pytest.approx(list(numbers["incident"]), abs=1e-12)


def test_outcomes_as_people_write_them() -> None:
    score = [0.1, 0.4, 0.35, 0.8]
    for outcome in ([0, 0, 1, 1], [False, False, True, True], [-1, -1, 1, 1], [0.0, 0, 1, 1]):
        assert investigate.auc_interval(outcome, score).value == 0.75
    frame = pd.DataFrame({"y": [0, 0, 1, 1], "s": score})
    assert investigate.auc_interval(frame[["y"]], frame["s"]).value == 0.75


@pytest.mark.parametrize("kind", ["int64", "uint64"])
def test_large_whole_scores_are_not_rounded(kind: str) -> None:
    rng = np.random.default_rng(0)
    outcome, score = rng.integers(0, 2, 50), (2**60 + rng.integers(0, 99, 50)).astype(kind)
    expected = roc_auc_score(outcome, score)
    assert investigate.auc_interval(outcome, score).value == pytest.approx(expected, abs=1e-12)


def test_windows_are_weighed_apart() -> None:
    outcome, score, group, window, _ = made(np.random.default_rng(2))
    weight = np.random.default_rng(3).random(len(score)) * np.where(window, 1e17, 1)
    found = investigate.decompose(outcome, score, group, window, sample_weight=weight)
    for w, level in enumerate((found.baseline, found.incident)):
        own = window == w
        expected = roc_auc_score(outcome[own], score[own], sample_weight=weight[own])
        assert level.value == pytest.approx(expected, abs=1e-12)


def test_a_weight_beside_which_others_are_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^sample_weight: all weights of rows with outcome 1"):
        investigate.auc_interval([0, 0, 1, 1], [1, 2, 3, 4], sample_weight=[1e300, 1, 1, 1])


GOOD: dict[str, Any] = {
    "y_true": [0, 1, 0, 1],
    "y_score": [0.1, 0.2, 0.3, 0.4],
    "groups": ["a", "b", "a", "b"],
    "window": [0, 0, 1, 1],
}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"y_score": [0.1, np.nan, 0.3, 0.4]}, "y_score contains NaN"),
        ({"y_score": [0.1, np.inf, 0.3, 0.4]}, "y_score contains infinity"),
        ({"y_score": [[0.1, 0.2], [0.3, 0.4]]}, r"y_score: expected shape \(n,\), got \(2, 2\)"),
        ({"y_true": [0, np.nan, 0, 1]}, "y_true contains NaN"),
        ({"y_true": [0, None, 0, 1]}, "y_true contains NaN"),
        ({"y_true": [0, 2, 0, 1]}, "y_true: expected 0 and 1, truths, or -1 and 1, got 0, 1, 2"),
        ({"y_true": ["no", "yes", "no", "yes"]}, "y_true: expected 0 and 1, .*, got text"),
        ({"y_true": [0, 1, 0]}, "arrays of different lengths: y_true 3, y_score 4"),
        ({"y_true": [1, 1, 0, 1]}, r"y_true, in the baseline \(window 0\): outcomes of both kinds"),
        ({"groups": ["a", None, "a", "b"]}, "groups contains NaN or nothing"),
        ({"window": [0, 0, 0, 0]}, "window: all rows lie in one window"),
        ({"window": [0, 1, 2, 1]}, "window: expected 0 for the baseline and 1 for the incident"),
        ({"cluster": [1.0, np.nan, 2, 2]}, "cluster contains NaN or nothing"),
        (
            {"sample_weight": [1, 1, 1e300, 1]},
            r"sample_weight, in the incident \(window 1\): all weights of rows with outcome 1 are",
        ),
        ({"confidence": 1.5}, "confidence: expected a number between 0 and 1, got 1.5"),
    ],
)
def test_what_cannot_be_used_is_a_value_error(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        investigate.decompose(**{**GOOD, **wrong})
    assert len(str(caught.value)) < 200


def test_too_many_groups_are_refused() -> None:
    rows = np.arange(400)
    with pytest.raises(ValueError, match="groups: 50 groups are too many; merge to 40"):
        investigate.decompose(rows % 2, rows, rows % 50, (rows // 2) % 2)


def test_a_decomposition_is_shown_in_a_few_lines() -> None:
    outcome, score, group, window, _ = made(np.random.default_rng(8))
    found = investigate.decompose(outcome, score, group, window)
    assert len(repr(found).splitlines()) == 5
    html = found._repr_html_()
    assert html.count("<table>") == 3
    hostile = np.where(group == "g0", "<b>x</b>", group)
    assert "<b>x" not in investigate.decompose(outcome, score, hostile, window)._repr_html_()
