"""Scales that were moved by hand are reported as moved by so much, and lost order as none."""

from dataclasses import replace

import made
import numpy as np
import pandas as pd
import plain
import pytest
from scipy.special import expit, logit

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.linking import (
    keeps_order,
    linked,
    linked_by_outcomes,
    mean_sigma,
    moved_most,
)
from investigate.analyses.suspects.misalignment import misalignment
from investigate.counts.table import Counts

ITEMS = 60


@pytest.fixture(scope="module")
def quiet() -> Counts:
    return plain.count(made.platform(61, rows=4_000), made.question())


def valued(counts: Counts, now: dict[str, np.ndarray], rng: np.random.Generator) -> Counts:
    """Both systems value all items, a little apart; at the incident's end as `now` says."""
    truth = np.random.default_rng(7).normal(2, 1.5, ITEMS)
    frames = []
    for moment in (0, 1, 2):
        for system in ("default", "calibration"):
            value = truth + rng.normal(0, 0.05, ITEMS)
            if moment == 2 and system in now:
                value = now[system]
            frames.append(
                pd.DataFrame(
                    {
                        "item": [f"i{k}" for k in range(ITEMS)],
                        "system": system,
                        "moment": moment,
                        "difficulty": value,
                    }
                )
            )
    meta = {**counts.meta, "replay": {"systems": ["calibration", "default"]}}
    return replace(counts, values=pd.concat(frames, ignore_index=True), meta=meta)


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "stretch"), [(3.0, 1.0), (-1.0, 1.0), (0.5, 2.0), (1.0, 0.6)])
def test_a_scale_moved_by_hand_is_linked_by_mean_and_sigma(
    quiet: Counts, shift: float, stretch: float
) -> None:
    truth = np.random.default_rng(7).normal(2, 1.5, ITEMS)
    found = valued(quiet, {"default": shift + stretch * truth}, np.random.default_rng(8))
    assert moved_most(found) == "default"
    link = linked(found, "default")
    assert link is not None
    assert link.worth_naming
    assert link.stretch == pytest.approx(stretch, rel=0.05)
    on_new_scale = link.mean + link.shift + link.stretch * (1.0 - link.mean)
    assert on_new_scale == pytest.approx(shift + stretch * 1.0, abs=0.2)
    assert "60 items that it and others valued" in link.sentence("default")


@pytest.mark.slow
def test_values_as_before_and_values_that_lost_their_order_are_no_moved_scale(
    quiet: Counts,
) -> None:
    rng = np.random.default_rng(9)
    assert moved_most(valued(quiet, {}, rng)) is None
    scrambled = rng.permutation(np.random.default_rng(7).normal(2, 1.5, ITEMS))
    assert moved_most(valued(quiet, {"default": scrambled + 4}, rng)) is None
    assert moved_most(quiet) is None


def test_order_is_kept_as_well_as_before_or_it_is_not() -> None:
    truth = np.random.default_rng(3).normal(2, 1.5, 200)

    def values(now: np.ndarray) -> pd.DataFrame:
        rng = np.random.default_rng(4)
        each = [truth + rng.normal(0, 0.3, 200), truth + rng.normal(0, 0.3, 200), now]
        return pd.concat(
            pd.DataFrame(
                {
                    "item": [f"i{k}" for k in range(200)],
                    "system": "elo",
                    "moment": moment,
                    "difficulty": value,
                }
            )
            for moment, value in enumerate(each)
        )

    noise = np.random.default_rng(5).normal(0, 1, 200)
    # An order that is lost in part is lost, though most of it is there.
    worse = truth + 3 + 0.8 * noise
    assert np.corrcoef(worse, truth)[0, 1] > 0.85
    assert not keeps_order(values(worse), "elo")
    assert keeps_order(values(3 - 0.5 + 2 * truth + 0.6 * noise), "elo")
    assert not keeps_order(values(3 - truth), "elo")
    assert not keeps_order(values(np.zeros(200)), "elo")
    # Without values before, nothing says how well an order is kept.
    assert not keeps_order(values(truth + 3)[lambda v: v["moment"] > 0], "elo")
    assert not keeps_order(values(truth + 3), "expert")


def test_mean_sigma_gives_mean_and_deviation() -> None:
    old, new = np.random.default_rng(3).normal(size=(2, 50))
    shift, stretch = mean_sigma(old, new)
    on_new_scale = shift + stretch * old
    assert (on_new_scale.mean(), on_new_scale.std()) == pytest.approx((new.mean(), new.std()))


@pytest.mark.slow
@pytest.mark.parametrize("points", [False, True])
def test_by_outcomes_alone_in_any_unit(points: bool) -> None:
    log = made.platform(62, rows=16_000)
    hit = (log["time"] >= "2024-02-10") & (log["system"] == "default")
    inner = logit(log["score"]).where(~hit, 2.5 + 0.5 * logit(log["score"]))
    log["score"] = 300 + 40 * inner if points else expit(inner)
    (found,) = misalignment(plain.count(log, made.question()), made.question())
    assert found.supported
    assert found.system == "default"
    link = linked(plain.count(log, made.question()), "default")
    assert link is not None
    old = 260.0 if points else -1.0
    new = 300 + 40 * (2.5 + 0.5 * -1.0) if points else 2.5 + 0.5 * -1.0
    on_new_scale = link.mean + link.shift + link.stretch * (old - link.mean)
    assert on_new_scale == pytest.approx(new, abs=12 if points else 0.3)
    assert link.stretch == pytest.approx(0.5, abs=0.15)
    assert link.sentence("default") in found.evidence
    # The interval holds the truth, and excludes that nothing was stretched.
    assert abs(link.stretch - 0.5) < 3 * link.errors[1]
    assert link.stretch + 3 * link.errors[1] < 1


@pytest.mark.slow
def test_a_cohort_on_another_scale_is_told_by_the_line_that_repairs_it() -> None:
    log = made.platform(63, rows=12_000)
    struck = (log["school"] == "school 2") & (log["time"] >= "2024-02-10")
    log.loc[struck, "score"] = expit(0.5 * logit(log.loc[struck, "score"]) + 2)
    counts = plain.count(log, made.question(), bins=400)
    link = linked_by_outcomes(counts, "school", ("", "school 2"))
    assert link is not None
    assert link.stretch == pytest.approx(0.5, abs=0.15)
    # Around its mean: the line at zero is where the shift was put in.
    assert link.mean + link.shift - link.stretch * link.mean == pytest.approx(2, abs=0.3)
    first = max(faults(counts, made.question()), key=lambda suspect: suspect.points.value or 0)
    assert (first.kind, first.cohort) == ("lost_validity", {"school": "school 2"})
    assert link.sentence("school 2") in first.evidence
