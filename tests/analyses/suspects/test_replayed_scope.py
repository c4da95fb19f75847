"""The cohort that a replay's gain is limited to, on counts of a few bins."""

from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.replayed_scope import ReplayedScope
from investigate.counts.table import Counts

Sides = tuple[tuple[int, int], tuple[int, int]]
GOOD: Sides = ((20, 80), (80, 20))  # positives, then negatives, in the low and the high bin
POOR: Sides = ((50, 50), (50, 50))
GROUPS = {"region": ["north", "south", "east"], "device": ["web", "app"]}


def counts(real: dict[tuple[str, str], Sides], undone: dict[tuple[str, str], Sides]) -> Counts:
    """Regions in two devices each: sides by (region, device), one arm kept, one undone."""
    rows: list[dict[str, Any]] = []
    for kept, sides in ((1, real), (0, undone)):
        cells = [
            {"region": r, "device": d, "bin": b, "positives": p[b], "negatives": n[b]}
            for (r, d), (p, n) in sides.items()
            for b in (0, 1)
        ]
        frame = pd.DataFrame(cells)
        sums = frame.groupby("bin")[["positives", "negatives"]].sum().reset_index()
        rows += sums.assign(by="all", cohort="", kept=kept).to_dict("records")
        for by in GROUPS:
            sums = frame.groupby([by, "bin"])[["positives", "negatives"]].sum().reset_index()
            rows += sums.rename(columns={by: "cohort"}).assign(by=by, kept=kept).to_dict("records")
    slices = pd.DataFrame(rows).assign(system="", method="writes")
    slices["changed"] = (slices["positives"] + slices["negatives"]) * (slices["kept"] == 0)
    empty = pd.DataFrame()
    return Counts(*[empty] * 7, meta={"replay": {"systems": ["s"]}}, replay_slices=slices)


def everywhere(sides: Sides) -> dict[tuple[str, str], Sides]:
    return {(r, d): sides for r in GROUPS["region"] for d in GROUPS["device"]}


@pytest.mark.parametrize(
    ("where", "value"), [("region", "south"), ("region", "north"), ("device", "app")]
)
def test_the_group_that_holds_the_gain(where: str, value: str) -> None:
    place = list(GROUPS).index(where)
    real = {key: POOR if key[place] == value else GOOD for key in everywhere(GOOD)}
    scope = ReplayedScope(counts(real, everywhere(GOOD)))
    assert scope.cohort("writes", 0) == {where: value}


def test_a_gain_everywhere_is_limited_to_none() -> None:
    assert ReplayedScope(counts(everywhere(POOR), everywhere(GOOD))).cohort("writes", 0) is None


def test_two_of_three_are_not_one() -> None:
    real = {key: GOOD if key[0] == "east" else POOR for key in everywhere(GOOD)}
    assert ReplayedScope(counts(real, everywhere(GOOD))).cohort("writes", 0) is None


@pytest.mark.parametrize("undone", [POOR, ((80, 20), (20, 80))])
def test_without_a_gain_there_is_no_cohort(undone: Sides) -> None:
    assert ReplayedScope(counts(everywhere(POOR), everywhere(undone))).cohort("writes", 0) is None


@pytest.mark.slow
def test_a_group_that_the_undone_arm_moves_to_other_bins() -> None:
    real = {key: POOR if key[0] == "south" else GOOD for key in everywhere(GOOD)}
    one = counts(real, everywhere(GOOD))
    # Bins that only one arm holds.
    far = one.replay_slices["bin"].where(
        one.replay_slices["kept"] == 1, 7 * one.replay_slices["bin"]
    )
    moved = Counts(
        *[pd.DataFrame()] * 7, meta=one.meta, replay_slices=one.replay_slices.assign(bin=far)
    )
    assert ReplayedScope(moved).cohort("writes", 0) == {"region": "south"}


def area(sides: dict[tuple[str, str], Sides]) -> float:
    rows = [
        (outcome, b, side[b])
        for both in sides.values()
        for outcome, side in ((1, both[0]), (0, both[1]))
        for b in (0, 1)
    ]
    outcome, score, weight = zip(*rows, strict=True)
    return float(roc_auc_score(outcome, score, sample_weight=weight))


def test_what_is_gained_without_a_group() -> None:
    real = {key: GOOD if key[0] == "east" else POOR for key in everywhere(GOOD)}
    kept = {key: real[key] if key[0] == "south" else GOOD for key in real}
    scope = ReplayedScope(counts(real, everywhere(GOOD)))
    own = area(real)
    expected = (area(kept) - own) / (area(everywhere(GOOD)) - own)
    south, nowhere = Scope("region", "", "south", 400), Scope("region", "", "west", 0)
    assert scope.outside(south, "writes", 0) == pytest.approx(expected)
    assert scope.outside(nowhere, "writes", 0) == 1.0


def test_where_an_undo_changes_nothing_nothing_is_outside_of_a_group() -> None:
    made = counts(everywhere(POOR), everywhere(POOR))
    group = Scope("region", "", "south", 200)
    assert ReplayedScope(made).outside(group, "writes", 0) == 0.0
    gained = counts(everywhere(POOR), everywhere(GOOD))
    # A third of the rows keep their values: of a region in three, the gain's rest is outside.
    assert 0.5 < ReplayedScope(gained).outside(group, "writes", 0) < 1.0
