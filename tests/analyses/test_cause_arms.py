"""Which groups share no row, and whose the width of scores is that a system's undo gives back."""

from dataclasses import replace
from typing import Any

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.cause_arms import _replicates, arm_of, disjoint, narrower_place
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.suspect import Suspect
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.counts.jackknife import estimate
from investigate.counts.table import FOLDS
from investigate.finding import Estimate

ROWS = {("A", "ios"): {1}, ("A", "web"): {2}, ("B", "ios"): {3}, ("B", "web"): {4}}


def rows(by: str, system: str, value: str) -> set[int]:
    """The rows of one group, each system and app with one row."""
    return {
        row
        for (its, app), own in ROWS.items()
        for row in own
        if ("system" not in by or its == system) and ("app" not in by or app == value)
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("app", "", "ios"), ("app", "", "web")),
        (("system*app", "A", "web"), ("app", "", "ios")),
        (("system*app", "A", "web"), ("system*app", "A", "ios")),
        (("system*app", "A", "web"), ("system*app", "B", "web")),
        (("system", "A", ""), ("system*app", "B", "web")),
        (("system", "A", ""), ("app", "", "web")),
        (("system", "A", ""), ("system*app", "A", "web")),
        (("system*app", "A", "web"), ("app", "", "web")),
    ],
)
def test_groups_without_a_common_row(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    arms = [UndoingArm(by, (system, value), "labels") for by, system, value in (one, other)]
    assert disjoint(*arms) == (not rows(*one) & rows(*other))
    assert disjoint(*arms[::-1]) == disjoint(*arms)
    assert not disjoint(arms[0], UndoingArm("all", None, "labels"))


def suspect(kind: str, supported: bool = True, **place: Any) -> Suspect:
    return Suspect(kind, Estimate(0.05, 0.04, 0.06), "", supported, **place)


def test_a_scale_is_put_back_rank_by_rank_only_where_all_rows_are_of_one_scale() -> None:
    counts = plain.count(made.platform(1, 2_000), made.question(cohorts=["country"]))
    undoing = Undoing(counts)

    def how(**more: Any) -> tuple[str, Any, str]:
        arm = arm_of(counts, suspect(**more), undoing)
        return arm.by, arm.key, arm.undo

    france = {"kind": "lost_validity", "cohort": {"country": "FR"}, "shifted": True}
    assert how(**france) == ("country", ("", "FR"), "scale")
    assert how(**france, later=True) == ("country", ("", "FR"), "scores")
    # By points alone, no other cause could be seen beside it.
    system = how(kind="system_misalignment", system="default", later=True)
    assert system == ("system", ("default", ""), "scores")


def test_a_narrower_cohort_is_of_a_place_of_its_own_where_other_systems_have_rows_of_it() -> None:
    rows = [("ml", "web", 60), ("rules", "web", 40), ("ml", "ios", 95), ("rules", "ios", 5)]
    facts = [("all", "", "", 200), ("channel", "", "web", 100), ("channel", "", "ios", 100)]
    facts += [("system*channel", system, value, n) for system, value, n in rows]
    names = ["by", "system", "cohort", "rows"]
    counts = plain.count(made.platform(1, 1_000), made.question(cohorts=["country"]))
    counts = replace(counts, facts=pd.DataFrame(facts, columns=names).assign(window=1))
    broken = suspect("system_fault", system="ml")
    web, ios = (suspect("lost_resolution", cohort={"channel": value}) for value in ("web", "ios"))
    assert narrower_place(counts, broken, [broken, ios, web]) == web
    # Nearly all of ios is the system's own: its scores may have become narrower themselves.
    assert narrower_place(counts, broken, [broken, ios]) is None
    unsure = suspect("lost_resolution", supported=False, cohort={"channel": "web"})
    assert narrower_place(counts, broken, [broken, unsure]) is None
    assert narrower_place(counts, suspect("system_fault", system="rules"), [ios]) == ios
    assert (
        narrower_place(counts, suspect("lost_validity", cohort={"channel": "web"}), [web]) is None
    )


def test_what_one_group_may_have_lost_is_undone_in_its_own_rows() -> None:
    """Not in all rows: what others lost as well is no part of it."""
    rng = np.random.default_rng(10)
    day, known = np.sort(rng.uniform(0, made.DAYS, 6_000)), rng.normal(0, 1.6, (2, 6_000))
    app = rng.choice(["web", "ios", "android"], 6_000)
    now = day >= made.BASELINE_DAYS
    outcome = rng.random(6_000) < made.logistic(known.sum(axis=0))
    weight = np.where(now, np.where(app == "ios", 0.2, 0.8), 1.0)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": made.logistic(known[0] + weight * known[1]).round(3),
        "app": app,
    })  # fmt: skip
    question = made.question(
        cohorts=["app"], columns={"time": "time", "outcome": "outcome", "score": "score"}
    )
    counts = plain.count(frame, question, 200)
    rows = int((now & (app == "ios")).sum())
    points = undo_of(counts).points(Scope("app", "", "ios", rows), with_spread=True)
    cause = Suspect("cannot_tell", estimate(points, 0.95), "", True, cohort={"app": "ios"})
    undoing = Undoing(counts)
    arm = arm_of(counts, cause, undoing)
    assert (arm.by, arm.key) == ("app", ("", "ios"))
    areas = undoing.values([arm])
    assert areas[1] - areas[0] == pytest.approx(points[0], abs=1e-9)


@pytest.mark.parametrize("folds", [32, 7, 2])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_points_as_replicates_have_their_own_interval(folds: int, confidence: float) -> None:
    points = Estimate(0.04, 0.01, 0.07)
    # Two and seven of them are of even numbers alone.
    used = np.arange(FOLDS) % (FOLDS // folds) == 0
    used &= used.cumsum() <= folds
    again = estimate(_replicates(points, used, confidence), confidence, used)
    assert used.sum() == folds
    assert tuple(again) == pytest.approx(tuple(points))


@pytest.mark.slow
def test_a_new_group_that_nothing_gives_back_is_undone_by_its_own_points() -> None:
    rng = np.random.default_rng(5)
    log = made.platform(5, 12_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    new = now & (rng.random(len(log)) < 0.4)
    known = rng.normal(size=(2, len(log)))
    log["outcome"] = (rng.random(len(log)) < made.logistic(2 * known.sum(axis=0))).astype(int)
    log["score"] = made.logistic(np.where(new, 0.3 * known[0], 2 * known.sum(axis=0)))
    log["system"] = np.where(new, "v2", "v1")
    columns = {part: part for part in ("time", "outcome", "score", "system")}
    counts = plain.count(log, made.question(columns=columns, cohorts=["country"]), 200)
    undoing = Undoing(counts)
    cause = suspect("cannot_tell", system="v2")
    arm = arm_of(counts, cause, undoing)
    gained = undoing.values([arm])[-1] - undoing.values([])[-1]
    assert gained == pytest.approx(cause.points.value, rel=0.5)
