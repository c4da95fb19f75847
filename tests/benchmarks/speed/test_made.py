"""Logs of any size: the same shape gives the same rows, and the question can be asked of them."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.speed import made, work
from benchmarks.speed.made import Shape, write


@pytest.mark.slow
def test_the_same_shape_gives_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "AT_ONCE", 700)
    shape = Shape(2_000, exercises=30, students=50, schools=3, days=180)
    for name in ("one", "other"):
        write(shape, tmp_path / f"{name}.parquet")
    one, other = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("one", "other"))
    pd.testing.assert_frame_equal(one, other)
    assert len(one) == 2_000
    assert one["time"].is_monotonic_increasing
    assert (one["time"].dt.floor("D").nunique(), one["school"].nunique()) == (180, 3)
    assert one.groupby("student", observed=True)["school"].nunique().max() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.parquet", "other.parquet"]


@pytest.mark.slow
def test_each_work_is_done_on_the_same_log(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    write(Shape(20_000, exercises=50, students=400, schools=4), path)
    assert work.scan(path) == {}
    assert work.counts(path)["cells"] > 1_000
    rows = pd.read_parquet(path)
    result = work.pandas(path)
    assert result["repeats"] == 0
    assert result["areas"] >= rows["time"].dt.date.nunique() * 2


def test_further_systems_and_columns_are_asked_of(tmp_path: Path) -> None:
    shape = Shape(3_000, exercises=60, students=40, schools=3, systems=4, cohorts=7)
    path = tmp_path / f"{shape.name}.parquet"
    write(shape, path)
    rows = pd.read_parquet(path)
    asked = made.question(path)["cohorts"]
    assert asked == shape.columns
    assert [rows[name].nunique() for name in asked[-2:]] == [4, 4]
    # The blind one has its third of the exercises, whatever the others are.
    assert rows["system"].nunique() == 4
    default = rows["system"] == "default"
    assert set(rows["exercise"][default].str[1:].astype(int) % 3) == {0}
    assert len(made.question(tmp_path / f"{Shape(10, cohorts=2).name}.parquet")["cohorts"]) == 2
