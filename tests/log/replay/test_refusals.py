"""Histories that cannot be used end with one line: what, where, and the remedy; status 2."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from brute import Platform, Wrote, asked, at, made, write
from typer.testing import CliRunner

from investigate import cli
from investigate.errors import InputError
from investigate.log import count, inputs
from investigate.log.replay.writes import history
from investigate.log.source import Engine

pytestmark = pytest.mark.slow

RUNNER = CliRunner()
SMALL = made(21, 2, rows=120)
LOGITS = made(21, 2, logistic=False, rows=120)


def with_systems(names: Sequence[str]) -> Platform:
    writes = [replace(w, system=names[n % len(names)]) for n, w in enumerate(SMALL.writes)]
    return replace(SMALL, writes=writes)


def candidate(folder: Path, system: str) -> dict[str, Any]:
    write(SMALL.writes[:5], folder / "fixed.parquet")
    return {"name": "fix", "system": system, "history": str(folder / "fixed.parquet")}


CASES: dict[str, tuple[Platform, dict[str, Any], list[str]]] = {
    "logistic of logits": (
        LOGITS,
        {"score_formula": "logistic(ability - difficulty)"},
        ["score_formula: logistic(ability - difficulty) gives probabilities, and the scores run",
         "write the formula without logistic("],
    ),
    "precedence leaves one out": (
        SMALL,
        {"precedence": ["s1"]},
        ["precedence: it leaves out s0, which the history holds; list every system"],
    ),
    "nine systems": (
        with_systems([f"s{j}" for j in range(9)]),
        {},
        ["history.columns.system: it names 9 systems, and replay takes at most 8; give"],
    ),
    "freeze before the baseline": (
        SMALL,
        {"replay": {"freeze": at(0).isoformat()}},
        ["replay.freeze: 2024-05-01 00:00 UTC is not between the baseline's start and the",
         "choose a moment"],
    ),
    "freeze after the incident": (
        SMALL,
        {"replay": {"freeze": at(28).isoformat()}},
        ["replay.freeze: 2024-05-29 00:00 UTC is not between", "choose a moment"],
    ),
    "no difficulty": (
        replace(SMALL, writes=[replace(w, difficulty=float("nan")) for w in SMALL.writes]),
        {},
        ["history: it holds no write with a time, an item, a system and a difficulty; check"],
    ),
    "no system": (
        SMALL,
        {"history": {"log": "history.parquet", "columns": {"system": "sytem"}}},
        ["history.columns.system: the history has no column 'sytem'; did you mean 'system'?"],
    ),
    "difficulty in words": (
        SMALL,
        {"history": {"log": "history.parquet", "columns": {"difficulty": "item"}}},
        ["history"],
    ),
    "no file": (
        SMALL,
        {"history": "histroy.parquet"},
        ["history: there is no file 'histroy.parquet'", "did you mean 'history.parquet'?"],
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(folder: Path, platform: Platform, **changes: Any) -> str:
    """The one line that `check` prints before it ends with 2."""
    question = asked(folder, platform, **changes)
    (folder / "q.yml").write_text(yaml.safe_dump(question.parameters()), encoding="utf-8")
    before = sorted(folder.rglob("*"))
    with pytest.raises(InputError) as caught:
        count(question)
    done = RUNNER.invoke(cli.app, ["check", "q.yml"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"error: {caught.value}\n"
    assert sorted(folder.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize("case", CASES)
def test_one_line(case: str, folder: Path) -> None:
    platform, changes, expected = CASES[case]
    message = refused(folder, platform, **changes)
    assert "\n" not in message
    assert message.startswith(expected[0])
    for part in expected:
        assert part in message


def test_a_run_leaves_nothing(folder: Path) -> None:
    refused(folder, LOGITS, score_formula="logistic(ability - difficulty)")
    before = sorted(folder.rglob("*"))
    done = RUNNER.invoke(cli.app, ["run", "q.yml"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: score_formula: ")
    assert len(done.stderr.splitlines()) == 1
    assert sorted(folder.rglob("*")) == before


def test_a_candidate_of_a_system_that_is_not_there(folder: Path) -> None:
    message = refused(folder, SMALL, replay=[candidate(folder, "s2")])
    assert "the history has no 's2'" in message
    assert "s0" in message
    assert message.startswith("replay.arms")


def test_a_candidate_is_named_as_params_files_name_it(folder: Path) -> None:
    message = refused(folder, SMALL, replay=[candidate(folder, "s2")])
    assert message.startswith("replay.arms[0].system: ")


def test_a_candidate_without_its_file(folder: Path) -> None:
    arm = {"name": "fix", "system": "s0", "history": "gone.csv"}
    message = refused(folder, SMALL, replay=[arm])
    assert message.startswith("replay.arms")
    assert "there is no file 'gone.csv'" in message


def test_a_candidate_without_usable_writes(folder: Path) -> None:
    arm = candidate(folder, "s0")
    write([replace(w, difficulty=float("nan")) for w in SMALL.writes[:5]], folder / "fixed.parquet")
    assert "holds no write" in refused(folder, SMALL, replay=[arm])


def test_the_files_of_candidates_are_inputs(folder: Path) -> None:
    question = asked(folder, SMALL, replay=[candidate(folder, "s0")])
    assert folder / "fixed.parquet" in inputs(question)


def test_eight_systems_are_taken(folder: Path) -> None:
    # A count would replay 511 arms.
    names = [f"s{j}" for j in range(8)]
    question = asked(folder, with_systems(names))
    with Engine() as engine:
        assert history(question, engine).systems == names


def test_a_precedence_may_name_more_than_write(folder: Path) -> None:
    found, expected = (
        count(asked(folder, SMALL, precedence=order)).replay
        for order in (["s9", "s1", "s0"], ["s1", "s0"])
    )
    pd.testing.assert_frame_equal(found, expected)


def test_writes_that_lack_a_part_are_left_out_and_counted(folder: Path) -> None:
    lacking = [
        Wrote(at(3), "s0", float("nan"), "i5"),
        Wrote(at(3), None, 1.0, "i5"),  # type: ignore[arg-type]
        Wrote(at(3), "s0", 1.0, None),  # type: ignore[arg-type]
        Wrote(pd.NaT, "s0", 1.0, "i5"),  # type: ignore[arg-type]
    ]
    expected = count(asked(folder, SMALL))
    found = count(asked(folder, replace(SMALL, writes=[*SMALL.writes, *lacking])))
    assert expected.meta["replay"]["unusable"] == 0
    assert found.meta["replay"]["unusable"] == 4
    pd.testing.assert_frame_equal(found.replay, expected.replay)
    pd.testing.assert_frame_equal(found.writes, expected.writes)


def test_kinds_of_files_give_one_replay(folder: Path) -> None:
    numbered = replace(
        SMALL,
        rows=[replace(row, item=row.item[1:]) for row in SMALL.rows],
        writes=[replace(w, item=w.item[1:]) for w in SMALL.writes],
    )
    text = count(asked(folder, numbered))
    log, history = (pd.read_parquet(folder / f"{n}.parquet") for n in ("log", "history"))
    history.assign(time=history["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_csv(
        "history.csv", index=False
    )
    question = asked(folder, numbered, history="history.csv")
    log.astype({"item": "int32"}).to_parquet("log.parquet")
    whole = count(question)
    pd.testing.assert_frame_equal(whole.replay, text.replay)
    pd.testing.assert_frame_equal(whole.values, text.values)
