import hashlib
from typing import Any

import ibis
import messy
import pyarrow as pa
import pytest

from investigate.counts.table import FOLDS
from investigate.log.clusters import with_clusters
from investigate.log.folds import fold
from investigate.question.question import Question

CLUSTERED = messy.question("x.parquet")
UNCLUSTERED = messy.question("x.parquet", columns=messy.columns("cluster", "item"))


def folds(load: Any, question: Question, **columns: list[Any]) -> list[int]:
    rows: dict[str, Any] = {
        "time": pa.array([0] * 64, pa.timestamp("us", "UTC")),
        "outcome": [1] * 64,
        "bin": list(range(64)),
        "item": pa.array([None] * 64, pa.string()),
        "system": ["a"] * 64,
        "cluster": pa.array([None] * 64, pa.string()),
    }
    table = load(pa.table(rows | columns))
    return table.select(fold=fold(table, question))["fold"].to_pyarrow().to_pylist()


def test_a_fold_is_the_hash_of_the_cluster(load: Any) -> None:
    clusters = [f"Schüler {i}" for i in range(64)]
    expected = [hashlib.md5(name.encode()).digest()[0] % FOLDS for name in clusters]
    assert folds(load, CLUSTERED, cluster=clusters) == expected


def test_rows_without_a_cluster_spread_over_all_folds_by_what_they_say(load: Any) -> None:
    for question in (CLUSTERED, UNCLUSTERED):
        found = folds(load, question)
        assert len(set(found)) > 20
        assert found == folds(load, question)


def test_rows_that_repeat_share_a_fold(load: Any) -> None:
    assert len(set(folds(load, UNCLUSTERED, bin=[5] * 64))) == 1
    assert len(set(folds(load, CLUSTERED, bin=[5] * 64, outcome=[0, 1] * 32))) == 1


def test_a_cluster_hashed_once_has_the_fold_of_each_of_its_rows(load: Any) -> None:
    rows = load(
        pa.table(
            {
                "time": pa.array(range(90), pa.timestamp("us", "UTC")),
                "outcome": [1] * 90,
                "bin": [n % 7 for n in range(90)],
                "item": pa.array([None] * 90, pa.string()),
                "system": ["a"] * 90,
                "cluster": [None if n % 5 == 0 else f"c{n % 11}" for n in range(90)],
                "window": pa.array([n % 3 - 1 for n in range(90)], pa.int8()),
                "reason": pa.array([None if n % 4 else 2 for n in range(90)], pa.int8()),
            }
        )
    )
    each = rows.select("time", fold=fold(rows, CLUSTERED)).to_pandas()
    once = with_clusters(rows, CLUSTERED)
    once = once.select("time", fold=fold(once, CLUSTERED)).to_pandas()
    assert len(once) == 90
    assert dict(once.to_numpy().tolist()) == dict(each.to_numpy().tolist())


@pytest.mark.slow
def test_folds_compile_for_other_engines() -> None:
    kinds = {"time": "timestamp('UTC')", "outcome": "int8", "bin": "int64"}
    table = ibis.table(kinds | dict.fromkeys(("item", "system", "cluster"), "string"), name="rows")
    for dialect in ("duckdb", "postgres", "pyspark"):
        assert "md5" in ibis.to_sql(fold(table, CLUSTERED), dialect=dialect).lower()
