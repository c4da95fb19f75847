"""One piece of work in a process of its own: what it cost, as JSON on its last line."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.speed.made import question

GROUPS = ["system", "country", "school", "grade", "app", "version"]


def scan(path: Path) -> dict[str, Any]:
    """A look at every value of the columns that are counted, by the engine that counts."""
    import duckdb

    names = ["time", "outcome", "score", "student", "exercise", *GROUPS]
    looked = ", ".join(f"max({name})" for name in names)
    # Else the largest of a row group is read from the file's own statistics, and nothing scanned.
    duckdb.sql("SET disabled_optimizers = 'statistics_propagation'")
    duckdb.sql(f"SELECT {looked} FROM read_parquet('{path}')").fetchall()
    return {}


def counts(path: Path) -> dict[str, Any]:
    """The counts of the question."""
    from investigate import log
    from investigate.question import params

    found = log.count(params.from_names(question(path)))
    return {"cells": len(found.slices), "items": len(found.items), "bins": len(found.bins)}


def pandas(path: Path) -> dict[str, Any]:
    """AUC by scikit-learn of the groups, pairs with the system and days, and sums by item."""
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    rows = pd.read_parquet(path)
    asked = question(path)
    start, middle, end = (
        pd.Timestamp(asked[window][side])
        for window, side in (("baseline", "start"), ("incident", "start"), ("incident", "end"))
    )
    days = rows.groupby([rows["time"].dt.date, "system"], observed=True)
    areas = [_area(own, roc_auc_score) for _, own in days[["outcome", "score"]]]
    rows = rows[(rows["time"] >= start) & (rows["time"] < end)]
    rows = rows.assign(window=(rows["time"] >= middle).astype("int8"))
    keys = [[], *([name] for name in GROUPS), *(["system", name] for name in GROUPS[1:])]
    for key in keys:
        groups = rows.groupby(["window", *key], observed=True)[["outcome", "score"]]
        areas += [_area(own, roc_auc_score) for _, own in groups]
    repeats = rows.duplicated(["student", "exercise", "time"]).sum()
    for name in GROUPS:
        rows.groupby(["window", "exercise", name], observed=True)["outcome"].agg(["size", "sum"])
    return {"areas": len(areas), "repeats": int(repeats)}


def _area(own: Any, area: Callable[..., Any]) -> float:
    return float(area(own["outcome"], own["score"])) if own["outcome"].nunique() == 2 else 0.0


WORK = {"scan": scan, "counts": counts, "pandas": pandas}


def main() -> None:
    """Do what the first argument names, on the log that the second does."""
    began = time.perf_counter()
    result = WORK[sys.argv[1]](Path(sys.argv[2]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime}
    print(json.dumps({**cost, "gigabytes": used.ru_maxrss / 1e6, **result}))


if __name__ == "__main__":
    main()
