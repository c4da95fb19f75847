"""What a log may not hold: each mistake is one line that names the place and the remedy."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from inputs import ASKED, counted, rows

from investigate.errors import InputError

pytestmark = pytest.mark.quick_cases(1)

LOG = rows(size=300)
SECONDS = LOG["time"].astype("datetime64[s]").astype("int64")


def columns(**more: Any) -> dict[str, Any]:
    return {"columns": {**ASKED["columns"], **more}}


@pytest.mark.parametrize(
    ("make", "changes", "says"),
    [
        (
            lambda: LOG.assign(time=SECONDS),
            columns(time_format="%d/%m/%Y") | {"log": "log.parquet"},
            "columns.time_format: '%d/%m/%Y' is a format of text, and the times are numbers; writ",
        ),
        (lambda: LOG, columns(time_format="%d.%m.%Y"), "columns.time_format: '2024-03-01"),
        (
            lambda: LOG.assign(Item="x"),
            columns(cluster="Item"),
            "'log.csv' has columns 'Item' and 'item', which the engine cannot tell apart; rename ",
        ),
        (lambda: LOG.head(0), {}, "log: it has no rows"),
        (
            lambda: LOG.assign(time="soon"),
            {},
            "columns.time: 'soon' in 'time' is no time that is ce",
        ),
        (lambda: LOG.assign(time=None), {}, "columns.time: 'time' holds no time that can be read"),
        (
            lambda: LOG.assign(w=-1.0),
            columns(weight="w"),
            "columns.weight: 300 of the 300 rows that can be scored have a negative number in 'w'",
        ),
        (
            lambda: LOG.assign(w=LOG["outcome"]),
            columns(weight="w"),
            "columns.weight: in the baseline all rows with outcome 0 have a weight of 0 in 'w', s",
        ),
        (
            lambda: LOG.assign(w=LOG["outcome"] + (1 - LOG["outcome"]) * 1e-18),
            columns(weight="w"),
            "columns.weight: in the baseline the weights in 'w' of all rows with outcome 0 are ne",
        ),
    ],
)
def test_a_log_that_cannot_be_used(
    make: Callable[[], pd.DataFrame],
    changes: dict[str, Any],
    says: str,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    make().to_csv("log.csv", index=False)
    make().to_parquet("log.parquet")
    with pytest.raises(InputError) as caught:
        counted(**changes)
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)
