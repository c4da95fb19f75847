"""Scores beyond which no row is left, found again by plain pandas."""

import made
import pytest
from plain import count

from investigate.analyses.suspects.cut_off import cut_off


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
