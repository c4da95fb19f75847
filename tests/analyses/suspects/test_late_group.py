"""Outcomes that are late in one group: its newest positives are lacking, and nobody else's."""

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.late_group import late_in_a_group
from investigate.analyses.suspects.lateness import lateness

pytestmark = pytest.mark.slow

END = pd.Timestamp("2024-02-22", tz="UTC")
ROWS, BINS = 14_000, 60
NAMES = {name: name for name in ("time", "outcome", "score")}
ASKED = made.question(columns={**NAMES, "cluster": "student"}, cohorts=["country"])


def log(countries: list[str], delay: float, step: bool = False) -> pd.DataFrame:
    """Outcomes of some countries take ``delay`` days (mean) to come in, or are 0 since so many."""
    frame = made.platform(1, ROWS)
    left = ((END - frame["time"]).dt.total_seconds() / 86_400).to_numpy()
    takes = delay if step else np.random.default_rng(9).exponential(delay, ROWS)
    hit = frame["country"].isin(countries) & (takes > left)
    return frame.assign(outcome=frame["outcome"].where(~hit, 0))


def test_the_group_that_is_late() -> None:
    frame = log(["DE"], 2.5)
    found = late_in_a_group(plain.count(frame, ASKED, BINS), ASKED)
    assert found is not None
    assert (found.kind, found.system, found.cohort) == ("late_outcomes", None, {"country": "DE"})
    # An exponential delay leaves a twentieth out three of its means before the end.
    assert found.onset is not None
    assert "2024-02-12" <= found.onset <= "2024-02-15"
    day = frame[(frame["country"] == "DE") & (frame["time"] >= END - pd.Timedelta(days=1))]
    usual = frame[(frame["country"] == "DE") & (frame["time"] < "2024-02-10")]
    there = day["outcome"].mean() / usual["outcome"].mean()
    told = int(found.evidence.split("at last ")[1].split("%")[0]) / 100
    assert told == pytest.approx(there, abs=0.1)


def test_late_everywhere_is_of_no_group() -> None:
    counts = plain.count(log(["DE", "FR", "PL"], 2.5), ASKED, BINS)
    assert late_in_a_group(counts, ASKED) is None
    (found,) = lateness(counts, ASKED)
    assert found.cohort is None


def test_outcomes_that_are_zero_from_a_day_on_are_not_late() -> None:
    counts = plain.count(log(["DE"], 4.0, step=True), ASKED, BINS)
    assert late_in_a_group(counts, ASKED) is None


def test_positives_that_another_group_lost_at_once_are_not_late() -> None:
    """Most rows of a school are of one country, and more and more of the country's are its own."""
    frame = made.platform(1, ROWS)
    rng = np.random.default_rng(5)
    home = (frame["country"] == "DE").to_numpy()
    days = ((frame["time"] - pd.Timestamp("2024-02-10", tz="UTC")).dt.total_seconds()) / 86_400
    grows = np.clip(0.3 + 0.06 * days.to_numpy(), 0.3, 0.95)
    own = rng.random(ROWS) < np.where(home, grows, 0.03)
    frame["school"] = np.where(own, "s0", rng.choice(["s1", "s2"], ROWS))
    hit = (frame["time"] >= "2024-02-10") & (frame["school"] == "s0")
    frame["outcome"] = frame["outcome"].where(~hit, 0)
    asked = made.question(columns={**NAMES, "cluster": "student"}, cohorts=["country", "school"])
    assert late_in_a_group(plain.count(frame, asked, BINS), asked) is None
