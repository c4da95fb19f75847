"""How values moved: order, spread, rewrites and who wrote over whom, against loops over writes."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import stdev
from typing import Any

import pytest
from brute import INCIDENT_DAYS, Platform, Wrote, asked, at, made
from scipy.stats import spearmanr

from investigate.analyses.replay.movement import movement
from investigate.counts.table import Counts
from investigate.finding import Finding
from investigate.log import count

MOMENTS = (at(12), *INCIDENT_DAYS)
"""The placebo's freeze, the freeze, and the incident's end."""


def found(folder: Path, platform: Platform, **changes: Any) -> tuple[Counts, Finding]:
    question = asked(folder, platform, **{"replay": {"freeze": MOMENTS[1]}, **changes})
    counts = count(question)
    return counts, movement(counts, question)


def values(platform: Platform, system: str | None) -> list[dict[str, float]]:
    """By moment, the value of each item: one system's, or that in force."""
    by_moment = []
    for moment in MOMENTS:
        writes = {
            item: platform.in_force(item, moment, lambda w: system in (None, w.system))
            for item in platform.by_item
        }
        by_moment.append({item: w.difficulty for item, w in writes.items() if w})
    return by_moment


@pytest.mark.slow
@pytest.mark.parametrize("precedence", [False, True])
def test_values_at_three_moments(precedence: bool, tmp_path: Path) -> None:
    platform = made(41, 2, precedence=precedence, rows=200)
    counts, _ = found(tmp_path, platform)
    expected = {
        (item, system or "", moment): value
        for system in (None, "s0", "s1")
        for moment, by_item in enumerate(values(platform, system))
        for item, value in by_item.items()
    }
    by_key = counts.values.set_index(["item", "system", "moment"])["difficulty"].to_dict()
    assert by_key == expected


@pytest.mark.slow
def test_the_table_against_loops(tmp_path: Path) -> None:
    platform = made(42, 2, rows=200)
    _, finding = found(tmp_path, platform)
    assert [row["values of"] for row in finding.table] == ["in force", "s0", "s1"]
    for row, system in zip(finding.table, (None, "s0", "s1"), strict=True):
        placebo, before, after = values(platform, system)
        both = sorted(before.keys() & after.keys())
        pairs = [(before[item], after[item]) for item in both]
        assert row["items"] == len(both)
        assert row["order kept"] == pytest.approx(spearmanr(pairs).statistic)
        earlier = [(placebo[item], before[item]) for item in placebo]
        assert row["usual"] == pytest.approx(spearmanr(earlier).statistic)
        assert row["rewritten"] == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))
        assert row["spread before"] == pytest.approx(stdev(before.values()))
        assert row["spread after"] == pytest.approx(stdev(after.values()))


@pytest.mark.slow
def test_rates_and_who_wrote_over_whom(tmp_path: Path) -> None:
    platform = made(43, 3, rows=200)
    _, finding = found(tmp_path, platform)
    own = {name: [0, 0] for name in platform.systems}
    over = {name: [0, 0] for name in platform.systems}
    for writes in platform.by_item.values():
        for n, write in enumerate(writes):
            if at(12) <= write.time < at(28):
                own[write.system][write.time >= at(20)] += 1
            if write.time >= at(20) and n:
                over[write.system][0] += 1
                over[write.system][1] += writes[n - 1].system != write.system
    for row in finding.table[1:]:
        name = row["values of"]
        assert row["writes a day before"] == pytest.approx(own[name][0] / 8)
        assert row["after"] == pytest.approx(own[name][1] / 8)
        assert row["over others"] == pytest.approx(over[name][1] / over[name][0])
    writes_by = {(one["when"], one["system"], one["over"]): one["writes"] for one in
            finding.detail["over"]}  # fmt: skip
    assert sum(writes_by.values()) == len(platform.writes)


@pytest.mark.slow
def test_steps_are_summed_in_millionths(tmp_path: Path) -> None:
    platform = made(44, 2, rows=200)
    counts, _ = found(tmp_path, platform)
    expected = sum(
        abs(after.difficulty - before.difficulty)
        for writes in platform.by_item.values()
        for before, after in pairwise(writes)
    )
    assert counts.writes["moved"].sum() / 1e6 == pytest.approx(expected, abs=1e-3)
    assert counts.writes["writes"].sum() == len(platform.writes)


@pytest.mark.slow
def test_values_that_turned_alike_lost_their_order(tmp_path: Path) -> None:
    platform = made(45, 2, rows=200)
    reset = [Wrote(at(27.9), "s0", 0.0, item) for item in platform.by_item]
    kept = [w for w in platform.writes if w.system == "s1" or w.time < at(20)]
    _, finding = found(tmp_path, replace(platform, writes=[*kept, *reset]))
    row = next(row for row in finding.table if row["values of"] == "s0")
    assert row["order kept"] == 0
    assert row["spread after"] == 0
    assert "s0" in finding.claim


@pytest.mark.slow
def test_too_few_items_are_not_compared(tmp_path: Path) -> None:
    platform = made(46, 1, rows=200)
    few = [w for w in platform.writes if w.item in ("i9", "i10", "i11")]
    _, finding = found(tmp_path, replace(platform, writes=few))
    assert finding.table[1]["order kept"] is None
    assert "too few items" in finding.claim


@pytest.mark.slow
def test_without_a_history(tmp_path: Path) -> None:
    counts, finding = found(tmp_path, made(47, 1, rows=200), history=None)
    assert finding.table == ()
    assert counts.values.empty
    assert counts.writes.empty
