"""The servers that `make test-engines` starts; without their packages there is nothing to test."""

import importlib.util
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engines.postgres_server import Database
    from engines.spark_session import Session

collect_ignore_glob = [] if importlib.util.find_spec("psycopg") else ["test_*.py"]


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Database]":
    """A running PostgreSQL, its password in the environment."""
    from engines import postgres_server

    with postgres_server.running() as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_PASSWORD", postgres_server.PASSWORD)
        yield postgres_server.Database(port)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Session]":
    """A local session of Spark, which ends with the tests."""
    from engines import spark_session

    yield spark_session.Session(tmp_path_factory.mktemp("spark"))
    spark_session.stop()
