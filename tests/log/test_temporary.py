from typing import Any

import duckdb
import pandas as pd
import pytest

from investigate.log.temporary import beside, forget, keep, short


def test_what_is_kept_stays_as_it_was_computed(connection: Any, load: Any) -> None:
    source = load({"x": [1, 2]})
    kept = keep(source.mutate(y=source["x"] + 1))
    connection.raw_sql(f"INSERT INTO {source.get_name()} VALUES (3)")
    assert source.count().to_pyarrow().as_py() == 3
    assert kept.to_pyarrow().to_pydict() == {"x": [1, 2], "y": [2, 3]}


def test_what_is_forgotten_is_dropped(load: Any) -> None:
    kept = keep(load({"x": [1, 2]}))
    named = short(kept.mutate(y=kept["x"] + 1))
    assert named.to_pyarrow().to_pydict() == {"x": [1, 2], "y": [2, 3]}
    forget(kept)
    with pytest.raises(duckdb.CatalogException, match="does not exist"):
        kept.to_pyarrow()


@pytest.mark.slow
def test_a_frame_can_be_joined_to_what_lies_beside_it(load: Any) -> None:
    source = load({"x": [1, 2]})
    frame = beside(source, pd.DataFrame({"x": [2], "name": ["two"]}))
    assert source.join(frame, "x").to_pyarrow().to_pydict() == {"x": [2], "name": ["two"]}
