"""Scales that disagree, and labels that only look like it."""

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.misalignment import misalignment
from investigate.analyses.suspects.suspect import Suspect

pytestmark = pytest.mark.slow


def found(what: str, cohort: str = "school") -> Suspect:
    """Engine b serves all of school s; since the incident its ``scale`` or its ``labels`` moved."""
    rng = np.random.default_rng(3)
    log = made.platform(3, 3_000)
    here, now = rng.random(len(log)) < 0.3, (log["time"] >= "2024-02-10").to_numpy()
    signal = rng.normal(size=len(log)) * 1.5
    log["outcome"] = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    if what == "labels":
        gone = here & now & (rng.random(len(log)) < 0.95)
        log["outcome"] = log["outcome"].where(~gone, 0)
    log["score"] = made.logistic(signal - 3 * (here & now & (what == "scale"))).round(3)
    log["system"] = np.where(here, "b", "a")
    log["school"] = np.where(here, "s", pd.Series(["t", "u"] * (len(log) // 2)))
    question = made.question(cohorts=[cohort])
    (suspect,) = misalignment(plain.count(log, question), question)
    return suspect


def test_labels_of_a_cohort_that_one_system_serves_are_no_scale() -> None:
    labels, scale = found("labels"), found("scale")
    assert labels.system == scale.system == "b"
    # Calibration takes back either.
    assert min(labels.points.low or 0, scale.points.low or 0) > 0
    assert (scale.supported, labels.supported) == (True, False)


def test_where_no_cohort_is_served_by_one_system_labels_are_not_told_from_its_scale() -> None:
    assert found("labels", "country").supported
