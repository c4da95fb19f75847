"""The day of a change from rows, on rows drawn with a change of known day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.analyses.change_date import Dated, likelier, nearest, slides_better

pytestmark = pytest.mark.quick_cases(1)

Ints = np.ndarray
BINS, DAYS, AT = 20, 40, 25


def drawn(seed: int, kind: str, rows: int = 120, share: Ints | None = None) -> tuple[Ints, Ints]:
    """Positives and negatives by day and bin; `share` of each day's rows is as after a change."""
    rng = np.random.default_rng(seed)
    if share is None:
        share = (np.arange(DAYS) >= AT).astype(float)
    counts = np.zeros((2, DAYS, BINS), dtype=np.int64)
    for day in range(DAYS):
        score = rng.integers(0, BINS, rows)
        good = rng.random(rows) < (score + 0.5) / BINS
        struck = rng.random(rows) < share[day]
        if kind == "labels":
            good = np.where(struck, rng.random(rows) < 0.5, good)
        if kind == "default":
            score = np.where(struck & (rng.random(rows) < 0.3), 9, score)
        np.add.at(counts, (np.where(good, 0, 1), day, score), 1)
    return counts[0], counts[1]


def dated(counts: tuple[Ints, Ints], candidates: tuple[int, int] = (18, 32)) -> Dated:
    n = len(counts[0])
    return nearest(*counts, (0, AT + 2, n), candidates, 0.95)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("kind", ["labels", "default"])
def test_the_day_is_found_and_its_interval_holds_it(kind: str) -> None:
    found = [dated(drawn(seed, kind)) for seed in range(30)]
    assert all(abs(one.index - AT) <= 1 for one in found)
    assert sum(one.index == AT for one in found) >= 24
    assert sum(one.low <= AT <= one.high for one in found) >= 27
    assert all(one.low <= one.index <= one.high and one.reached is None for one in found)


@pytest.mark.parametrize("kind", ["labels", "default"])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), where=st.integers(20, 30))
def test_a_day_of_three_rows_that_all_went_wrong_changes_nothing(
    kind: str, seed: int, where: int
) -> None:
    positives, negatives = drawn(seed, kind)
    found = dated((positives, negatives))
    worst = np.zeros((2, BINS), dtype=np.int64)
    worst[0, 1], worst[1, BINS - 2] = 1, 2
    noisy = dated(
        (np.insert(positives, where, worst[0], axis=0), np.insert(negatives, where, worst[1], 0)),
        (18, 33),
    )
    assert noisy.index == found.index + (where <= found.index)


def test_days_of_one_class_say_when_too() -> None:
    positives, negatives = drawn(3, "default")
    for day in range(DAYS):
        (positives if day % 2 else negatives)[day] = 0
    assert abs(dated((positives, negatives)).index - AT) <= 1


def test_a_share_without_scores_against_every_split_by_hand() -> None:
    for seed in range(15):
        rng = np.random.default_rng(seed)
        rows = rng.integers(20, 200, DAYS)
        hits = rng.binomial(rows, np.where(np.arange(DAYS) >= AT, 0.5, 0.3))
        found = nearest(hits[:, None], (rows - hits)[:, None], (0, AT, DAYS), (12, 38), 0.95, False)

        def likelihood(split: int, hits: Ints = hits, rows: Ints = rows) -> float:
            total = 0.0
            for side in (slice(0, split), slice(split, DAYS)):
                p = hits[side].sum() / rows[side].sum()
                total += hits[side].sum() * np.log(p) + (rows - hits)[side].sum() * np.log(1 - p)
            return total

        assert found.index == max(range(12, 39), key=likelihood)


def test_a_roll_out_is_told_from_a_step() -> None:
    slow = np.interp(np.arange(DAYS), [15, 29], [0, 1])
    found = [nearest(*drawn(seed, "labels", 300, slow), (0, 22, DAYS), (12, 36), 0.95)
             for seed in range(6)]  # fmt: skip
    slides = [one for one in found if one.reached is not None]
    assert len(slides) >= 5
    assert np.abs([one.index - 15 for one in slides]).max() <= 4
    assert np.abs([one.reached - 29 for one in slides if one.reached]).max() <= 4


def test_the_day_that_was_asked_for_stays_where_rows_hardly_tell() -> None:
    for rows, stays in ((4, True), (2_000, False)):
        arguments = (*drawn(3, "labels", rows), (0, AT + 2, DAYS), (12, 36), 0.95, False)
        own = nearest(*arguments)
        asked_for = own.index + 1 if stays else AT + 3
        found = nearest(*arguments, asked_for)
        assert own.index != asked_for
        assert found.index == (asked_for if stays else own.index)
        # The interval is what rows say.
        assert (found.low, found.high) == (own.low, own.high)


@pytest.mark.slow
def test_where_nothing_is_to_choose_the_guess_stays() -> None:
    assert dated(drawn(1, "labels"), (30, 20)) == Dated(AT + 2, AT + 2, AT + 2)


@pytest.mark.parametrize("kind", ["labels", "default"])
def test_a_slide_must_be_the_likelier_tale_of_its_rows(kind: str) -> None:
    slide = ((np.arange(DAYS) - 20) / 10).clip(0, 1)
    sudden, gradual = (
        [
            slides_better(*drawn(seed, kind, share=share), (0, DAYS), AT, (20, 30))
            for seed in range(8)
        ]
        for share in (None, slide)
    )
    assert sum(sudden) <= 1
    assert sum(gradual) >= 7


def test_a_fall_of_the_last_day_is_likelier_on_it_than_days_before() -> None:
    positives, negatives = np.tile([10, 30], (20, 1)), np.tile([30, 10], (20, 1))
    positives[19] = negatives[19] = [20, 20]
    assert likelier(positives, negatives, 19, 10)
    assert not likelier(positives, negatives, 10, 19)
    # Where all days from the tenth on are so, the last is not.
    positives[10:] = negatives[10:] = [20, 20]
    assert likelier(positives, negatives, 10, 19)
