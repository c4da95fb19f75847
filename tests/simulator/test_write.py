"""The files of a case: whole or not there, and fit for the kit."""

import json
from pathlib import Path

import pandas as pd
import pytest

from investigate import log as room
from investigate.errors import InputError
from investigate.question import params
from investigate.simulator import Simulated, simulate, write

FILES = ["events.csv", "history.parquet", "log.parquet", "question.yml", "truth.json"]


@pytest.fixture(scope="module")
def made() -> Simulated:
    return simulate("missing_input", 5, 0.8, 5_000)


def test_files_hold_what_was_simulated(made: Simulated, tmp_path: Path) -> None:
    write(made, tmp_path / "deep" / "case")
    folder = tmp_path / "deep" / "case"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert sorted(path.name for path in folder.parent.iterdir()) == ["case"]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "log.parquet"), made.log)
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "history.parquet"), made.history)
    events = pd.read_csv(folder / "events.csv", parse_dates=["time"], keep_default_na=False)
    assert list(events) == ["time", "label", "system"]
    assert list(events["time"]) == list(made.events["time"])
    assert list(events["system"]) == list(made.events["system"])
    assert json.loads((folder / "truth.json").read_text()) == made.truth


@pytest.mark.slow
def test_the_same_simulation_gives_the_same_bytes(made: Simulated, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(simulate("missing_input", 5, 0.8, 5_000), tmp_path / name)
    for name in FILES:
        if name != "question.yml":
            one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
            assert one == two


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["case", 'it\'s a "case": 1', "{0}"])
def test_the_kit_reads_the_question(
    made: Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(made, folder, case="school-year")
    question = params.load(Path(folder) / "question.yml")
    assert question.case == "school-year"
    assert question.log == f"{folder}/log.parquet"
    assert question.columns.ability is None
    assert question.baseline.bounds("UTC") == made.baseline
    assert question.incident.bounds("UTC") == made.incident
    assert set(question.cohorts) == {"country", "grade", "subject", "school", "app_version"}
    counts = room.count(question)
    assert counts.meta["rows"] == len(made.log)
    assert counts.meta["excluded"] == {}
    assert counts.meta["breaches"] == []
    assert len(counts.events) == len(made.events)


def test_what_stands_there_is_left_alone(made: Simulated, tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is there already; remove it or name another"):
        write(made, tmp_path / "case")
    assert [path.name for path in (tmp_path / "case").iterdir()] == ["notes.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


@pytest.mark.slow
def test_a_failure_leaves_nothing(made: Simulated, tmp_path: Path) -> None:
    broken = Simulated(
        log=made.log,
        history=made.history,
        events=made.events,
        truth={"kind": object()},
        baseline=made.baseline,
        incident=made.incident,
    )
    with pytest.raises(TypeError):
        write(broken, tmp_path / "case")
    assert list(tmp_path.iterdir()) == []
