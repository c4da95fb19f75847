from pathlib import Path
from typing import Any

import made
import messy
import pandas as pd
import pytest

import investigate
from investigate.errors import InputError
from investigate.log import count
from investigate.log.rows import bucket_seconds

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("part", "changes", "message"),
    [
        ("columns.score", {"columns": messy.columns(score="bim")}, "did you mean 'bin'?"),
        ("columns.time", {"columns": messy.columns(time="answered AT")}, "mean 'Answered at'?"),
        ("columns.ability", {"columns": messy.columns(ability="Ability")}, "'O\\'Ability\"?"),
        ("cohorts", {"cohorts": ["window", "tim"]}, "did you mean 'time'?"),
    ],
)
def test_a_column_that_is_missing_is_said(
    tmp_path: Path, part: str, changes: dict[str, Any], message: str
) -> None:
    messy.frame(1, rows=100).to_parquet(tmp_path / "log.parquet")
    with pytest.raises(InputError) as caught:
        count(messy.question(tmp_path / "log.parquet", **changes))
    line = str(caught.value)
    assert line.startswith(f"{part}: the log has no column ")
    assert line.replace('"O\'Ability"', "'O\\'Ability\"").endswith(message)


def test_a_column_of_another_kind_is_said(tmp_path: Path) -> None:
    frame = messy.frame(1, rows=100).assign(bin=pd.Timestamp("2024-01-01"))
    frame.to_parquet(tmp_path / "log.parquet")
    with pytest.raises(InputError, match=r"^columns.score: 'bin' holds timestamp"):
        count(messy.question(tmp_path / "log.parquet"))


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2024-03-01", "2024-03-15", 86_400),
        ("2024-03-01", "2024-03-14T23:59", 3_600),
        ("2024-03-01", "2024-03-01T14:00", 3_600),
        ("2024-03-01", "2024-03-01T13:59", 60),
    ],
)
def test_the_timeline_steps_by_the_span(start: str, end: str, seconds: int) -> None:
    middle = "2024-03-01T06:00"
    windows = {
        "baseline": {"start": start, "end": middle},
        "incident": {"start": middle, "end": end},
    }
    assert bucket_seconds(messy.question("x", **windows)) == seconds


def test_windows_are_half_open_to_the_microsecond(tmp_path: Path) -> None:
    frame = messy.frame(2, rows=400, clean=True)
    edge = pd.Timestamp("2024-03-21")
    frame.loc[:3, messy.NAMES["time"]] = [edge, edge - pd.Timedelta("1us")] * 2
    frame.to_parquet(tmp_path / "log.parquet")
    facts = count(messy.question(tmp_path / "log.parquet")).facts
    found = facts[facts["by"] == "all"].set_index("window")["rows"]
    time = frame[messy.NAMES["time"]]
    assert found[0] == ((time >= "2024-03-01") & (time < edge)).sum()
    assert found[1] == ((time >= edge) & (time < "2024-04-10")).sum()


VARIANTS = {
    "epoch milliseconds": {"time": lambda t: t.astype("int64") // 1_000},
    "epoch seconds as floats": {"time": lambda t: t.astype("int64") / 1e6},
    "ISO text": {"time": lambda t: t.dt.strftime("%Y-%m-%dT%H:%M:%SZ")},
    "times with a zone": {"time": lambda t: t.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")},
    "outcomes as truths": {"outcome": lambda y: y == 1},
    "outcomes as text": {"outcome": lambda y: y.map({1.0: "TRUE", 0.0: "false"})},
    "outcomes as bytes": {"outcome": lambda y: y.astype("uint8")},
    "scores as text": {"score": lambda s: s.map(repr)},
    "students as whole numbers": {"cluster": lambda c: c.astype("int64")},
}


@pytest.fixture(scope="module")
def plain_log(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Any]:
    frame = messy.frame(3, rows=800, clean=True)
    cluster = messy.NAMES["cluster"]
    frame[cluster] = frame[cluster].str.removeprefix("student ")
    path = tmp_path_factory.mktemp("plain") / "log.parquet"
    frame.to_parquet(path)
    return frame, count(messy.question(path))


@pytest.mark.parametrize("variant", VARIANTS)
def test_types_do_not_change_the_answer(
    plain_log: tuple[pd.DataFrame, Any], variant: str, tmp_path: Path
) -> None:
    frame, expected = plain_log
    changed = frame.assign(
        **{messy.NAMES[part]: change(frame[messy.NAMES[part]])
           for part, change in VARIANTS[variant].items()}
    )  # fmt: skip
    assert not changed.equals(frame)
    changed.to_parquet(tmp_path / "log.parquet")
    found = count(messy.question(tmp_path / "log.parquet"))
    for table in ("bins", "slices", "arms", "facts", "items", "timeline"):
        pd.testing.assert_frame_equal(getattr(found, table), getattr(expected, table))


def test_scores_of_whole_numbers_and_of_float32_are_ranked_alike(
    plain_log: tuple[pd.DataFrame, Any], tmp_path: Path
) -> None:
    frame, expected = plain_log
    score = frame["bin"]
    for changed in ((score * 100).round().astype("int16"), score.astype("float32")):
        frame.assign(bin=changed).to_parquet(tmp_path / "log.parquet")
        found = count(messy.question(tmp_path / "log.parquet"))
        pd.testing.assert_frame_equal(found.slices, expected.slices)
        assert found.bins["low"].tolist() == sorted(changed[inside(frame)].astype(float).unique())


def inside(frame: pd.DataFrame) -> pd.Series:
    time = frame[messy.NAMES["time"]]
    return (time >= "2024-03-01") & (time < "2024-04-10")


def test_columns_of_nulls_alone_are_counted_as_missing(tmp_path: Path) -> None:
    frame = messy.frame(4, rows=400, clean=True)
    empty = [messy.NAMES[part] for part in ("system", "item", "cluster", "ability")]
    frame[[*empty, "window"]] = None
    frame.to_parquet(tmp_path / "log.parquet")
    columns = messy.columns(ability=messy.NAMES["ability"])
    counts = count(messy.question(tmp_path / "log.parquet", columns=columns))
    rows = {b["reason"]: b["rows"] for b in counts.meta["breaches"] if "missing" in b["reason"]}
    assert rows == dict.fromkeys(
        ["missing system", "missing cohort window", "missing cluster", "missing item"], 400
    )
    assert set(counts.slices["system"]) == {"", "(missing)"}
    assert len(counts.items) == counts.facts["seasoned"].sum() == 0


def test_a_log_of_times_outcomes_and_scores_alone_is_counted() -> None:
    frame = made.platform(3, 400, "reset")[["time", "outcome", "score"]]
    bounds: Any = {
        "baseline": ("2024-01-01", "2024-01-20"),
        "incident": ("2024-01-20", "2024-02-10"),
    }
    found = investigate.open(frame, time="time", outcome="outcome", score="score", **bounds)
    assert found.counts.meta["rows"] == len(frame)
    assert set(found.counts.slices["by"]) == {"all", "system"}
