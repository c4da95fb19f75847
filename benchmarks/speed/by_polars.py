"""The tables of `benchmarks.speed.work.pandas` by Polars, in an environment of its own.

AUC is what the ranks of the positives say (Mann & Whitney 1947), ties counted half, as
scikit-learn has it; Polars has no function of that name. Prints as `benchmarks.speed.work` does.
"""

import json
import resource
import sys
import time
from typing import Any

import polars as pl


def tables(log: str, asked: dict[str, Any]) -> dict[str, Any]:
    """AUC of the groups, pairs with the system and days, and sums by item, of the rows of `log`."""
    groups = ["system", *asked["cohorts"]]
    moments = [asked["baseline"]["start"], asked["incident"]["start"], asked["incident"]["end"]]
    start, middle, end = (pl.lit(moment).str.to_datetime("%Y-%m-%d") for moment in moments)
    rows = pl.read_parquet(log)
    areas = [_areas(rows.with_columns(day=pl.col("time").dt.date()), ["day", "system"])]
    rows = rows.filter((pl.col("time") >= start) & (pl.col("time") < end))
    rows = rows.with_columns(window=pl.col("time") >= middle)
    for key in [[], *([name] for name in groups), *(["system", name] for name in groups[1:])]:
        areas.append(_areas(rows, ["window", *key]))
    repeats = rows.select("student", "exercise", "time").is_duplicated().sum()
    for name in groups:
        rows.group_by("window", "exercise", name).agg(pl.len(), pl.col("outcome").sum())
    found = pl.concat(areas)
    return {"areas": len(found), "mean": found.mean(), "repeats": int(repeats)}


def _areas(rows: pl.DataFrame, keys: list[str]) -> pl.Series:
    one = pl.col("outcome") == 1
    ranks = pl.col("score").rank().filter(one).sum()
    positives, size = one.sum().cast(pl.Float64), pl.len().cast(pl.Float64)
    area = (ranks - positives * (positives + 1) / 2) / (positives * (size - positives))
    return rows.group_by(keys).agg(area=area)["area"].fill_nan(0.0)


def main() -> None:
    """Count the log that the first argument names; the second is the question, as JSON."""
    began = time.perf_counter()
    result = tables(sys.argv[1], json.loads(sys.argv[2]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime}
    print(json.dumps({**cost, "gigabytes": used.ru_maxrss / 1e6, **result}))


if __name__ == "__main__":
    main()
