"""A query that was written before is asked again only where all of it is the same."""

from collections.abc import Callable, Iterator
from typing import Any

import ibis
import pandas as pd
import pytest
from ibis import _

from investigate.log import folds, queries
from investigate.log.embedded import Embedded
from investigate.log.temporary import keep

pytestmark = pytest.mark.quick_cases(1)

FRAME = pd.DataFrame({"x": [-2.0, -1.0, 0.5], "name": ["a", "b", "a"], "n": [3, 4, 5]})
Form = Callable[[ibis.Table], ibis.Table]
FORMS: list[Form] = [
    # Python's hash of -1 is that of -2, and True equals 1.
    lambda t: t.filter(_.x == -1),
    lambda t: t.filter(_.x == -2),
    lambda t: t.filter(_.x == -1.0),
    lambda t: t.mutate(y=ibis.literal(1)),
    lambda t: t.mutate(y=ibis.literal(True)),
    lambda t: t.mutate(y=ibis.literal(1.0)),
    lambda t: t.mutate(y=ibis.literal(0.0)),
    lambda t: t.mutate(y=ibis.literal(-0.0)),
    lambda t: t.mutate(y=ibis.literal("1")),
    lambda t: t.mutate(y=_.n.cast("int8")),
    lambda t: t.mutate(y=_.n.cast("int16")),
    lambda t: t.mutate(z=_.n.cast("int16")),
    lambda t: t.group_by("name").agg(y=_.x.sum()),
    lambda t: t.group_by("name").agg(y=_.x.max()),
    lambda t: t.filter(_.name.isin(["a", "b"])),
    lambda t: t.filter(_.name.isin(["a", "c"])),
    lambda t: t.mutate(y=ibis.row_number().over(order_by="x")),
    lambda t: t.mutate(y=ibis.row_number().over(order_by="n")),
    lambda t: t.mutate(y=folds.hashed(t.name)),
]


@pytest.fixture
def connections() -> Iterator[list[Any]]:
    found = [Embedded().connect(), Embedded().connect()]
    yield found
    for one in found:
        one.disconnect()


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, str]:
    """What was written, which is nothing yet."""
    found: dict[bytes, str] = {}
    monkeypatch.setattr(queries, "_written", found)
    return found


def test_forms_that_differ_in_anything_have_queries_of_their_own(
    connections: list[Any], known: dict[bytes, str]
) -> None:
    first, second = (one.create_table("rows", FRAME, temp=True) for one in connections)
    for number, form in enumerate(FORMS, 1):
        query = connections[0].compile(form(first))
        assert len(known) == number
        # The other connection's rows are asked by the same text.
        assert connections[1].compile(form(second)) == query
        assert len(known) == number
    connections[1].raw_sql('UPDATE "rows" SET n = n + 10')
    for form in FORMS:
        for connection, table in zip(connections, (first, second), strict=True):
            own = connection._compiled(form(table))
            expected = connection.con.sql(own).df().sort_values(["name"]).to_numpy().tolist()
            asked = form(table).to_pandas().sort_values(["name"]).to_numpy().tolist()
            assert asked == expected


def test_tables_are_told_apart_by_all_that_names_them(
    connections: list[Any], known: dict[bytes, str]
) -> None:
    backend = connections[0]
    one = backend.create_table("one", FRAME, temp=True)
    other = backend.create_table("other", FRAME.assign(n=0), temp=True)
    assert one.agg(n=_.n.sum()).to_pandas()["n"].item() == 12
    assert other.agg(n=_.n.sum()).to_pandas()["n"].item() == 0
    assert len(known) == 2


def test_tables_of_each_connection_are_numbered_alike(connections: list[Any]) -> None:
    for one in connections:
        table = one.create_table("rows", FRAME, temp=True)
        kept = [keep(table.filter(_.n > least)) for least in (3, 4)]
        assert [found.op().name for found in kept] == ["kept_0", "kept_1"]
        assert [len(found.to_pandas()) for found in kept] == [2, 1]


def test_a_query_with_a_limit_is_written_anew(
    connections: list[Any], known: dict[bytes, str]
) -> None:
    table = connections[0].create_table("rows", FRAME, temp=True)
    assert [len(table.execute(limit=rows)) for rows in (1, 2)] == [1, 2]
    assert known == {}


def test_no_more_are_remembered_than_there_is_room_for(
    connections: list[Any], known: dict[bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 3)
    table = connections[0].create_table("rows", FRAME, temp=True)
    for least in range(8):
        rows = table.filter(_.n > least).to_pandas()
        assert len(rows) == (FRAME["n"] > least).sum()
        assert len(known) <= 3
