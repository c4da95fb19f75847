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
