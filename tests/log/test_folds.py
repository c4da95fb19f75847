import hashlib
from typing import Any

import ibis
import messy
import pyarrow as pa
import pytest

from investigate.counts.table import FOLDS
from investigate.log.clusters import with_clusters
from investigate.log.folds import fold, spread
from investigate.question.question import Question

pytestmark = pytest.mark.quick_cases(1)

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


def test_equal_rows_at_whole_minutes_are_spread_over_the_folds(load: Any) -> None:
    """Without clusters; 3,000 rows of a day say the same but for their cohort."""
    size, kind = 6_000, pa.timestamp("us", "UTC")
    rows: dict[str, Any] = {
        "time": pa.array([0] * size, kind),
        "outcome": [n % 2 for n in range(size)],
        "bin": [5] * size,
        "item": pa.array([None] * size, pa.string()),
        "system": ["a"] * size,
        "cluster": pa.array([None] * size, pa.string()),
        "cohort0": [None if n % 7 == 0 else n % 5 for n in range(size)],
    }

    def spread_over(given: dict[str, Any], question: Question, always: bool = False) -> Any:
        table = load(pa.table(given))
        table = table.mutate(fold=fold(table, question))
        found = spread(table, question, ["cohort0", "weight"], always=always).to_pandas()
        return found.groupby(["outcome", "cohort0", "fold"], dropna=False).size()

    found = spread_over(rows, UNCLUSTERED)
    # As rows thrown at random: chi-square of the folds of each outcome, and of both at once.
    sizes = found.groupby(["outcome", "fold"]).sum().unstack()
    assert sizes.shape == (2, FOLDS)
    statistics = ((sizes - size / 2 / FOLDS) ** 2 / (size / 2 / FOLDS)).sum(axis=1)
    assert all(14 < one < 56 for one in statistics)
    assert abs(sizes.T.corr().iloc[0, 1]) < 0.5
    # The order of a log has no say in what is counted.
    back = {name: values[::-1] for name, values in rows.items()}
    assert found.equals(spread_over(back, UNCLUSTERED))
    # One row with seconds: the log's times are no dates.
    finer = {**rows, "time": pa.array([0] * (size - 1) + [1_000_000], kind)}
    assert len(spread_over(finer, UNCLUSTERED).groupby("fold").sum()) <= 3
    assert len(spread_over(finer, UNCLUSTERED, always=True).groupby("fold").sum()) == FOLDS
    assert len(spread_over(rows, CLUSTERED).groupby("fold").sum()) <= 2


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
