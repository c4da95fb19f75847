from pathlib import Path

import messy
import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.log.events import events
from investigate.log.source import Engine

LISTED = [
    {"time": "2024-03-05", "label": "b"},
    {"time": "2024-03-04T12:00:00Z", "label": "deploy", "system": "default"},
    {"time": "2024-03-05", "label": "a"},
]
IN_BERLIN = [
    {"time": "2024-03-04T12:00:00Z", "label": "deploy", "system": "default"},
    {"time": "2024-03-04T23:00:00Z", "label": "a", "system": ""},
    {"time": "2024-03-04T23:00:00Z", "label": "b", "system": ""},
]


def read(asked: object) -> pd.DataFrame:
    question = messy.question("x.parquet", events=asked, timezone="Europe/Berlin")
    with Engine() as engine:
        return events(question, engine)


def table(rows: list[dict[str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["time", "label", "system"])
    frame["time"] = pd.to_datetime(frame["time"], utc=True).astype("datetime64[us, UTC]")
    return frame.astype({"label": "str", "system": "str"})


def test_no_events_are_an_empty_table() -> None:
    pd.testing.assert_frame_equal(read(None), table([]))


def test_listed_events_are_in_order_and_in_utc() -> None:
    pd.testing.assert_frame_equal(read(LISTED), table(IN_BERLIN))


@pytest.mark.slow
def test_events_of_a_file_are_those_of_a_list(tmp_path: Path) -> None:
    frame = pd.DataFrame(LISTED)
    frame.to_csv(tmp_path / "events.csv", index=False)
    frame.to_parquet(tmp_path / "events.parquet")
    for name in ("events.csv", "events.parquet"):
        pd.testing.assert_frame_equal(read(str(tmp_path / name)), table(IN_BERLIN))
    frame.drop(columns="system").to_csv(tmp_path / "events.csv", index=False)
    assert read(str(tmp_path / "events.csv"))["system"].tolist() == ["", "", ""]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("when,label\n2024-03-01,a\n", "events: the file has no column 'time'; it has when, label"),
        ("time,lable\n2024-03-01,a\n", "events: the file has no column 'label'; did you mean"),
        ("time,label\nsoon,a\n2024-03-01,b\n", "has 1 rows without a time that can be read"),
        ("time,label\n2024-03-01,\n2024-03-01,\n", "has 2 rows without a label that can be read"),
    ],
)
def test_events_that_cannot_be_read_are_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "events.csv").write_text(content)
    with pytest.raises(InputError) as caught:
        read(str(tmp_path / "events.csv"))
    assert message in str(caught.value)
