"""Times in several Parquet files, of which only some have a zone, against pandas."""

from pathlib import Path

import pandas as pd

from investigate.log import casts
from investigate.log.files import find
from investigate.log.source import Engine

ZONE = "Europe/Berlin"
SUMMER = pd.Timestamp("2024-07-01 00:30")


def moments(folder: Path) -> list[pd.Timestamp]:
    files = find(str(folder / "*.parquet"), "log")
    with Engine() as engine:
        table = engine.open(files, wanted=("at",))
        value = casts.moment(table["at"], "columns.time", ZONE).value
        found = table.select(at=value).to_pandas()["at"]
    return sorted(pd.to_datetime(found, utc=True))


def write(folder: Path, name: str, at: object) -> None:
    # A field within a struct has no say, though it is called the same.
    pd.DataFrame({"at": [at], "more": [{"at": 1}]}).to_parquet(folder / f"{name}.parquet")


def test_times_without_a_zone_are_local_beside_others_that_have_one(tmp_path: Path) -> None:
    write(tmp_path, "local", SUMMER)
    write(tmp_path, "date", SUMMER.date())
    zoned = SUMMER.tz_localize("America/New_York") + pd.Timedelta("1us")
    write(tmp_path, "zoned", zoned)
    expected = [SUMMER.normalize().tz_localize(ZONE), SUMMER.tz_localize(ZONE), zoned]
    assert moments(tmp_path) == [moment.tz_convert("UTC") for moment in expected]


def test_files_that_agree_keep_their_type(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write(tmp_path, name, SUMMER.tz_localize(ZONE))
    files = find(str(tmp_path / "*.parquet"), "log")
    with Engine() as engine:
        assert engine.open(files, wanted=("at",))["at"].type().is_timestamp()
