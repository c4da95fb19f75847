"""The same log on each engine: what is counted of it is equal, table by table."""

from pathlib import Path

import pyarrow as pa
import pytest
from engines.alike import Case, Place, dated, messy, midnight, replayed, require_alike, texts

from investigate import log
from investigate.question.question import Question

# Python's side of Spark lets its sockets be collected.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(params=["postgres", "spark"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("made", [messy, replayed, texts, dated])
def test_counts_are_those_of_the_built_in_engine(
    made: object, place: Place, tmp_path: Path
) -> None:
    assert callable(made)
    case: Case = made()
    here, there = case.at(tmp_path), case.at(place)
    require_alike(log.count(here, examples=True), log.count(there, examples=True))


def test_a_monitors_day_is_counted_alike(place: Place, tmp_path: Path) -> None:
    case = messy(3_000)
    one, other = (_day(case.at(where)) for where in (tmp_path, place))
    assert one[0] == other[0]
    require_alike(one[1], other[1])


def _day(question: Question) -> tuple[object, object]:
    parts = log.parts(question.log)
    # The day of 25 hours and the next.
    since, until = midnight("2024-10-27"), midnight("2024-10-29")
    with log.reading(question, "hour", parts, since, until) as read:
        edges = read.edges()
        counts = read.days(edges, {"system": ["Zebra"], "Wert": ["value 1", "value 2"]})
        return (edges, read.sizes.to_dict(), list(read.starts())), counts


def test_what_was_read_is_recorded_by_its_content(place: Place) -> None:
    case = messy(400, 20)
    asked = case.at(place)
    (first,) = log.server_tables(asked)
    assert (first["part"], first["rows"]) == ("log", 460)
    assert first["name"].startswith(place.url)
    turned = Case(case.keys, {"log": case.tables["log"].take(pa.array(range(459, -1, -1)))})
    assert log.server_tables(turned.at(place)) == [first]
    other = Case(case.keys, {"log": case.tables["log"].slice(1)})
    assert log.server_tables(other.at(place))[0]["sha256"] != first["sha256"]


def test_a_contract_is_checked_alike(postgres: Place, tmp_path: Path) -> None:
    case = messy(3_000)
    assert log.check(case.at(postgres)) == log.check(case.at(tmp_path)) != []
