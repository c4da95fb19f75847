"""The OULAD log as a file: its rows, its bytes, bad input, and the questions asked of it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import prepare
import pytest

from investigate.question import params

pytestmark = pytest.mark.slow

QUESTIONS = Path(__file__).parents[2] / "params"
AFTERWARDS = ["final_result", "unregistration_day"]


def run(rows: pd.DataFrame, folder: Path) -> tuple[bytes, bytes]:
    """The bytes of log and history made of other submissions, through the same door."""
    folder.mkdir()
    rows.to_parquet(folder / "submissions.parquet")
    assert prepare.main(["--out", str(folder)], folder / "submissions.parquet") == 0
    return (folder / "log.parquet").read_bytes(), (folder / "history.parquet").read_bytes()


# --- the log ---------------------------------------------------------------------------------


def test_a_second_run_from_elsewhere_writes_the_same_bytes(
    made: Path, folder: Path, tmp_path: Path
) -> None:
    command = [sys.executable, str(folder / "prepare.py"), "--out", "again"]
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    written = {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert written == {path.name: path.read_bytes() for path in made.iterdir()}
    assert set(written) == {"log.parquet", "history.parquet"}


def test_every_fresh_submission_is_one_row_in_order(
    log: pd.DataFrame, submissions: pd.DataFrame
) -> None:
    expected = submissions.sort_values(
        ["submitted_on", "id_assessment", "id_student"], ignore_index=True
    )
    assert str(log["submitted_on"].dt.tz) == "UTC"
    assert (log["submitted_on"].dt.tz_localize(None) == expected["submitted_on"]).all()
    copied = ["id_assessment", "id_student", "assessment_type", *prepare.STUDENT]
    origin = dict(zip(copied, copied, strict=True))
    origin |= {"module": "code_module", "presentation": "code_presentation"}
    for column, source in origin.items():
        pd.testing.assert_series_equal(log[column], expected[source], check_names=False)
    assert (log["outcome"] == (expected["score"] >= 80)).all()
    assert (log["module_type"] == expected["code_module"] + " " + log["assessment_type"]).all()
    assert log["imd_band"].isna().sum() == submissions["imd_band"].isna().sum() > 0
    assert set(AFTERWARDS).isdisjoint(log.columns)


def test_experience_counts_the_answers_of_earlier_days(log: pd.DataFrame) -> None:
    per_day = log.groupby(["id_student", "submitted_on"]).size()
    before = per_day.groupby("id_student").cumsum() - per_day
    earlier = log.join(before.rename("earlier"), on=["id_student", "submitted_on"])["earlier"]
    expected = np.select([earlier < 5, earlier < 15], ["00-04", "05-14"], "15+")
    assert (log["earlier_answers"] == expected).all()
    by_experience = log.assign(earlier=earlier).groupby("earlier_answers")["earlier"].min()
    assert by_experience.sort_index().is_monotonic_increasing
    assert len(by_experience) == 3


def test_order_of_the_input_and_columns_from_afterwards_play_no_part(
    submissions: pd.DataFrame, tmp_path: Path
) -> None:
    early = submissions[submissions["submitted_on"] < "2013-04-01"]
    made = run(early, tmp_path / "as it is")
    assert run(early.sample(frac=1, random_state=0), tmp_path / "shuffled") == made
    assert run(early.drop(columns=AFTERWARDS), tmp_path / "without") == made


def test_banked_results_are_counted_and_teach_nothing(
    submissions: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early = submissions[submissions["submitted_on"] < "2013-03-01"].reset_index(drop=True)
    banked = early.index % 7 == 0
    made = run(early.assign(is_banked=banked.astype("int32")), tmp_path / "flagged")
    assert f"{banked.sum():,} banked results left out" in capsys.readouterr().out
    assert run(early[~banked], tmp_path / "removed") == made


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["missing", "text", "cut", "column", "hole", "all banked"])
def test_unreadable_input_is_one_line_and_leaves_nothing(
    fault: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "source.parquet", tmp_path / "out"
    real = folder / "submissions.parquet"
    few = pd.read_parquet(real).head(50)
    if fault == "text":
        source.write_text("not a Parquet file")
    elif fault == "cut":
        source.write_bytes(real.read_bytes()[:5000])
    elif fault == "column":
        few.drop(columns="is_banked").to_parquet(source)
    elif fault == "hole":
        few.assign(gender=None).to_parquet(source)
    elif fault == "all banked":
        few.assign(is_banked=1).to_parquet(source)

    assert prepare.main(["--out", str(out)], source) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert printed.err.startswith("error: ")
    assert "source.parquet" in printed.err
    assert str(tmp_path) not in printed.err.split("source.parquet")[0]
    assert printed.err.count("\n") == 1
    assert not out.exists()


def test_output_that_cannot_be_written_is_one_line(
    submissions: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "submissions.parquet", tmp_path / "a file"
    submissions.head(50).to_parquet(source)
    out.touch()
    assert prepare.main(["--out", str(out)], source) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"error: cannot write to {out}: ")
    assert printed.err.count("\n") == 1


# --- what goes with the log ------------------------------------------------------------------


def test_readme_names_every_column_and_the_licence(
    folder: Path, log: pd.DataFrame, history: pd.DataFrame
) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for column in [*log.columns, *history.columns, *log["system"].unique()]:
        assert f"`{column}`" in readme, column
    for text in (readme, (folder / "LICENSE").read_text(encoding="utf-8")):
        assert "CC BY 4.0" in text
        assert "10.1038/sdata.2017.171" in text


@pytest.mark.parametrize("case", ["oulad-october", "oulad-year"])
def test_the_questions_fit_the_log(case: str, log: pd.DataFrame, history: pd.DataFrame) -> None:
    question = params.load(QUESTIONS / f"{case}.yml")
    assert question.case == case
    assert question.log == "data/oulad/log.parquet"
    assert question.history is not None
    assert question.history.log == "data/oulad/history.parquet"
    assert set(question.columns.model_dump().values()) <= set(log.columns)
    assert set(question.history.columns.model_dump().values()) == set(history.columns)
    assert log[list(question.cohorts)].notna().all(axis=None)


def test_the_windows_of_the_year_hold_one_presentation_each(log: pd.DataFrame) -> None:
    question = params.load(QUESTIONS / "oulad-year.yml")
    for window, presentation in ((question.baseline, "2013J"), (question.incident, "2014J")):
        rows = log[log["submitted_on"].between(*window.bounds("UTC"), inclusive="left")]
        assert 0.999 < (rows["presentation"] == presentation).mean() < 1
