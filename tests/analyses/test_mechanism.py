"""Mix, spread and validity against reweighted rows, and on changes of known mechanism."""

from itertools import permutations

import drawn
import made
import numpy as np
import pandas as pd
import plain
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from investigate.analyses.mechanism import PARTS, Cells, arms, cells_of, mechanism
from investigate.counts.table import Counts
from investigate.finding import Finding

pytestmark = pytest.mark.quick_cases(1)

APART = made.question(incident={"start": "2024-02-10", "end": "2024-03-21"})


def row_weights(
    window: NDArray, cell: NDArray, group: NDArray, parts: tuple[int, int, int]
) -> NDArray:
    """The weight of each row when mix, spread and validity come from given windows.

    Written row by row from the definition: a group's share, times the share of a band of its
    scores, shared out among the rows that tell the outcome rate there.
    """
    mix, spread, validity = parts
    weights = np.zeros(len(window))
    for g in np.unique(group):
        share = np.mean(group[window == mix] == g)
        source = spread if (group[window == spread] == g).any() else 1 - spread
        for c in np.unique(cell[group == g]):
            mass = share * np.mean(cell[(window == source) & (group == g)] == c)
            here = (group == g) & (cell == c)
            own, other = here & (window == validity), here & (window != validity)
            lent = 0.0 if source == validity else max(0.0, 5.0 - own.sum())
            if not own.any():
                lent = 1.0
            if not other.any():
                lent = 0.0
            if own.sum() + lent > 0:
                weights[own] = mass / (own.sum() + lent)
                if lent:
                    weights[other] = mass / (own.sum() + lent) * lent / other.sum()
    return weights


def cells_of_rows(drawn_log: drawn.Drawn, counts: Counts, cells: Cells) -> tuple[NDArray, NDArray]:
    """The band and the bin of every row."""
    place = np.searchsorted(counts.bins["low"], drawn_log.log["score"], side="right") - 1
    band = np.full(cells.bins, -1)
    band[cells.bin] = cells.band
    return band[place], place


@pytest.mark.slow
@settings(max_examples=30)
@given(drawn.logs().filter(lambda d: len(d.log) <= 150))
def test_arms_and_parts_equal_reweighted_rows(drawn_log: drawn.Drawn) -> None:
    log, counts = drawn_log.log, drawn_log.counts()
    cells = cells_of(counts, "system")
    band, place = cells_of_rows(drawn_log, counts, cells)
    window, group = (log["day"] >= 10).to_numpy().astype(int), log["system"].to_numpy()
    outcome = log["outcome"].to_numpy()
    arm, expected = arms(cells, *cells.counted()), {}
    for parts in np.ndindex(2, 2, 2):
        weights = row_weights(window, band, group, parts)
        kept = weights > 0
        expected[parts] = np.nan
        if len(set(outcome[kept])) == 2:
            expected[parts] = roc_auc_score(outcome[kept], place[kept], sample_weight=weights[kept])
        assert arm[parts] == pytest.approx(expected[parts], abs=1e-12, nan_ok=True)
    for w in (0, 1):
        own = window == w
        assert arm[w, w, w] == pytest.approx(roc_auc_score(outcome[own], place[own]), abs=1e-12)

    orders = []
    for order in permutations(range(3)):
        at, gains = [0, 0, 0], [0.0, 0.0, 0.0]
        for part in order:
            before = expected[tuple(at)]
            at[part] = 1
            gains[part] = expected[tuple(at)] - before
        orders.append(gains)
    known = [gains for gains in orders if np.isfinite(gains).all()]
    found = mechanism(counts, drawn.QUESTION).numbers
    for i, part in enumerate(PARTS):
        if known:
            assert found[part].value == pytest.approx(np.mean(known, axis=0)[i], abs=1e-12)
        else:
            assert found[part].value is None


@pytest.fixture(scope="module")
def before() -> pd.DataFrame:
    # A thousand scores, not one a row: tables of bins by group and fold stay small.
    log = made.platform(61, rows=24_000).round({"score": 3})
    return log[log["time"] < "2024-02-10"]


def after(before: pd.DataFrame, *more: pd.DataFrame) -> Counts:
    """The baseline as it is, then as the incident with `more` rows of the same days."""
    later = [rows.assign(time=rows["time"] + pd.Timedelta(days=40)) for rows in more]
    return plain.count(pd.concat([before, *later]), APART)


def parts_of(found: Finding) -> list[float]:
    return [found.numbers[part].value for part in PARTS]


@pytest.mark.slow
def test_other_groups_alone_are_mix(before: pd.DataFrame) -> None:
    turned = before["country"] == "FR"
    odd = before.assign(score=before["score"].where(~turned, 1 - before["score"]))
    found = mechanism(after(odd, odd, odd[turned], odd[turned]), APART, "country")
    mix, spread, validity = parts_of(found)
    assert mix == pytest.approx(found.detail["change"], abs=1e-12)
    assert mix < -0.1
    assert spread == pytest.approx(0, abs=1e-12)
    assert validity == pytest.approx(0, abs=1e-12)
    assert "mix moved most" in found.claim


@pytest.mark.slow
def test_other_outcomes_alone_are_validity(before: pd.DataFrame) -> None:
    outcome = before.groupby("system")["outcome"].transform(lambda y: y.to_numpy()[::-1])
    found = mechanism(after(before, before.assign(outcome=outcome)), APART)
    mix, spread, validity = parts_of(found)
    assert validity == pytest.approx(found.detail["change"], abs=1e-12)
    assert validity < -0.2
    assert (mix, spread) == pytest.approx((0, 0), abs=1e-12)
    assert "validity moved most" in found.claim


@pytest.mark.slow
def test_scores_closer_together_alone_are_spread(before: pd.DataFrame) -> None:
    close = before[(before["score"] > 0.35) & (before["score"] < 0.65)]
    found = mechanism(after(before, before, close, close, close, close), APART)
    mix, spread, validity = parts_of(found)
    assert found.detail["change"] < -0.08
    assert spread < 0.93 * found.detail["change"]
    assert abs(validity) < 0.05 * abs(found.detail["change"])
    assert abs(mix) < 0.05 * abs(found.detail["change"])
    assert "spread moved most" in found.claim
    # Nothing is borrowed: every score of the one window occurs in the other.
    assert found.numbers["borrowed"].value == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "part", "by"),
    [
        ("spread", "spread", "system"),
        ("scrambled", "validity", "system"),
        ("labels", "validity", "school"),
        ("mix", "mix", "country"),
    ],
)
def test_known_causes(damage: str, part: str, by: str) -> None:
    log = made.platform(62, rows=20_000, damage=damage)
    found = mechanism(plain.count(log, made.question(), bins=500), made.question(), by)
    own = found.numbers[part]
    assert own.value < 0.6 * found.detail["change"]
    assert own.high < 0
    assert f"{part} moved most" in found.claim


@pytest.mark.slow
def test_a_group_that_enters_goes_into_mix(before: pd.DataFrame) -> None:
    new = before[before["school"] == "school 3"]
    found = mechanism(after(before, before, new.assign(country="IT", score=0.5)), APART, "country")
    mix, spread, validity = parts_of(found)
    assert mix == pytest.approx(found.detail["change"], abs=1e-12)
    assert mix < -0.01
    assert (spread, validity) == pytest.approx((0, 0), abs=1e-12)
    borrowed = found.numbers["borrowed"].value
    assert borrowed == pytest.approx(len(new) / (2 * len(before) + len(new)))


@pytest.mark.slow
def test_a_fault_left_out_with_its_fold_leaves_the_replicate() -> None:
    # One student's labels break; without the fold of that student nothing has changed.
    log = made.platform(63, rows=6_000)
    one = log["student"] == log["student"].mode()[0]
    half = log[log["time"] < "2024-02-10"]
    later = half.assign(
        time=half["time"] + pd.Timedelta(days=40),
        outcome=half["outcome"].where(~one, 1 - half["outcome"]),
    )
    found = mechanism(plain.count(pd.concat([half, later]), APART), APART)
    number = found.numbers["validity"]
    assert number.value == pytest.approx(found.detail["change"], abs=1e-12)
    # A jackknife in which one fold carries all: the error is nearly the value itself.
    reach = 2.0395 * abs(number.value) * 31 / 32
    assert number.high - number.value == pytest.approx(reach, rel=0.05)


def test_where_the_parts_cannot_be_told_apart_it_says_so() -> None:
    log = pd.DataFrame(
        {
            "day": [0, 0, 12, 12],
            "outcome": [1, 0, 0, 1],
            "score": [3, 2, 0, 2],
            "system": ["A", "C", "A", "B"],
            "country": "DE",
            "student": [0, 1, 2, 3],
        }
    )
    found = mechanism(drawn.Drawn(log, None).counts(), drawn.QUESTION)
    assert [found.numbers[part].value for part in PARTS] == [None] * 3
    assert "cannot be told apart" in found.claim


def test_cells_without_a_fold_are_those_of_the_other_folds() -> None:
    random = np.random.default_rng(3)
    window, fold, cell, positives, negatives = (
        random.integers(0, most, 400) for most in (2, 32, 20, 9, 9)
    )
    own = np.arange(20)
    cells = Cells(
        groups=1, bands=1, bins=20, group=np.zeros(20, np.int64), band=np.zeros(20, np.int64),
        bin=own, window=window, fold=fold, cell=cell,
        positives=positives.astype(float), negatives=negatives.astype(float),
    )  # fmt: skip
    table = pd.DataFrame({"window": window, "fold": fold, "cell": cell, "n": positives})
    for without in (None, 0, 17, 31):
        kept = table[table["fold"] != without] if without is not None else table
        sums = kept.pivot_table(index="window", columns="cell", values="n", aggfunc="sum")
        expected = sums.reindex(columns=own).fillna(0).to_numpy()
        np.testing.assert_array_equal(cells.counted(without)[0], expected)


def test_of_what_chance_moves_nothing_is_said() -> None:
    claims = []
    for seed in range(4):
        log = made.platform(seed, rows=2_000)
        asked = made.question()
        found = mechanism(plain.count(log, asked, 60), asked)
        first = min(PARTS, key=lambda part: found.numbers[part].value)
        if found.detail["change"] < 0 and not found.numbers[first].excludes_zero:
            claims.append(found.claim)
    assert claims
    for claim in claims:
        assert "its interval holds zero" in claim
        assert "are no longer as before" not in claim
