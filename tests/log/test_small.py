"""Groups too small to be shown alone."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.log.small import hosting, small

sizes = st.dictionaries(st.text(max_size=3), st.integers(0, 30), min_size=1, max_size=12)


@pytest.mark.slow
@given(sizes, st.integers(1, 20), st.data())
def test_nothing_small_is_left_alone_or_follows(
    rows: dict[str, int], least: int, data: st.DataObject
) -> None:
    beyond = data.draw(st.lists(st.sampled_from(sorted(rows)), unique=True))
    found = small(pd.Series(rows), least, pd.Index(beyond))
    together = set(found.labels)
    assert set(beyond) <= together
    alone = {name: size for name, size in rows.items() if name not in together}
    assert all(size >= least for size in alone.values())
    total = sum(rows[name] for name in together)
    if total == 0 or total >= least or not alone:
        assert found.host is None
    else:
        assert found.host == min(alone, key=lambda name: (alone[name], name))
    for name in together - set(beyond):
        assert rows[name] < least


@pytest.mark.slow
def test_labels() -> None:
    assert hosting("a") == "a and others"
    assert hosting("a and others") == "a and others"
    assert hosting("(other)") == "(other)"
    assert hosting("a", {"a and others"}) == "(other)"
