"""Scores beyond which no row is left, found again by plain pandas."""

import re

import made
import numpy as np
import pytest
from plain import count

from investigate.analyses.suspects.cut_off import cut_off, left_out

pytestmark = pytest.mark.slow


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("side", "ends"), [("above", True), ("below", True), ("none", False)])
def test_where_rows_end_is_told_with_the_share_that_was_beyond(side: str, ends: bool) -> None:
    frame = made.platform(3, 5_000)
    now = frame["time"] >= "2024-02-10"
    edge = frame["score"].quantile({"above": 0.6, "below": 0.3, "none": 0.98}[side])
    beyond = frame["score"].lt(edge) if side == "below" else frame["score"].gt(edge)
    share = beyond[~now].mean()
    kept = frame[~(now & beyond)]
    text = cut_off(count(kept, made.question(), 256))
    assert bool(text) == ends
    if ends:
        percent, _, rest = text.partition("% of the baseline's rows have a score ")
        assert float(percent) == pytest.approx(100 * share, abs=2)
        assert float(rest.split()[1].rstrip(",")) == pytest.approx(edge, abs=0.02)
        assert rest.startswith(side)


@pytest.mark.parametrize("side", ["above", "below"])
def test_rows_that_are_mostly_missing_at_one_end_are_told_with_their_share(side: str) -> None:
    frame = made.platform(3, 20_000)
    rng = np.random.default_rng(3)
    now = frame["time"] >= "2024-02-10"
    edge = frame["score"].quantile(0.75 if side == "above" else 0.25)
    beyond = frame["score"].gt(edge) if side == "above" else frame["score"].lt(edge)
    kept = frame[~(now & beyond) | (rng.random(len(frame)) < 0.1)]
    text = left_out(count(kept, made.question(), 256), made.question())
    told = re.fullmatch(
        rf"A day has (\S+)% as many rows with a score {side} (\S+) as before "
        r"\(these are (\S+)% of the baseline's rows\), and .*% as many others: .* ",
        text,
    )
    assert told is not None
    left, where, share = (float(number) for number in told.groups())
    assert share == pytest.approx(25, abs=4)
    assert where == pytest.approx(edge, abs=0.05)
    assert left == pytest.approx(10, abs=3)
    # Thinned at all scores, or with others in their place, it is no filter on these.
    assert "with a score" not in left_out(
        count(frame[~now | (rng.random(len(frame)) < 0.5)], made.question(), 256), made.question()
    )
    moved = frame.assign(score=frame["score"].where(~(now & beyond), 0.5))
    assert left_out(count(moved, made.question(), 256), made.question()) == ""
    # Of a tenth of all rows that are left, none are missing at one end alone.
    rare = frame[~now | (rng.random(len(frame)) < 0.1)]
    assert "with a score" not in left_out(count(rare, made.question(), 256), made.question())
