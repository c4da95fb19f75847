"""The finding of a replay: its numbers are those of its arms, and it says when it has no say."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brute import INCIDENT_DAYS, Platform, Row, Wrote, asked, at, made, stretches, write

from investigate.analyses.replay.replay import replay
from investigate.counts.table import Counts
from investigate.finding import Finding
from investigate.log import count

pytestmark = pytest.mark.slow

TWO, THREE = made(31, 2), made(32, 3)


@pytest.fixture(scope="module")
def of_two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counts, Finding]:
    return plainly(tmp_path_factory.mktemp("two"), TWO)


@pytest.fixture(scope="module")
def of_three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counts, Finding]:
    return plainly(tmp_path_factory.mktemp("three"), THREE)


def plainly(folder: Path, platform: Platform) -> tuple[Counts, Finding]:
    question = asked(folder, platform)
    counts = count(question)
    return counts, replay(counts, question)


def found(folder: Path, platform: Platform, **changes: Any) -> Finding:
    question = asked(folder, platform, **changes)
    return replay(count(question), question)


def no_say(folder: Path, platform: Platform, **changes: Any) -> str:
    finding = found(folder, platform, **changes)
    assert not finding.numbers
    assert not finding.table
    reason = finding.detail["refused"]
    assert finding.claim == f"Replay is not possible: {reason}."
    assert "\n" not in reason
    return str(reason)


def frozen_auc(platform: Platform, frozen: list[str], stretch: int = 1) -> float:
    where = stretches()[stretch]
    return platform.auc(where, lambda row: platform.by_writes(row, frozen, where.freeze))


@pytest.mark.parametrize("name", ["two", "three"])
def test_numbers_are_those_of_loops(name: str, request: pytest.FixtureRequest) -> None:
    platform = {"two": TWO, "three": THREE}[name]
    finding: Finding = request.getfixturevalue(f"of_{name}")[1]
    numbers, systems = finding.numbers, platform.systems
    observed, all_frozen = frozen_auc(platform, []), frozen_auc(platform, systems)
    assert numbers["observed"].value == pytest.approx(observed, abs=0.001)
    assert numbers["all frozen"].value == pytest.approx(all_frozen, abs=0.001)
    assert numbers["recovered"].value == pytest.approx(all_frozen - observed, abs=0.002)
    placebo = frozen_auc(platform, systems, 0) - frozen_auc(platform, [], 0)
    assert numbers["placebo"].value == pytest.approx(placebo, abs=0.002)
    shares = [numbers[f"share of {name}"].value for name in systems]
    assert sum(share or 0.0 for share in shares) == pytest.approx(
        numbers["recovered"].value, abs=1e-12
    )
    # What each system costs beside what all cost together is what interacts.
    alone = sum(all_frozen - frozen_auc(platform, [n for n in systems if n != name])
                for name in systems)  # fmt: skip
    expected = frozen_auc(platform, []) - all_frozen + alone
    assert numbers["interaction"].value == pytest.approx(expected, abs=0.004)
    sets = [value["value"] for value in finding.detail["sets"].values()]
    assert sum(sets) == pytest.approx(numbers["interaction"].value, abs=1e-12)


def test_the_table_holds_every_subset_once(of_three: tuple[Counts, Finding]) -> None:
    finding = of_three[1]
    assert [row["frozen"] for row in finding.table] == [
        "nothing", "s0", "s1", "s2", "s0, s1", "s0, s2", "s1, s2", "s0, s1, s2",
    ]  # fmt: skip
    for row in finding.table:
        names = [] if row["frozen"] == "nothing" else row["frozen"].split(", ")
        assert row["auc"] == pytest.approx(frozen_auc(THREE, names), abs=0.001)
        beyond = row["auc"] - finding.table[0]["auc"] - row["placebo"]
        assert row["recovered"] == pytest.approx(beyond, abs=1e-12)
        assert row["low"] <= row["auc"] <= row["high"]


def test_a_candidate_is_a_row_of_its_own(tmp_path: Path) -> None:
    healed = [w for w in TWO.writes if w.system == "s1" and w.time < INCIDENT_DAYS[0]]
    write(healed, tmp_path / "healed.parquet")
    arm = {"name": "healed", "system": "s1", "history": str(tmp_path / "healed.parquet")}
    finding = found(tmp_path, TWO, replay=[arm])
    last = finding.table[-1]
    assert last["frozen"] == "candidate: healed"
    instead = TWO.instead("s1", healed)
    expected = TWO.auc(stretches()[1], lambda row: TWO.by_other(row, instead))
    assert last["auc"] == pytest.approx(expected, abs=0.001)
    assert last["recovered"] == pytest.approx(expected - frozen_auc(TWO, []), abs=0.002)
    assert len(finding.table) == 5


def test_a_finding_goes_to_json_and_back(of_two: tuple[Counts, Finding]) -> None:
    finding = of_two[1]
    assert Finding.from_json(finding.to_json()).dumps() == finding.dumps()


def test_no_history(tmp_path: Path) -> None:
    assert no_say(tmp_path, TWO, history=None) == (
        "the question names no difficulty history (history: in the params)"
    )


def test_a_history_that_starts_too_late(tmp_path: Path) -> None:
    late = replace(TWO, writes=[
        w for w in TWO.writes if w.time >= INCIDENT_DAYS[0] or w.item in ("i9", "i10", "i11")
    ])  # fmt: skip
    rows = late.within(stretches()[1])
    before = [late.in_force(r.item, r.time, lambda w: w.time < INCIDENT_DAYS[0]) for r in rows]
    share = np.mean([write is not None for write in before])
    reason = no_say(tmp_path, late)
    assert reason.startswith(
        f"only {share:.0%} of the incident's rows have an item with a value from before the "
        "freeze (2024-05-21); "
    )
    assert "give an earlier history, or a later replay.freeze" in reason


def test_a_history_of_other_items(tmp_path: Path, of_two: tuple[Counts, Finding]) -> None:
    items = [f"i{n}" for n in range(4, 30)]
    other = dict(zip(items, np.random.default_rng(3).permutation(items), strict=True))
    shuffled = replace(TWO, writes=[replace(w, item=other[w.item]) for w in TWO.writes])
    reason = no_say(tmp_path, shuffled)
    assert "of the scores that can be checked follow from the history by logistic" in reason
    remedy = "check history.columns, the time zone of its times, score_formula and precedence"
    assert remedy in reason
    assert of_two[1].detail["refused"] is None


def test_a_formula_that_does_not_tell_the_scores(tmp_path: Path) -> None:
    reason = no_say(tmp_path, TWO, score_formula="logistic(ability + difficulty)")
    assert "follow from the history by logistic(ability + difficulty)" in reason


def test_a_log_without_items(tmp_path: Path) -> None:
    columns = {"time": "time", "outcome": "outcome", "score": "score", "cluster": "student"}
    assert "columns.item" in no_say(tmp_path, TWO, columns=columns)


def test_a_freeze_after_the_last_row(tmp_path: Path) -> None:
    early = replace(TWO, rows=[row for row in TWO.rows if row.time < at(25)])
    reason = no_say(tmp_path, early, replay={"freeze": at(26).isoformat()})
    assert (
        reason == "no row of the incident comes after the freeze; choose an earlier replay.freeze"
    )


def test_one_outcome_after_the_freeze(tmp_path: Path) -> None:
    rows = [replace(row, outcome=1) if row.time >= at(26) else row for row in TWO.rows]
    reason = no_say(tmp_path, replace(TWO, rows=rows), replay={"freeze": at(26).isoformat()})
    assert reason == "the rows after the freeze all have one outcome"


def test_a_placebo_of_one_outcome_takes_nothing_from_the_arms(tmp_path: Path) -> None:
    late = at(12)
    rows = [replace(r, outcome=0) if late <= r.time < INCIDENT_DAYS[0] else r for r in TWO.rows]
    finding = found(tmp_path, replace(TWO, rows=rows))
    assert finding.detail["refused"] is None
    assert finding.numbers["placebo"].value is None
    assert finding.numbers["recovered"].value is not None


def test_it_says_what_it_covers(of_two: tuple[Counts, Finding]) -> None:
    counts = of_two[0]
    coverage = counts.meta["replay"]["coverage"]
    freeze = INCIDENT_DAYS[0]
    rows = TWO.within(stretches()[1])
    covered = [TWO.in_force(r.item, r.time, lambda w: w.time < freeze) is not None for r in rows]
    valued = [TWO.in_force(r.item, r.time) is not None for r in rows]
    assert coverage["incident"]["rows"] == len(rows)
    assert coverage["incident"]["covered"] == sum(covered)
    assert coverage["incident"]["valued"] == sum(valued)
    assert coverage["pairs"]["following"] == coverage["pairs"]["checked"] > 100


def test_scores_are_checked_by_an_ability_column(tmp_path: Path) -> None:
    columns = {"time": "time", "outcome": "outcome", "score": "score", "item": "item",
               "ability": "skill"}  # fmt: skip
    question = asked(tmp_path, TWO, columns=columns)
    log = pd.read_parquet(tmp_path / "log.parquet")
    values = [TWO.in_force(row.item, row.time) for row in TWO.rows]
    log["skill"] = [
        TWO.inner(row.score) + (value.difficulty if value else 0.0)
        for row, value in zip(TWO.rows, values, strict=True)
    ]
    off = np.arange(len(log)) % 4 == 0
    log.assign(skill=log["skill"].where(~off, log["skill"] + 1)).to_parquet(
        tmp_path / "log.parquet"
    )
    checked = count(question).meta["replay"]["coverage"]["ability"]
    # Of the two stretches' rows with a value, every fourth is off.
    judged = [
        (value is not None, bool(wrong))
        for row, value, wrong in zip(TWO.rows, values, off, strict=True)
        if at(12) <= row.time < at(28)
    ]
    assert checked["checked"] == sum(has for has, _ in judged)
    assert checked["following"] == sum(has and not wrong for has, wrong in judged)
    before = [
        (value is not None, bool(wrong))
        for row, value, wrong in zip(TWO.rows, values, off, strict=True)
        if at(12) <= row.time < INCIDENT_DAYS[0]
    ]
    assert checked["checked_before"] == sum(has for has, _ in before)
    assert checked["following_before"] == sum(has and not wrong for has, wrong in before)


def test_a_row_at_the_moment_of_a_write_was_scored_before_it(tmp_path: Path) -> None:
    moment = at(22)
    writes = [
        Wrote(at(-1), "s", 0.0, "i"),
        Wrote(at(-1), "s", 0.0, "j"),
        Wrote(moment, "s", 5.0, "i"),
    ]
    rows = [Row(at(d), "i", 0.5, o) for d in (1, 13) for o in (0, 1)]
    # The write speaks for the row after it alone, so that undoing it moves that row alone.
    rows += [Row(moment, "i", 0.6, 1), Row(at(23), "i", 0.2, 1), Row(at(23), "j", 0.5, 0)]
    finding = found(tmp_path, Platform(rows, writes))
    assert finding.numbers["observed"].value == 0.5
    assert finding.numbers["all frozen"].value == 1.0
