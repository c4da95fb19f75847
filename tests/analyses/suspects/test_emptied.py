"""A group whose outcomes went: found by its own counts, and never blamed on a system."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.emptied import emptied
from investigate.analyses.suspects.faults import faults
from investigate.analyses.verdict import verdict
from investigate.question.question import Question

pytestmark = pytest.mark.slow

INCIDENT = pd.Timestamp("2024-02-10", tz="UTC")
ROWS = 8_000


def question() -> Question:
    return made.question(cohorts=["country"])


def zeroed(share: float, value: int = 0, served: bool = False) -> pd.DataFrame:
    """Outcomes of country DE became ``value`` in so large a share of its rows."""
    frame = made.platform(3, ROWS)
    if served:
        frame["system"] = np.where(frame["country"] == "DE", "calibration", "default")
    hit = (frame["country"] == "DE") & (frame["time"] >= INCIDENT)
    hit &= np.random.default_rng(1).random(ROWS) < share
    return frame.assign(outcome=np.where(hit, value, frame["outcome"]).astype(int))


@pytest.mark.parametrize(("share", "value"), [(1.0, 1), (0.97, 0)])
def test_a_group_without_outcomes_of_one_kind(share: float, value: int) -> None:
    frame = zeroed(share, value)
    found = emptied(plain.count(frame, question(), bins=60), question())
    assert found is not None
    assert found.of == (None, {"country": "DE"})
    now = frame[frame["time"] >= INCIDENT]
    assert found.rows == int((now["country"] == "DE").sum())


def test_a_group_that_has_both_still() -> None:
    assert emptied(plain.count(zeroed(0.6), question(), bins=60), question()) is None


def test_the_whole_log_is_no_group() -> None:
    frame = made.platform(3, ROWS)
    some = (frame["time"] < INCIDENT) | (frame.index % 100 == 0)
    frame = frame.assign(outcome=frame["outcome"].where(some, 0))
    assert emptied(plain.count(frame, question(), bins=60), question()) is None


def test_labels_of_a_cohort_that_one_system_serves_are_no_fault_of_it() -> None:
    asked = question()
    found = faults(plain.count(zeroed(1.0, served=True), asked, bins=60), asked)
    assert [(s.kind, s.system, s.cohort) for s in found if s.supported] == [
        ("outcome_fault", None, {"country": "DE"})
    ]


def test_labels_that_are_all_zero_are_labels_though_scores_moved_too() -> None:
    frame = zeroed(1.0)
    hit = (frame["country"] == "DE") & (frame["time"] >= INCIDENT)
    assert (frame.loc[hit, "outcome"] == 0).all()
    # Scores of the same rows rise by a third of what outcomes fell by, and more.
    rose = frame.assign(score=frame["score"].where(~hit, 0.55 + 0.45 * frame["score"]))
    asked = question()
    found = faults(plain.count(rose, asked, bins=60), asked)
    assert [(s.kind, s.system, s.cohort, s.either) for s in found if s.supported] == [
        ("outcome_fault", None, {"country": "DE"}, False)
    ]


def test_beside_a_larger_fault_it_is_undone_first() -> None:
    frame, rng = zeroed(1.0), np.random.default_rng(2)
    hit = ((frame["version"] == "2.0") & (frame["time"] >= INCIDENT)).to_numpy()
    score = frame["score"].to_numpy().copy()
    score[hit] = rng.permutation(score[hit])
    asked = made.question(cohorts=["country", "version"])
    detail = verdict(plain.count(frame.assign(score=score), asked, bins=60), asked).detail
    first, second = detail["account"][:2]
    assert (first["kind"], first["cohort"]) == ("outcome_fault", {"country": "DE"})
    assert second["cohort"] == {"version": "2.0"}
    # Undone, outcomes follow its scores as before; those of the other fault's rest do not.
    whole, own = made.platform(3, ROWS), frame["country"] == "DE"
    whole["score"] = whole["score"].where(own, score)
    areas = [
        roc_auc_score(now["outcome"], now["score"])
        for now in (own[own["time"] >= INCIDENT] for own in (frame.assign(score=score), whole))
    ]
    assert first["points"] == pytest.approx(areas[1] - areas[0], abs=0.02)


def test_a_small_group_without_outcomes_is_told_beside_the_cause() -> None:
    frame, rng = made.platform(3, ROWS), np.random.default_rng(4)
    frame["site"] = np.where(rng.random(ROWS) < 0.04, "small", "large")
    now = (frame["time"] >= INCIDENT).to_numpy()
    frame.loc[now & (frame["site"] == "small"), "outcome"] = 0
    frame.loc[now, "score"] = rng.permutation(frame.loc[now, "score"])
    asked = made.question(cohorts=["country", "site"])
    told = verdict(plain.count(frame, asked, bins=60), asked).claim
    before = frame.loc[~now & (frame["site"] == "small"), "outcome"].mean()
    assert "Look at the outcomes of site small all the same: the outcome rate went from " in told
    assert f"{before:.0%} to 0%" in told
