"""Who is accused by a replay, for games whose every value is written down."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import made
import pandas as pd
import pytest

from investigate.analyses.replay.refusal import recoverable_share, spoilt
from investigate.analyses.suspects.replayed import replayed
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import FOLDS, SCOPE, Counts

pytestmark = pytest.mark.slow

N = 1_000
FREEZE, END = pd.Timestamp("2024-02-10", tz="UTC"), pd.Timestamp("2024-02-22", tz="UTC")
Game = Sequence[float]
"""AUC by bit mask of the systems whose writes stay: nobody's first, everybody's last."""
STILL = (0.8, 0.8, 0.8, 0.8)


def cells(area: float, rows: int = N) -> list[dict[str, int]]:
    """Two bins whose AUC is ``area``: so many positives are high, and so many negatives low."""
    right = round(area * rows)
    return [
        {"bin": 0, "positives": rows - right, "negatives": right},
        {"bin": 1, "positives": right, "negatives": rows - right},
    ]


def arms(method: str, game: Game, stretch: int) -> list[dict[str, Any]]:
    return [
        {"method": method, "kept": kept, "stretch": stretch, "fold": fold, **cell}
        for kept, area in enumerate(game)
        for fold in range(FOLDS)
        for cell in cells(area)
    ]


def groups(areas: Mapping[str, tuple[float, float]], systems: int) -> list[dict[str, Any]]:
    """Each region's AUC with real writes, and with whatever undone; the whole is their sum."""
    everything = (1 << systems) - 1
    rows = []
    for kept in range(everything + 1):
        parts = {r: cells(both[0 if kept == everything else 1]) for r, both in areas.items()}
        total = pd.DataFrame([c for own in parts.values() for c in own]).groupby("bin").sum()
        whole = total.reset_index().to_dict("records")
        for by, cohort, own in [("all", "", whole), *(("region", r, c) for r, c in parts.items())]:
            scope = dict(zip(SCOPE, (by, "", cohort), strict=True))
            for method, cell in product(("writes", "moves"), own):
                # Scores change where something is undone.
                changed = 0 if kept == everything else cell["positives"] + cell["negatives"]
                rows.append({**scope, "method": method, "kept": kept, **cell, "changed": changed})
    return rows


def counts(
    game: Game,
    moves: Game | None = None,
    placebo: Game = STILL,
    over: Sequence[tuple[str, str, str, int]] = (),
    regions: Mapping[str, tuple[float, float]] | None = None,
    covered: float = 1.0,
) -> Counts:
    """What a replay of this ``game`` leaves; ``over``: start, system, over whom, how many."""
    systems = [f"s{j}" for j in range(len(game).bit_length() - 1)]
    rows = [*arms("writes", game, 1), *arms("writes", placebo[: len(game)], 0)]
    if moves is not None:
        rows += [*arms("moves", moves[:-1], 1), *arms("moves", placebo[: len(game) - 1], 0)]
    size = {"rows": 1_000, "valued": 1_000, "covered": round(1_000 * covered), "agreeing": 1_000}
    writes = pd.DataFrame(over, columns=["start", "system", "over", "writes"])
    writes["start"] = pd.to_datetime(writes["start"], utc=True)
    empty = pd.DataFrame()
    everywhere = {"north": (game[-1], game[0]), "south": (game[-1], game[0])}
    values = [{"item": f"i{n}", "system": "", "moment": 1, "difficulty": 0.0} for n in range(10)]
    return Counts(
        *[empty] * 7,
        meta={
            "replay": {
                "systems": systems, "freeze": FREEZE.isoformat(), "end": END.isoformat(),
                "formula": "ability - difficulty", "unusable": 0,
                "coverage": {"incident": size, "placebo": size, "ability": None, "pairs": None},
            }
        },
        replay=pd.DataFrame(rows),
        replay_slices=pd.DataFrame(groups(regions or everywhere, len(systems))),
        values=pd.DataFrame(values),
        writes=writes.assign(moved=0),
    )  # fmt: skip


def standing(found: Counts) -> dict[tuple[str, str | None], Suspect]:
    return {(s.kind, s.system): s for s in replayed(found, made.question()) if s.supported}


def test_one_system_explains_it_alone() -> None:
    # Kept: nobody, s0, s1, both.
    found = standing(counts((0.8, 0.7, 0.8, 0.7)))
    assert list(found) == [("system_fault", "s0")]
    assert found["system_fault", "s0"].points.value == pytest.approx(0.1)


@pytest.mark.parametrize(
    "game",
    [
        pytest.param((0.8, 0.75, 0.75, 0.7), id="each its half"),
        pytest.param((0.8, 0.7, 0.7, 0.7), id="undoing one restores nothing"),
        pytest.param((0.8, 0.8, 0.8, 0.7), id="undoing either restores all"),
    ],
)
def test_systems_act_together(game: Game) -> None:
    for moves in (None, game):
        found = standing(counts(game, moves))
        suspect = found["system_interaction", None]
        assert suspect.points.value == pytest.approx(0.1)
        assert suspect.cohort is None


def test_three_systems() -> None:
    #        -    0    1    01   2    02   12   012
    alone = (0.8, 0.8, 0.7, 0.7, 0.8, 0.8, 0.7, 0.7)
    placebo = (0.8,) * 8
    assert list(standing(counts(alone, placebo=placebo))) == [("system_fault", "s1")]
    pair = (0.8, 0.8, 0.8, 0.7, 0.8, 0.8, 0.8, 0.7)
    assert ("system_interaction", None) in standing(counts(pair, placebo=placebo))


def test_what_freezing_costs_anyway_is_taken_off() -> None:
    # Freezing does more to the baseline than to the incident.
    assert standing(counts((0.8, 0.7, 0.8, 0.7), placebo=(0.91, 0.8, 0.91, 0.8))) == {}
    half = standing(counts((0.8, 0.7, 0.8, 0.7), placebo=(0.84, 0.8, 0.84, 0.8)))
    assert half["system_fault", "s0"].points.value == pytest.approx(0.06)
    # Newer values are better ones: that freezing does not help much is a sign all the same.
    worse = standing(counts((0.72, 0.7, 0.72, 0.7), placebo=(0.7, 0.8, 0.7, 0.8)))
    assert worse["system_fault", "s0"].points.value == pytest.approx(0.12)


def test_outcomes_that_are_wrong_at_random_accuse_no_system() -> None:
    # They take two thirds of AUC above chance from every arm, so freezing costs a third as much.
    healthy = (0.72, 0.8, 0.72, 0.8)
    wrong = tuple(0.5 + (area - 0.5) / 3 for area in healthy)
    assert standing(counts(wrong, placebo=healthy)) == {}


@pytest.mark.parametrize("game", [(0.7, 0.7, 0.7, 0.7), (0.6, 0.65, 0.65, 0.7)])
def test_where_undoing_does_not_help_nobody_is_accused(game: Game) -> None:
    assert standing(counts(game)) == {}


def test_one_system_can_not_act_together() -> None:
    assert list(standing(counts((0.8, 0.7)))) == [("system_fault", "s0")]


def test_what_one_learnt_from_another_is_not_held_against_it() -> None:
    writes, moves = (0.8, 0.75, 0.75, 0.7), (0.8, 0.7, 0.8, 0.7)
    found = standing(counts(writes, moves))
    assert list(found) == [("system_fault", "s0")]
    assert found["system_fault", "s0"].points.value == pytest.approx(0.1)


def test_one_that_took_to_writing_over_the_other_takes_part() -> None:
    writes, moves = (0.8, 0.75, 0.75, 0.7), (0.8, 0.7, 0.8, 0.7)
    often = [("2024-02-12", "s1", "s0", 50), ("2024-02-01", "s1", "s0", 5)]
    assert ("system_interaction", None) in standing(counts(writes, moves, over=often))
    usual = [("2024-02-12", "s1", "s0", 50), ("2024-02-01", "s1", "s0", 45)]
    other = [("2024-02-12", "s0", "s1", 50), ("2024-02-12", "s1", "s1", 50)]
    for over in (usual, other):
        assert list(standing(counts(writes, moves, over=over))) == [("system_fault", "s0")]


def test_without_a_say_nobody_is_a_suspect() -> None:
    assert replayed(counts((0.8, 0.7, 0.8, 0.7), covered=0.4), made.question()) == []
    assert replayed(counts((0.8, 0.7, 0.8, 0.7), covered=0.6), made.question()) != []


@pytest.mark.parametrize("game", [(0.8, 0.7, 0.8, 0.7), (0.8, 0.75, 0.75, 0.7)])
def test_a_loss_in_one_cohort_is_named(game: Game) -> None:
    regions = {"north": (0.8, 0.8), "south": (0.6, 0.8), "east": (0.8, 0.8)}
    for suspect in standing(counts(game, regions=regions)).values():
        assert suspect.cohort == {"region": "south"}
    for suspect in standing(counts(game)).values():
        assert suspect.cohort is None


@pytest.mark.parametrize(("follow", "used"), [(740, False), (760, True)])
def test_scores_that_do_not_follow_leave_replay_without_a_say(follow: int, used: bool) -> None:
    found = counts((0.8, 0.7, 0.8, 0.7))
    coverage = found.meta["replay"]["coverage"]
    coverage["pairs"] = {"checked": 1_000, "following": follow}
    assert bool(replayed(found, made.question())) is used


@pytest.mark.parametrize(
    ("before", "now", "changed"), [(99, 20, True), (99, 97, False), (60, 20, False)]
)
def test_scores_that_followed_before_and_no_longer_do_were_changed_themselves(
    before: int, now: int, changed: bool
) -> None:
    pairs = {"checked": 200, "following": before + now,
             "checked_before": 100, "following_before": before}  # fmt: skip
    sentence = spoilt({"ability": None, "pairs": pairs})
    assert (sentence is not None) is changed
    assert not sentence or "99% follow from the history, and 20% of those since" in sentence
    # What records of before hold.
    assert spoilt({"ability": None, "pairs": {"checked": 200, "following": 150}}) is None


@pytest.mark.slow
def test_what_a_history_can_show_of_a_loss() -> None:
    # 90 of 100 rows follow: 90 recover, and 10 may lose as much once more; of covered rows alone.
    size = {"rows": 200, "covered": 100}
    coverage = {"incident": size, "ability": None, "pairs": {"checked": 100, "following": 90}}
    assert recoverable_share(coverage) == pytest.approx((0.9 - 0.1) / 2)
    assert recoverable_share({**coverage, "pairs": None}) == pytest.approx(0.5)
    assert recoverable_share({**coverage, "pairs": {"checked": 100, "following": 40}}) == 0


def test_a_part_that_another_takes_away_too_makes_no_interaction() -> None:
    # Freezing s0 restores nearly all; freezing s1, which writes over the same items, a part.
    found = standing(counts((0.8, 0.728, 0.798, 0.7)))
    assert ("system_interaction", None) not in found
    points = {system: suspect.points.value for (_, system), suspect in found.items()}
    assert points == {"s0": pytest.approx(0.098), "s1": pytest.approx(0.028)}
