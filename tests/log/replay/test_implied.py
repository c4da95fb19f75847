"""Abilities that scores imply, on rows made by hand: which are shared too often for chance."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brute import INCIDENT_DAYS, Platform, Row, Wrote, asked, at

from investigate.log import count

pytestmark = pytest.mark.slow

ITEMS, ROWS = 12, 4_000


def platform(
    default: float | None,
    share: float,
    seed: int = 5,
    rows: int = 4_000,
    digits: int = 6,
    formula: str = "logistic(ability - difficulty)",
    abilities: Sequence[float] | None = None,
) -> tuple[Platform, list[bool]]:
    """In the incident ``share`` of the rows are scored by one ability; with them, which."""
    rng = np.random.default_rng(5)
    truth = rng.normal(0, 1, ITEMS).round(6)
    writes = [
        Wrote(at(-1 + day), "s", float(truth[i] + rng.normal(0, 0.2)), f"i{i}")
        for day in range(0, 28, 4)
        for i in range(ITEMS)
    ]
    linear = not formula.startswith("logistic")
    empty = Platform((), writes, logistic=not linear)
    found, marked = [], []
    for n in range(ROWS):
        time, item = at(28 * n / ROWS), int(rng.integers(0, ITEMS))
        ability = float(rng.normal(0, 1)) if abilities is None else float(rng.choice(abilities))
        gone = default is not None and time >= INCIDENT_DAYS[0] and rng.random() < share
        value = empty.in_force(f"i{item}", time)
        assert value is not None
        inner = (default if gone and default is not None else ability) - value.difficulty
        score = inner if linear else 1 / (1 + np.exp(-inner))
        right = rng.random() < 1 / (1 + np.exp(truth[item] - ability))
        found.append(Row(time, f"i{item}", float(np.round(score, digits)), int(right)))
        marked.append(gone)
    return Platform(found, writes, logistic=not linear), marked


def defaulted(folder: Path, made: Platform, **changes: Any) -> list[int]:
    """Rows that are marked, by window."""
    facts = count(asked(folder, made, **changes)).facts
    own = facts[facts["by"] == "all"].set_index("window")["defaulted"]
    return [int(own.get(window, 0)) for window in (0, 1)]


@pytest.mark.parametrize("formula", ["logistic(ability - difficulty)", "ability - difficulty"])
def test_an_ability_that_many_scores_imply_is_a_default(formula: str, tmp_path: Path) -> None:
    made, marked = platform(0.3, 0.4, formula=formula)
    baseline, incident = defaulted(tmp_path, made)
    assert baseline == 0
    # A hundredth of ability holds a few others too.
    assert sum(marked) <= incident <= 1.05 * sum(marked)


def test_a_small_share_too(tmp_path: Path) -> None:
    made, marked = platform(1.7, 0.06)
    incident = defaulted(tmp_path, made)[1]
    assert 0.95 * sum(marked) <= incident <= 1.3 * sum(marked)


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_scores_may_be_rounded(digits: int, tmp_path: Path) -> None:
    made, marked = platform(0.4, 0.4, digits=digits)
    baseline, incident = defaulted(tmp_path, made)
    assert baseline == 0
    assert incident >= 0.8 * sum(marked)


def test_abilities_of_chance_are_none(tmp_path: Path) -> None:
    assert defaulted(tmp_path, platform(None, 0)[0]) == [0, 0]


def test_a_default_that_was_always_there_is_marked_in_both_windows(tmp_path: Path) -> None:
    made, _ = platform(None, 0, abilities=[0.25, *np.random.default_rng(1).normal(0, 1, 3)])
    assert min(defaulted(tmp_path, made)) > 500


def test_without_the_history_nothing_is_implied(tmp_path: Path) -> None:
    made, marked = platform(0.3, 0.4)
    with_it = defaulted(tmp_path, made)[1]
    # The scores of one item differ with its difficulty; without a history few are alike.
    assert with_it > 0.9 * sum(marked)
    assert defaulted(tmp_path, made, history=None)[0] <= defaulted(tmp_path, made)[0] + 50


def test_rows_without_a_value_are_not_judged(tmp_path: Path) -> None:
    made, _ = platform(0.3, 1.0)
    bare = Platform(made.rows, [w for w in made.writes if w.item == "i0"])
    marked = defaulted(tmp_path, bare)[1]
    alone = sum(row.item == "i0" and row.time >= INCIDENT_DAYS[0] for row in made.rows)
    assert marked <= alone
    assert marked >= 0.9 * alone


def test_an_ability_column_goes_before_what_is_implied(tmp_path: Path) -> None:
    made, _ = platform(0.3, 0.4)
    columns = {"time": "time", "outcome": "outcome", "score": "score", "item": "item",
               "cluster": "student", "ability": "skill"}  # fmt: skip
    question = asked(tmp_path, made, columns=columns)
    log = pd.read_parquet(tmp_path / "log.parquet")
    log["skill"] = np.arange(len(log)) / 7.0
    log.to_parquet(tmp_path / "log.parquet")
    facts = count(question).facts
    assert facts["defaulted"].sum() == 0
