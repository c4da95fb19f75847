"""The cause that is named next: of other rows, and surely of one group's own."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.further_cause import (
    _cells,
    _holds_more,
    _of_many,
    _of_other_rows,
    _ranked_worse,
    further_cause,
    surer,
)
from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.counts.jackknife import estimate
from investigate.counts.table import Counts
from investigate.finding import Estimate

pytestmark = pytest.mark.slow

COLUMNS = {"time": "time", "outcome": "outcome", "score": "score", "cluster": "student"}


def served() -> Counts:
    """Three engines, of which one has lost its order; channel and country as before."""
    rng = np.random.default_rng(3)
    log = made.platform(3, 6_000)
    log["engine"] = rng.choice(["rules", "ml", "plain"], len(log), p=[0.3, 0.5, 0.2])
    log["channel"] = rng.choice(["web", "ios"], len(log))
    signal = rng.normal(size=len(log)) * 2
    log["score"] = (1 / (1 + np.exp(-signal))).round(3)
    log["outcome"] = (rng.random(len(log)) < 1 / (1 + np.exp(-1.6 * signal))).astype(int)
    broken = (log["time"] >= "2024-02-10").to_numpy() & (log["engine"] == "rules").to_numpy()
    log.loc[broken, "score"] = rng.permutation(log.loc[broken, "score"])
    question = made.question(columns={**COLUMNS, "system": "engine"}, cohorts=["channel"])
    return plain.count(log, question)


def suspect(kind: str, points: float, supported: bool = True, **place: Any) -> Suspect:
    return Suspect(kind, Estimate(points, points / 2, points * 1.5), "", supported, **place)


def test_a_place_of_two_columns_is_one_of_all_their_places() -> None:
    rng = np.random.default_rng(5)
    log = made.platform(5, 3_000)
    log["channel"] = rng.choice(["web", "ios"], len(log))
    log["plan"] = rng.choice(["free", "pro", "team"], len(log))
    log["land"] = rng.choice(["at", "ch"], len(log))
    columns = ["channel", "plan", "land"]
    counts = plain.count(log, made.question(columns=COLUMNS, cohorts=columns))
    assert _cells(counts) == 0
    now = log[log["time"] >= "2024-02-10"]
    pairs = [
        now.groupby([one, two]).size().rename("negatives").reset_index()
        .rename(columns={one: "cohort", two: "other"})
        .assign(first=one, second=two, window=1)
        for one, two in combinations(columns, 2)
    ]  # fmt: skip
    counts = replace(counts, crossed=pd.concat([*pairs, pairs[0].assign(bin=1)]))
    assert _cells(counts) == 2 * 3 + 2 * 2 + 3 * 2
    groups = 2 + 3 + 2
    assert _of_many(counts, 0.95, "plan") == pytest.approx(1 - 0.05 / groups)
    assert _of_many(counts, 0.95, "plan", 16) == pytest.approx(1 - 0.05 / (groups + 16))


def test_what_is_found_again_in_rows_that_are_not_undone_is_next() -> None:
    counts = served()
    default = suspect("missing_input", 0.05, system="ml", cohort={"channel": "web"})
    rules = suspect("system_fault", 0.05, system="rules")
    overlaps = suspect("lost_validity", 0.09, cohort={"channel": "web"})
    new = suspect("system_fault", 0.09, system="plain")
    nameless = suspect("lost_validity", 0.09)
    arm = UndoingArm("system*channel", ("ml", "web"), "scores")
    before = [default, rules, overlaps, nameless]

    def following(*after: Suspect) -> Suspect | None:
        return _of_other_rows(counts, Undoing(counts), before, after, [arm])

    assert following(default, new, overlaps, rules, nameless) == rules
    unsure = suspect("system_fault", 0.05, supported=False, system="rules")
    assert following(default, new, overlaps, unsure, nameless) is None


def test_a_group_with_its_share_of_a_loss_is_no_place_of_it() -> None:
    counts = served()
    undoing, everyone = Undoing(counts), suspect("lost_validity", 0.1)
    rules, web = (
        UndoingArm("system", ("rules", ""), "labels"),
        UndoingArm("channel", ("", "web"), "labels"),
    )
    # Three engines and two channels, of which none has nearly all rows; not the pairs of both.
    sure = surer(counts, 0.95, suspect("missing_input", 0.1), web, counts)
    assert sure == pytest.approx(1 - 0.05 / 5)
    # Of labels and scores that choice is answered for by what a group holds beyond its share.
    assert surer(counts, 0.95, everyone, web, counts) == 0.95
    areas = undoing.areas([web])
    assert recovers(estimate(areas[1] - areas[0], sure))  # it lost surely something
    assert not _holds_more(counts, counts, 0.95, undoing, everyone, web, [])
    assert _holds_more(counts, counts, 0.95, undoing, everyone, rules, [])


def test_scores_that_moved_within_items_are_not_told_from_labels() -> None:
    rng = np.random.default_rng(5)
    log = made.platform(5, 30_000)
    log["school"] = rng.choice(["a", "b", "c"], len(log), p=[0.3, 0.4, 0.3])
    own = log[(log["time"] >= "2024-02-10") & (log["school"] == "a")]
    for _, rows in own.groupby("item"):
        log.loc[rows.index, "score"] = rng.permutation(rows["score"])
    question = made.question(cohorts=["school"])
    counts = plain.count(log, question)
    # Beside another cause the signal audit has no say.
    counts = replace(counts, meta={**counts.meta, "undone": True})
    found = faults(counts, question)
    assert [(one.kind, one.cohort, one.either) for one in found] == [
        ("lost_validity", {"school": "a"}, True)
    ]


def test_a_group_is_named_by_its_outcomes_where_points_cannot_tell_it() -> None:
    rng = np.random.default_rng(6)
    log = made.platform(6, 9_000)
    log["school"] = rng.choice(["a", "b", "c", "d"], len(log))
    odds = rng.normal(-4.5, 1.6, len(log))
    log["score"] = (1 / (1 + np.exp(-odds))).round(4)
    log["outcome"] = (rng.random(len(log)) < 1 / (1 + np.exp(-odds))).astype(int)

    def named(struck: Any, *arms: UndoingArm) -> Suspect | None:
        own = log.copy()
        own.loc[struck, "score"] = np.random.default_rng(7).permutation(own.loc[struck, "score"])
        counts = plain.count(own, made.question(cohorts=["school"]))
        return _ranked_worse(counts, counts, 0.95, Undoing(counts), arms)

    now = log["time"] >= "2024-02-10"
    found = named(now & (log["school"] == "a"))
    assert found is not None
    assert (found.kind, found.cohort, found.either) == ("lost_validity", {"school": "a"}, True)
    assert found.supported
    # What all lost alike has no place, and other rows may follow a sound score less.
    assert named(now) is None
    assert named(now & (log["school"] == "a"), UndoingArm("school", None, "mix")) is None


def test_what_a_group_lost_beyond_a_loss_everywhere_is_no_second_cause() -> None:
    counts = served()
    question = made.question(columns={**COLUMNS, "system": "engine"}, cohorts=["channel"])
    undoing = Undoing(counts)
    web = UndoingArm("channel", ("", "web"), "labels")

    def following(first: Suspect) -> Suspect | None:
        # Nothing is undone yet, so that engine rules is what is found.
        return further_cause(counts, counts, question, undoing, [first], [first], [web])

    found = following(suspect("lost_validity", 0.1))
    assert found is not None
    assert (found.kind, found.system) == ("system_fault", "rules")
    assert following(suspect("system_fault", 0.1)) is None
