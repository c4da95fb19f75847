"""Who listens hears how far a long query is, on an engine that can tell."""

import ibis
import pytest

from investigate.log import embedded
from investigate.log.embedded import Embedded
from investigate.log.progress import following, listening


def made(size: int) -> tuple[Embedded, ibis.Table]:
    connection = Embedded().connect()
    connection.raw_sql(f"CREATE TABLE rows AS SELECT range AS n FROM range({size})")
    return connection, connection.table("rows")


def setting(connection: Embedded, name: str) -> object:
    return connection.raw_sql(f"SELECT current_setting('{name}')").fetchall()[0][0]


def test_a_long_query_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "EVERY", 0.001)
    connection, rows = made(500_000)
    heard: list[tuple[str, float]] = []
    with listening(lambda what, done: heard.append((what, done))):
        for _ in range(50):
            with following(rows, "reading", 0.1, 0.3):
                rows.mutate(text=rows.n.cast("string")).text.nunique().to_pyarrow()
            if heard:
                break
    shares = [done for _, done in heard]
    assert {what for what, _ in heard} == {"reading"}
    assert shares == sorted(set(shares))
    assert 0.1 < shares[0] <= shares[-1] <= 0.3
    # The bar is for the kit's own use alone, and drawn nowhere.
    assert setting(connection, "enable_progress_bar") is False


def test_without_a_listener_nothing_is_asked_of_the_engine() -> None:
    connection, rows = made(1)
    before = setting(connection, "progress_bar_time")
    with following(rows, "reading", 0.1, 0.3):
        rows.n.sum().to_pyarrow()
    assert setting(connection, "progress_bar_time") == before
