"""What was read is reported as it was counted."""

import dataclasses

import made
import plain
import pytest

from investigate.analyses import reading
from investigate.counts.table import Counts

ASKED = made.question()


def counted(**meta: object) -> Counts:
    counts = plain.count(made.platform(3, rows=2_000), ASKED)
    return dataclasses.replace(counts, meta={**counts.meta, **meta})


@pytest.mark.slow
def test_a_clean_log() -> None:
    found = reading(counted(), ASKED)
    assert found.claim == ("The log holds 2,000 rows; none is left out, and nothing in it is odd.")
    whole, baseline, incident = found.table
    assert (whole["rows"], whole["left out"]) == (2_000, 0)
    assert baseline["rows"] + incident["rows"] == 2_000
    log = made.platform(3, rows=2_000)
    assert incident["rows"] == (log["time"] >= "2024-02-10").sum()
    assert ASKED.fingerprint() in found.caveats[-1]


@pytest.mark.slow
def test_breaches_are_shown_with_their_rows() -> None:
    breaches = [
        {"reason": "missing score", "rows": 30, "excluded": True},
        {"reason": "duplicate rows", "rows": 7, "excluded": False},
    ]
    found = reading(counted(excluded={"missing score": 30}, breaches=breaches), ASKED)
    assert found.claim == (
        "The log holds 2,000 rows; 30 (1.5%) are left out, and 2 things in it are not as expected."
    )
    assert found.table[3:] == (
        {"what": "missing score", "rows": 30, "left out": 30},
        {"what": "duplicate rows", "rows": 7, "left out": 0},
    )
