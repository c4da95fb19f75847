"""Columns whose names differ in case alone: the one that is asked for is read, or none."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.log import hold
from investigate.log.files import Files, find
from investigate.log.source import Engine

ROWS = pd.DataFrame({"score": [0.1], "Score": [0.9]})


def scores(files: Files, tables: dict[str, Any], name: str) -> list[float]:
    with Engine(tables) as engine:
        found = engine.open(files, wanted=(name,))
        return sorted(found[name].to_pyarrow().to_pylist())


def test_files_in_another_order_are_not_mixed_up(tmp_path: Path) -> None:
    ROWS[["score"]].to_parquet(tmp_path / "a.parquet")
    ROWS.to_parquet(tmp_path / "b.parquet")
    files = find(str(tmp_path / "*.parquet"), "log")
    assert scores(files, {}, "score") == [0.1, 0.1]
    ROWS[["Score", "score"]].to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match=r"^'b\.parquet' has columns 'Score' and 'score', which"):
        scores(files, {}, "score")


def test_of_a_table_in_memory_the_second_is_refused() -> None:
    source, table = hold(ROWS, "log")
    files, tables = find(source, "log"), {source.in_memory: table}
    assert scores(files, tables, "score") == [0.1]
    with pytest.raises(InputError, match=r"^the table in memory has columns 'score' and 'Score'"):
        scores(files, tables, "Score")
