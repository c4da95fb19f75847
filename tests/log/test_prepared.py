"""Another window over a log that was read for one gives what reading it again would."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import messy
import pandas as pd
import pytest

from investigate import log
from investigate.counts.table import Counts
from investigate.log import ordered, outside
from investigate.log.counting import _read_once
from investigate.log.prepared import Prepared, reading_key
from investigate.log.source import Engine
from investigate.question import params

pytestmark = pytest.mark.slow
LATER = {
    "baseline": {"start": "2024-03-05", "end": "2024-03-25"},
    "incident": {"start": "2024-03-25", "end": "2024-04-15"},
}


def same(one: Counts, other: Counts) -> bool:
    for field in fields(Counts):
        if field.name not in ("meta", "memory"):
            pd.testing.assert_frame_equal(getattr(one, field.name), getattr(other, field.name))
    return dict(one.meta) == dict(other.meta)


def test_a_second_window_reads_no_log(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    messy.frame(3).to_csv(path, index=False)
    first, second = messy.question(path), messy.question(path, **LATER)
    expected = [log.count(one) for one in (first, second)]
    kept = Prepared(tmp_path, [(str(path), "its hash")])
    assert same(log.count(first, prepared=kept), expected[0])
    assert len(list(tmp_path.glob("*.duckdb"))) == 1
    # The file now holds nothing that could be counted.
    path.write_bytes(b"")
    assert same(log.count(second, prepared=kept), expected[1])


def test_rows_of_no_window_are_counted_in_the_order_of_their_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, made = tmp_path / "log.parquet", list[bool]()
    rows = messy.frame(3)
    rows[messy.NAMES["cluster"]] = rows[messy.NAMES["cluster"]].fillna("somebody")
    rows.to_parquet(path)
    # Clocks change on 31 March, and there are days between the windows.
    question = messy.question(
        path,
        timezone="Europe/Berlin",
        baseline={"start": "2024-02-25", "end": "2024-03-15"},
        incident={"start": "2024-04-02", "end": "2024-04-15"},
    )
    whole = outside.Outside.of

    def noted(*asked: Any) -> outside.Outside | None:
        found = whole(*asked)
        made.append(found is not None)
        return found

    monkeypatch.setattr(ordered, "AT_ONCE", 700)
    monkeypatch.setattr(outside.Outside, "of", noted)
    kept = Prepared(tmp_path, [(str(path), "its hash")])
    expected = log.count(question, prepared=kept)
    assert same(log.count(question, prepared=kept), expected)
    # A window that ends within a day is left to the engine.
    within = {"start": "2024-04-02", "end": "2024-04-15T12:00"}
    other = params.from_names({**question.asked(), "incident": within})
    assert same(log.count(other, prepared=kept), log.count(other))
    assert made == [False, True, False, False]


def test_kept_rows_have_the_types_of_rows_that_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    messy.frame(3).to_parquet(path)
    question, kept = messy.question(path), Prepared(tmp_path, [(str(path), "its hash")])
    schemas = []
    for _time in range(2):
        with Engine() as engine:
            schemas.append(dict(_read_once(question, engine, kept)[0].table.schema().items()))
    # What else is kept there of rows.
    assert schemas[1].pop("seasoned").is_boolean()
    assert schemas[0] == schemas[1]


def test_other_rows_are_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    messy.frame(3).to_parquet(path)
    question = messy.question(path)
    log.count(question, prepared=Prepared(tmp_path, [(str(path), "its hash")]))
    messy.frame(4).to_parquet(path)
    found = log.count(question, prepared=Prepared(tmp_path, [(str(path), "another hash")]))
    assert same(found, log.count(question))


def test_what_reading_depends_on_is_told_apart() -> None:
    question = messy.question("x.parquet")
    alike = [messy.question("x.parquet", **LATER), messy.question("x.parquet", case="other")]
    assert {reading_key(one) for one in alike} == {reading_key(question)}
    others = [
        messy.question("y.parquet"),
        messy.question("x.parquet", cohorts=[]),
        messy.question("x.parquet", timezone="Asia/Tokyo"),
        messy.question("x.parquet", where={"rows": "default"}),
        # By it a cohort of many numbers is cut into bands, or not.
        messy.question("x.parquet", thresholds={"max_groups": 20}),
        # Buckets of hours: days begin elsewhere.
        messy.question(
            "x.parquet",
            baseline={"start": "2024-03-01", "end": "2024-03-03"},
            incident={"start": "2024-03-03", "end": "2024-03-05"},
        ),
    ]
    assert len({reading_key(one) for one in [question, *others]}) == 7
    assert reading_key(messy.question("postgres://host/name")) is None
