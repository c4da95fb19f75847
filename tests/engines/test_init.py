"""`investigate init` of a server's tables proposes what it proposes of the same tables in files."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import public_logs
import pytest
from engines.postgres_server import Database

from investigate.errors import InputError
from investigate.proposal.propose import propose


@pytest.fixture
def ads(postgres: Database, tmp_path: Path) -> Iterator[Path]:
    """A DuckDB file with two tables that are on the server too, which holds no others."""
    path = tmp_path / public_logs.two_tables(tmp_path)
    with postgres.connected() as connection:
        connection.execute('DROP SCHEMA IF EXISTS "Schema ä" CASCADE')
    with duckdb.connect(str(path), read_only=True) as connection:
        for name in ("predictions", "feedback"):
            rows = connection.sql(f"FROM {name}").to_arrow_table()
            postgres.put(name, rows)
    yield path
    with postgres.connected() as connection:
        connection.execute('DROP SCHEMA "Schema ä" CASCADE')


def test_two_tables_of_a_server_are_described_as_those_of_a_file(
    postgres: Database, ads: Path
) -> None:
    ours = propose(str(ads)).question
    schema = "Schema ä"
    named = propose(postgres.url, f"{schema}.feedback", table=f"{schema}.predictions").question
    assert named.case == "schema-ae-predictions"
    assert named.model_dump(exclude={"case", "log", "outcomes"}) == ours.model_dump(
        exclude={"case", "log", "outcomes"}
    )
    assert named.outcomes is not None
    assert ours.outcomes is not None
    assert named.outcomes.columns == ours.outcomes.columns
    assert named.log.model_dump() == {"url": postgres.url, "table": f"{schema}.predictions"}
    found = propose(postgres.url, case=named.case).question
    assert found == named
    with pytest.raises(InputError, match=r"has no table 'feedbak'; "):
        propose(postgres.url, table="feedbak")
