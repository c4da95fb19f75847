"""A question that is narrowed to a slice counts as if the log held those rows alone."""

from pathlib import Path
from typing import Any

import made
import pandas as pd
import pytest
import yaml

from investigate import log
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.log.rows import bucket_seconds
from investigate.question import params


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = made.platform(5, 3_000, "reset").assign(grade=1.0)
    frame.loc[::2, "grade"] = 2.0
    frame.loc[::5, "country"] = None
    return frame


@pytest.fixture(autouse=True)
def files(frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame.to_parquet("log.parquet")
    frame.to_csv("log.csv", index=False)


def counted(name: str = "log.parquet", **changes: Any) -> Counts:
    return log.count(made.question(name, cohorts=["country", "school"], **changes))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["log.parquet", "log.csv"])
@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ({"country": "DE"}, lambda f: f["country"] == "DE"),
        ({"country": ["DE", "(missing)"]}, lambda f: f["country"].isna() | (f["country"] == "DE")),
        ({"grade": "2.0", "system": "default"}, lambda f: (f.grade == 2) & (f.system == "default")),
        ({"grade": 1.0}, lambda f: f["grade"] == 1),
    ],
)
def test_a_slice_is_counted_as_its_rows_alone(
    frame: pd.DataFrame, name: str, where: Any, kept: Any
) -> None:
    frame[kept(frame)].to_parquet("slice.parquet")
    one, other = counted(name, where=where), counted("slice.parquet")
    for table in ("slices", "facts", "timeline", "items", "arms", "bins"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table))
    assert one.meta["rows"] == kept(frame).sum()


@pytest.mark.slow
@pytest.mark.parametrize("value", [2, 2.0, "2", "2.0"])
def test_in_a_column_of_numbers_a_number_is_known_however_it_is_written(
    frame: pd.DataFrame, value: Any
) -> None:
    frame.astype({"grade": "int64"}).to_parquet("whole.parquet")
    for name in ("log.parquet", "whole.parquet"):
        assert counted(name, where={"grade": value}).meta["rows"] == (frame.grade == 2).sum()


@pytest.mark.slow
@pytest.mark.parametrize("value", [True, "true", "True"])
def test_a_truth_is_known_however_it_is_written(frame: pd.DataFrame, value: Any) -> None:
    new = frame.assign(new=frame["grade"] == 1)
    new.to_parquet("new.parquet")
    new.to_csv("new.csv", index=False)
    for name in ("new.parquet", "new.csv"):
        assert counted(name, where={"new": value}).meta["rows"] == new["new"].sum()


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"country": "DX"}, "where.country: no row has 'DX' there; it has (missing), DE, FR, PL"),
        ({"contry": "DE"}, "where.contry: the log has no column 'contry'; did you mean 'country'?"),
        (
            {"school": ["school9"]},
            "where.school: no row has 'school9' there; did you mean 'school ",
        ),
    ],
)
def test_what_is_not_there_is_told(where: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        counted(where=where)
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (["country"], "where: expected columns with their values, such as {country: DE}, got"),
        ({"country": []}, "where: no value is listed; write one, or remove the column"),
        ({"country": {"DE": 1}}, "where: expected a value, or (missing) for rows without one, got"),
        ({"country": None}, "where: expected a value"),
    ],
)
def test_a_malformed_slice_is_told(where: Any, says: str) -> None:
    with pytest.raises(InputError, match=r"^notebook parameters: ") as caught:
        made.question(where=where)
    assert says in str(caught.value)


def test_a_slice_is_written_down_and_known_by_its_content() -> None:
    plain, sliced = made.question(), made.question(where={"country": ["FR", "DE"], "a b": True})
    assert "where" not in plain.parameters()
    assert made.question(where={}).fingerprint() == plain.fingerprint()
    assert sliced.parameters()["where"] == {"a b": ["true"], "country": ["DE", "FR"]}
    assert sliced.fingerprint() != plain.fingerprint()
    again = made.question(where={"a b": "true", "country": ["DE", "FR", "DE"]})
    assert again.fingerprint() == sliced.fingerprint()
    Path("q.yml").write_text(params.as_yaml(sliced), encoding="utf-8")
    assert params.load("q.yml") == sliced
    assert params.load("q.yml", ["where.country=PL"]).where[1] == ("country", ("PL",))
    assert params.load("q.yml", ["where={country: [PL, DE]}"]).where == (("country", ("DE", "PL")),)
    assert params.from_names(yaml.safe_load(Path("q.yml").read_text("utf-8"))) == sliced


@pytest.mark.slow
def test_a_function_of_a_notebook_that_is_called_where_is_no_slice() -> None:
    assert made.question(where=max) == made.question()


@pytest.mark.slow
def test_the_step_of_the_timeline_can_be_asked_for() -> None:
    assert bucket_seconds(made.question()) == 86_400
    hourly = made.question(every="hour")
    assert bucket_seconds(hourly) == 3_600
    assert made.question(every=None).fingerprint() == made.question().fingerprint()
    assert hourly.fingerprint() != made.question().fingerprint()
    with pytest.raises(InputError, match="every: must be 'minute', 'hour' or 'day', got 'week'"):
        made.question(every="week")
    counts = counted(every="hour")
    assert counts.meta["bucket_seconds"] == 3_600
    assert counts.timeline["start"].nunique() > 10 * 52


@pytest.mark.slow
def test_what_is_watched_is_narrowed_too(frame: pd.DataFrame) -> None:
    """A part need not hold the value: a day without such rows is no mistake."""
    frame[frame["country"] == "DE"].to_parquet("slice.parquet")
    sizes = []
    for name, where in (("log.parquet", {"country": "DE"}), ("slice.parquet", {})):
        question = made.question(name, where=where)
        with log.reading(question, "day", log.parts(question.log)) as reading:
            starts = reading.starts()
            sizes.append((reading.sizes["rows"].tolist(), list(starts)))
    assert sizes[0] == sizes[1]
    assert sizes[0][0] == [(frame["country"] == "DE").sum()]
    nothing = made.question(where={"country": "XX"})
    with log.reading(nothing, "day", log.parts(nothing.log)) as reading:
        assert reading.sizes["rows"].tolist() == [0]
