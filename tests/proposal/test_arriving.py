"""Outcomes that are not all there yet."""

import numpy as np
import pandas as pd

from investigate.proposal.arriving import arriving

DAYS, A_DAY = 30, 40
TIMES = pd.Series(pd.date_range("2024-01-01", periods=DAYS * A_DAY, freq="36min", tz="UTC"))
RNG = np.random.default_rng(6)


def outcomes(rate: float = 0.5) -> np.ndarray:
    return (RNG.random(len(TIMES)) < rate).astype(float)


def test_a_log_whose_outcomes_are_all_there_has_nothing_to_say() -> None:
    found = arriving(TIMES, outcomes(), None)
    assert (found.complete, found.warnings) == (None, ())


def test_the_last_days_that_lack_outcomes_are_found() -> None:
    truths = outcomes()
    last = TIMES >= "2024-01-28"
    truths[(last & (RNG.random(len(TIMES)) < 0.7)).to_numpy()] = np.nan
    found = arriving(TIMES, truths, None)
    assert found.complete == pd.Timestamp("2024-01-28", tz="UTC")
    lacks = np.isnan(truths[last.to_numpy()]).mean()
    assert found.warnings == (
        f"outcomes keep arriving: from 2024-01-28 on {lacks:.0%} of them lack, and 0% before; the "
        "incident ends there",
    )


def test_gaps_everywhere_are_no_outcomes_that_arrive() -> None:
    truths = outcomes()
    truths[RNG.random(len(TIMES)) < 0.4] = np.nan
    assert arriving(TIMES, truths, None).complete is None


def test_a_rate_that_falls_at_the_end_is_told() -> None:
    truths = outcomes(0.4)
    truths[-len(TIMES) // 10 :] *= RNG.random(len(TIMES) // 10) < 0.3
    (warning,) = arriving(TIMES, truths, None).warnings
    assert warning.startswith("outcomes may keep arriving: ")


def test_how_long_outcomes_take_is_told_where_it_is_known() -> None:
    later = TIMES + pd.to_timedelta(np.full(len(TIMES), 72.0), "h")
    (warning,) = arriving(TIMES, outcomes(), later).warnings
    assert warning.startswith(
        "outcomes arrive 3.0 days after the score (median; 95% within 3.0 days)"
    )
