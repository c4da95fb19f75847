"""An engine for expressions on small tables."""

from collections.abc import Callable, Iterator
from typing import Any

import ibis
import pandas as pd
import pytest

from investigate.log.embedded import Embedded

Load = Callable[[Any], ibis.Table]


@pytest.fixture(scope="session")
def connection() -> Iterator[Any]:
    connection = Embedded().connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    yield connection
    connection.disconnect()


@pytest.fixture
def load(connection: Any) -> Load:
    """Makes a table of a mapping of lists, a data frame or an Arrow table."""

    def loaded(rows: Any) -> ibis.Table:
        rows = pd.DataFrame(rows) if isinstance(rows, dict) else rows
        return connection.create_table(ibis.util.gen_name("test"), rows, temp=True)

    return loaded
