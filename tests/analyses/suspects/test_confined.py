"""A column that changed in one place alone, on rows counted by hand."""

import pandas as pd

from investigate.analyses.suspects.confined import confined
from investigate.counts.table import Counts

Rows = dict[tuple[int, str, str], int]
"""By window, channel and band."""


def counts(rows: Rows, systems: Rows | None = None) -> Counts:
    """Rows of two cohort columns, ``channel`` and ``band``; or of systems and ``band``."""
    crossed = pd.DataFrame(
        [("channel", "band", channel, band, w, n, 0) for (w, channel, band), n in rows.items()],
        columns=["first", "second", "cohort", "other", "window", "positives", "negatives"],
    )
    facts = pd.DataFrame(
        [("system*band", system, band, w, n) for (w, system, band), n in (systems or {}).items()],
        columns=["by", "system", "cohort", "window", "rows"],
    )
    empty = pd.DataFrame()
    return Counts(
        bins=empty, slices=empty, arms=empty, facts=facts, items=empty, timeline=empty,
        events=empty, meta={}, crossed=crossed,
    )  # fmt: skip


BEFORE: Rows = {(0, c, b): n for c, n in (("web", 300), ("ios", 200)) for b in "123"}


def test_a_value_that_grew_in_one_channel_alone_is_confined_to_it() -> None:
    now = {(1, "web", b): 300 for b in "123"} | {(1, "ios", "1"): 600}
    assert confined(counts(BEFORE | now), "band") == ("channel", "ios")


def test_a_value_that_grew_in_every_channel_is_other_people() -> None:
    now = {(1, "web", "1"): 700, (1, "web", "2"): 100, (1, "web", "3"): 100}
    now |= {(1, "ios", "1"): 460, (1, "ios", "2"): 70, (1, "ios", "3"): 70}
    assert confined(counts(BEFORE | now), "band") is None


def test_chance_moves_nothing() -> None:
    now = {(1, "web", "1"): 310, (1, "web", "2"): 290, (1, "web", "3"): 300}
    now |= {(1, "ios", "1"): 215, (1, "ios", "2"): 195, (1, "ios", "3"): 190}
    assert confined(counts(BEFORE | now), "band") is None


def test_a_channel_that_is_nearly_the_whole_log_is_no_place() -> None:
    now = {(1, "web", "1"): 30, (1, "web", "2"): 30, (1, "web", "3"): 30, (1, "ios", "1"): 900}
    assert confined(counts(BEFORE | now), "band") is None


def test_values_that_one_group_alone_has_are_no_news_of_it() -> None:
    # The kinds of one channel are its own by their nature, such as the exams of one module.
    before = {(0, "web", "web a"): 300, (0, "web", "web b"): 300, (0, "ios", "ios a"): 400}
    now = {(1, "web", "web a"): 600, (1, "ios", "ios a"): 400}
    assert confined(counts(before | now), "band") is None


def test_a_system_is_a_place_too() -> None:
    systems = {(w, "old", b): 200 for w in (0, 1) for b in "123"}
    systems |= {(0, "new", b): 200 for b in "123"} | {(1, "new", "1"): 600}
    assert confined(counts({}, systems), "band") == ("system", "new")
    assert confined(counts({}), "band") is None
