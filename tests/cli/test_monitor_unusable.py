"""A monitor whose log becomes unusable: each day is judged, and what prevents it is reported."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alerted
import numpy as np
import pandas as pd
import pytest
from watching import Place

pytestmark = pytest.mark.slow

FIRST_BAD = 34
Spoil = Callable[[pd.DataFrame], pd.DataFrame | None]


def column(name: str, of: Callable[[pd.DataFrame], Any]) -> Spoil:
    """Rows of which one column is replaced."""
    return lambda rows: rows.astype({name: object}).assign(**{name: of(rows)})


def some(rows: pd.DataFrame, name: str, wrong: str) -> pd.Series:
    """A column as text of which every third value is `wrong`."""
    return rows[name].astype(str).where(np.arange(len(rows)) % 3 > 0, wrong)


# What is done to each day, the measure that tells, its value, and what is said of the file.
KINDS: dict[str, tuple[Spoil, str, float, str]] = {
    "outcomes in words": (
        column("y", lambda rows: rows["y"].map({1: "solved", 0: "failed"})),
        "unusable outcomes", 1.0, "or say which is 1",
    ),
    "a third of the outcomes": (
        column("y", lambda rows: some(rows, "y", "error")), "unusable outcomes", 1 / 3, "",
    ),
    "outcomes of 2": (column("y", lambda rows: rows["y"] * 0 + 2), "unusable outcomes", 1.0, ""),
    "no outcomes": (column("y", lambda _: None), "missing outcomes", 1.0, ""),
    "scores in words": (
        column("s", lambda _: "error"), "missing scores", 1.0, "'error' is no number",
    ),
    "a third of the scores": (
        column("s", lambda rows: some(rows, "s", "error")), "missing scores", 1 / 3, "",
    ),
    "no column of scores": (
        lambda rows: rows.drop(columns="s"), "missing scores", 1.0, "no column 's'",
    ),
    "times in words": (
        column("at", lambda _: "soon"), "rows", 0, "columns.time: 'soon' in 'at' is no time",
    ),
    "days first": (
        column("at", lambda rows: rows["at"].dt.strftime("%d/%m/%Y %H:%M")), "rows", 0,
        "time_format: '%d/%m/%Y %H:%M'",
    ),
    "no times": (column("at", lambda _: None), "rows", 0, "300 of these rows have no usable time"),
    "an empty file": (lambda _: None, "rows", 0, "empty"),
    "names alone": (lambda rows: rows.head(0), "rows", 0, ""),
}  # fmt: skip


# One of each measure; a second day is judged alike whatever is wrong with the first.
TWO_DAYS = {"outcomes in words", "no outcomes", "no column of scores", "an empty file"}


def put(folder: Path, n: int, spoil: Spoil, suffix: str) -> None:
    """The file of one day, spoilt if it is a bad one."""
    (folder / "log").mkdir(exist_ok=True)
    path, rows = folder / "log" / f"{n:03}.{suffix}", alerted.answers(n)
    found = spoil(rows) if n >= FIRST_BAD else rows
    if found is None:
        path.write_bytes(b"")
    elif suffix == "csv":
        found.to_csv(path, index=False)
    else:
        found.to_parquet(path)


@pytest.fixture(scope="module")
def fine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log, and what a monitor left that judged it before any day was bad."""
    folder = tmp_path_factory.mktemp("fine") / "here"
    folder.mkdir()
    for n in range(FIRST_BAD):
        put(folder, n, lambda rows: rows, "csv")
    done = Place(folder, log=str(folder / "log" / "*.csv")).run(FIRST_BAD)
    assert (done.exit_code, done.stderr) == (0, "")
    shutil.copytree(folder, folder.parent / "as it was")
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_judged_is_an_alert_of_its_own(kind: str, fine: Path) -> None:
    spoil, measure, value, message = KINDS[kind]
    # In the same place, since a watch knows its log by where it lies.
    shutil.rmtree(fine)
    shutil.copytree(fine.parent / "as it was", fine)
    place = Place(fine, log=str(fine / "log" / "*.csv"))
    days = (FIRST_BAD, FIRST_BAD + 1) if kind in TWO_DAYS else (FIRST_BAD,)
    for n in days:
        put(fine, n, spoil, "csv")
        done = place.run(n + 1)
        assert (done.exit_code, done.stderr) == (3, "")
        assert message in done.stdout
        (alert, *_) = [one for one in place.alerts() if one.measure == measure and one.open]
        assert alert.since == alerted.day(FIRST_BAD)
        # Of a chart it is an estimate: a share of none is not known to be nothing.
        assert alert.value == pytest.approx(value, abs=0.01)
    # What came after is counted as if nothing had been.
    alerted.answers(days[-1] + 1).to_csv(fine / "log" / "999.csv", index=False)
    assert "300 rows read" in place.run(days[-1] + 2).stdout


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_new_column_stops_nothing(suffix: str, tmp_path: Path) -> None:
    place = Place(tmp_path, log=str(tmp_path / "log" / f"*.{suffix}"))

    def turned(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows.columns[::-1]].assign(model="v2")

    for n in range(FIRST_BAD + 1):
        put(tmp_path, n, turned, suffix)
    together = place.run(FIRST_BAD + 1)
    assert (together.exit_code, together.stderr) == (0, "")
    put(tmp_path, FIRST_BAD + 1, turned, suffix)
    alone = place.run(FIRST_BAD + 2)
    assert (alone.exit_code, alone.stderr) == (0, "")
    assert "300 rows read" in alone.stdout
    assert "no alert is open" in alone.stdout


def test_a_log_that_never_could_be_read_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path, log=str(tmp_path / "log" / "*.csv"))
    (tmp_path / "log").mkdir()
    words = KINDS["outcomes in words"][0](alerted.answers(0))
    assert words is not None
    words.to_csv(tmp_path / "log" / "000.csv", index=False)
    done = place.run(40)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "write 0/1 or true/false, or say which is 1, such as positive: " in done.stderr


def test_a_single_file_that_can_be_read_no_more_keeps_its_counts(tmp_path: Path) -> None:
    place = Place(tmp_path, log=str(tmp_path / "log.csv"))
    rows = pd.concat([alerted.answers(n) for n in range(FIRST_BAD)])
    rows.to_csv(tmp_path / "log.csv", index=False)
    assert place.run(FIRST_BAD).exit_code == 0
    rows.assign(s="error").to_csv(tmp_path / "log.csv", index=False)
    done = place.run(FIRST_BAD)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "columns.score: 'error' is no number" in done.stderr
    rows.to_csv(tmp_path / "log.csv", index=False)
    assert place.run(FIRST_BAD).exit_code == 0
