"""One log on two engines, and whether all that is counted of it is the same."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from investigate.question import params
from investigate.question.question import Question

ZONE = "Europe/Berlin"


class Place(Protocol):
    """Where a table of Arrow can be put, to be read by its address."""

    url: str

    def put(self, name: str, table: pa.Table) -> dict[str, str]:
        """Holds `table`; how a question names it."""


@dataclass(frozen=True)
class Case:
    """A question's keys but for its sources, and the tables that these name."""

    keys: dict[str, Any]
    tables: dict[str, pa.Table]

    def at(self, place: Place | Path, log: str = "log") -> Question:
        """The question of the tables on an engine, or in files of a folder."""
        sources: dict[str, Any] = {}
        for name, table in self.tables.items():
            if isinstance(place, Path):
                pq.write_table(table, place / f"{name}.parquet")
                sources[name] = str(place / f"{name}.parquet")
            else:
                sources[name] = place.put(name, table)
        values = {**self.keys, "log": sources.pop(log)}
        for name, source in sources.items():
            values[name] = {**values.get(name, {}), "log": source}
        return params.from_values(values, "a test")


def require_alike(one: Any, other: Any) -> None:
    """Fails at the first table or value that differs; floats may by 1e-12."""
    for field in fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(
                mine, theirs, rtol=1e-12, atol=1e-300, obj=f"the table {field.name}"
            )
        elif isinstance(mine, dict):
            metas = [{k: v for k, v in d.items() if k != "fingerprint"} for d in (mine, theirs)]
            different = [k for k in metas[0] if metas[0][k] != metas[1].get(k)]
            assert not different, [(k, metas[0][k], metas[1].get(k)) for k in different]
        elif field.name != "memory":
            assert mine == theirs, field.name


def messy(rows: int = 12_000, values: int = 10_000) -> Case:
    """A log with nulls, a day of 23 and one of 25 hours, decimals, quoted and foreign names."""
    rng = np.random.default_rng(8)
    first, second = (pd.Timestamp(day) for day in ("2024-03-25", "2024-10-22"))
    now = rng.random(rows) < 0.4
    minutes = rng.integers(0, 14 * 24 * 60, rows)
    time = pd.Series(np.where(now, second, first)) + pd.to_timedelta(minutes, "min")
    ability = rng.normal(0, 1, rows).round(6)
    score = 1 / (1 + np.exp(-ability))
    outcome = (rng.random(rows) < score).astype(float)
    outcome[rng.random(rows) < 0.02] = np.nan
    names = ["o'brien", 'in "quotes"', "Größe", "日本", "Zebra", "apfel", "a;b", None]
    systems = rng.choice(np.array(names, dtype=object), rows)
    cohort = [f"value {v}" for v in rng.zipf(1.3, rows) % values]
    cohort[:values] = [f"value {v}" for v in range(values)][:rows]
    table = pa.table(
        {
            "Zeit, örtlich": pa.array(time, pa.timestamp("us"), from_pandas=True),
            "y": pa.array(pd.Series(outcome), pa.int16(), from_pandas=True),
            "the score": pa.array(
                [None if rng.random() < 0.01 else Decimal(f"{s:.6f}") for s in score],
                pa.decimal128(9, 6),
            ),
            'sys"tem': pa.array(list(systems), pa.string()),
            "item": pa.array(rng.integers(0, 300, rows), pa.int64()),
            "who": pa.array([f"wer {w}" for w in rng.integers(0, 900, rows)], pa.string()),
            "ability": pa.array(ability, pa.float64()),
            "Wert": pa.array(cohort, pa.string()),
            "flag": pa.array(rng.random(rows) < 0.5, pa.bool_()),
            "half": pa.array(rng.integers(0, 4, rows) / 2, pa.float64()),
            "age": pa.array(rng.normal(40, 12, rows).round(3), pa.float64()),
        }
    )
    table = pa.concat_tables([table, table.slice(0, 60)])
    keys: dict[str, Any] = {
        "case": "messy",
        "timezone": ZONE,
        "columns": {
            "time": "Zeit, örtlich",
            "outcome": "y",
            "score": "the score",
            "system": 'sys"tem',
            "item": "item",
            "cluster": "who",
            "ability": "ability",
        },
        "cohorts": ["Wert", "flag", "half", "age"],
        "baseline": {"start": "2024-03-26", "end": "2024-04-08"},
        "incident": {"start": "2024-10-23", "end": "2024-11-05"},
        "thresholds": {"max_groups": 200},
    }
    return Case(keys, {"log": table})


def texts(rows: int = 2_000) -> Case:
    """A log of text alone, with what cannot be read in it, and a cohort of odd floats."""
    rng = np.random.default_rng(3)
    time = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 30 * 86_400, rows), "s")
    score = rng.random(rows)
    outcome = ["yes" if true else "No " for true in rng.random(rows) < score]
    outcome[:2] = ["maybe", ""]
    times = [moment.strftime("%Y-%m-%d %H:%M:%S") for moment in time]
    # Two moments that were never, two ways to write others, and one of another zone.
    times[2:7] = ["2024-02-30 10:00:00", "2024-03-05T25:00", "2024/3/5", " 2024-03-05 10:00 ", "?"]
    times[7] = "2024-03-06T10:00:00+02:00"
    numbers = [f"{one:.4f}".replace(".", ",") for one in score]
    numbers[8:12] = ["nan", "1e5", "abc", "inf"]
    floats = [0.1, 1e-5, 2.0, 1e15, 1e16, 1.5e20, -3.25, float("nan"), 0.00025, 12345678.5]
    table = pa.table(
        {
            "t": times,
            "s": numbers,
            "y": outcome,
            "c": pa.array(rng.choice(floats, rows)),
            "u": pa.array(rng.integers(0, 200, rows)),
        }
    )
    keys: dict[str, Any] = {
        "case": "texts",
        "timezone": ZONE,
        "columns": {"time": "t", "outcome": "y", "score": "s", "cluster": "u"},
        "cohorts": ["c"],
        "baseline": {"start": "2024-03-02", "end": "2024-03-15"},
        "incident": {"start": "2024-03-15", "end": "2024-03-29"},
    }
    return Case(keys, {"log": table})


def replayed(rows: int = 4_000) -> Case:
    """A log of three weeks with the history of its difficulties, by two systems, and outcomes."""
    rng = np.random.default_rng(5)
    start, items = pd.Timestamp("2024-01-01", tz="UTC"), 40
    writes = 600
    history = pd.DataFrame(
        {
            "at": start + pd.to_timedelta(np.sort(rng.integers(-9e5, 18e5, writes)), "s"),
            "what": [f"ex {i}" for i in rng.integers(0, items, writes)],
            "by": rng.choice(["rules", "model"], writes),
            "value": rng.normal(0, 1, writes).round(4),
        }
    )
    log = pd.DataFrame(
        {
            "key": np.arange(rows),
            "at": start + pd.to_timedelta(np.sort(rng.integers(0, 21 * 86_400, rows)), "s"),
            "what": [f"ex {i}" for i in rng.integers(0, items, rows)],
            "who": rng.integers(0, 200, rows),
            "ability": rng.normal(0, 1, rows).round(5),
        }
    )
    laid = pd.merge_asof(log, history, on="at", by="what", allow_exact_matches=False)
    inner = log["ability"] - laid["value"].fillna(0.0)
    log["score"], log["by"] = 1 / (1 + np.exp(-inner)), laid["by"].fillna("rules")
    outcomes = pd.DataFrame(
        {
            "id": np.r_[np.arange(rows - 50), np.arange(30)],
            "won": np.r_[(rng.random(rows - 50) < log["score"][: rows - 50]), np.ones(30)],
        }
    ).astype({"won": "int32"})
    tables = {"log": log, "history": history, "outcomes": outcomes}
    keys: dict[str, Any] = {
        "case": "replayed",
        "columns": {
            **{"time": "at", "score": "score", "system": "by", "item": "what", "cluster": "who"},
            **{"ability": "ability", "key": "key", "outcome": "won"},
        },
        "cohorts": ["by"],
        "baseline": {"start": "2024-01-01", "end": "2024-01-15"},
        "incident": {"start": "2024-01-15", "end": "2024-01-22"},
        "history": {"columns": {"time": "at", "item": "what", "system": "by",
                                "difficulty": "value"}},
        "outcomes": {"columns": {"key": "id", "outcome": "won"}},
        "score_formula": "logistic(ability - difficulty)",
        "precedence": "last",
    }  # fmt: skip
    return Case(keys, {n: pa.Table.from_pandas(t, preserve_index=False) for n, t in tables.items()})


def dated(rows: int = 1_500) -> Case:
    """A log of dates and scores of few values without clusters: hundreds of rows say the same."""
    rng = np.random.default_rng(7)
    score = rng.integers(0, 4, rows) / 4
    days = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 4, rows) * 7, "D")
    group = rng.choice(["Ä", "b", "c", ""], rows)
    table = pa.table(
        {
            "day": pa.array(days, pa.timestamp("us", tz="UTC")),
            "y": pa.array((rng.random(rows) < score).astype("int16")),
            "s": pa.array(score),
            "g": pa.array([one or None for one in group], pa.string()),
        }
    )
    keys: dict[str, Any] = {
        "case": "dated",
        "columns": {"time": "day", "outcome": "y", "score": "s"},
        "cohorts": ["g"],
        "baseline": {"start": "2024-03-01", "end": "2024-03-15"},
        "incident": {"start": "2024-03-15", "end": "2024-03-29"},
    }
    return Case(keys, {"log": table})


def midnight(day: str) -> datetime:
    """The start of `day` in the messy log's zone."""
    return pd.Timestamp(day, tz=ZONE).to_pydatetime()
