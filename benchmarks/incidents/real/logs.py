"""Stretches of real logs in which AUC stays about where it is, as worlds to be struck.

A seed decides the stretch and, of OULAD, which modules and cohorts are looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit

from benchmarks.incidents.ordinary.world import Shape, World
from investigate.errors import InputError

DATA = Path(__file__).parents[3] / "data"
Stretch = tuple[str, str, str]
"""Where the baseline starts, where the incident does, and where that ends."""


@dataclass(frozen=True)
class Real:
    """A log and how its columns are called: ``names`` by the part that they play."""

    folder: str
    names: Mapping[str, str]
    cohorts: tuple[str, ...]
    must: str
    digits: int
    history: Mapping[str, str]
    stretches: tuple[Stretch, ...]
    thinned: str | None = None


LOGS: Mapping[str, Real] = {
    "oulad": Real(
        "oulad",
        {"time": "submitted_on", "outcome": "outcome", "score": "score", "cluster": "id_student",
         "system": "system", "item": "id_assessment", "ability": "ability"},
        ("module", "assessment_type", "age_band", "gender", "highest_education", "region"),
        "gender",
        4,
        {},
        (
            ("2013-05-01", "2013-07-01", "2013-08-01"),
            ("2014-03-01", "2014-05-01", "2014-06-01"),
            ("2014-03-15", "2014-04-15", "2014-05-15"),
            ("2014-06-01", "2014-08-01", "2014-09-01"),
            ("2015-02-01", "2015-04-01", "2015-05-15"),
            ("2015-03-01", "2015-05-01", "2015-06-01"),
        ),
        "module",
    ),
    "nfl": Real(
        "nfl",
        {"time": "date", "outcome": "home_won", "score": "forecast", "cluster": "home_season",
         "system": "rated_by", "item": "visitors", "ability": "strength"},
        ("visitors_played", "ground", "stage"),
        "visitors_played",
        6,
        {"item": "team"},
        (
            ("1985-07-01", "1995-07-01", "2000-07-01"),
            ("1990-07-01", "2002-07-01", "2008-07-01"),
            ("2000-07-01", "2010-07-01", "2016-07-01"),
            ("1986-07-01", "2000-07-01", "2006-07-01"),
        ),
    ),
}  # fmt: skip


def real(name: str, seed: int) -> World:
    """The world of a stretch. Raises `InputError` where the log has not been made."""
    log = LOGS[name]
    rng = np.random.default_rng([seed, 2])
    start, onset, end = (
        pd.Timestamp(day) for day in log.stretches[int(rng.integers(len(log.stretches)))]
    )
    table = _read(log.folder, "log.parquet")
    time = table[log.names["time"]].dt.tz_localize(None)
    table = table.assign(**{log.names["time"]: time})[(time >= start) & (time < end)]
    if log.thinned:
        # Five modules of seven: other students, other items.
        values = np.sort(table[log.thinned].unique())
        table = table[table[log.thinned].isin(rng.permutation(values)[:5])]
    table = table.sort_values([log.names["time"], log.names["item"]], ignore_index=True)
    others = [name for name in log.cohorts if name != log.must]
    cohorts = (log.must, *(str(c) for c in rng.permutation(others)[:2]))
    score = table[log.names["score"]].to_numpy()
    parts = {log.names[k]: v for k, v in PARTS.items()}
    rows = table[[*parts, *cohorts]].rename(columns=parts)
    rows[list(cohorts)] = rows[list(cohorts)].astype(object)
    raw = logit(np.clip(score, 1e-7, 1 - 1e-7))
    ability = rows["ability"].to_numpy()
    shape = Shape(
        rng=rng,
        rows=len(rows),
        base_rate=float(rows["outcome"].mean()),
        spread=1.0,
        form="probability",
        customers="many",
        models=tuple(sorted(rows["system"].unique())),
        by_cohort=False,
        cohorts=cohorts,
        carried=0.0,
        closed="some",
        baseline_days=(onset - start).days,
        incident_days=(end - onset).days,
        start=start,
        names=dict(log.names),
        naive=False,
        digits=log.digits,
    )
    history = _read(log.folder, "history.parquet")
    history = history.rename(columns={log.history.get("item", "item"): "item"})
    history["time"] = history["time"].dt.tz_localize(None)
    writes = history[history["time"] < end].reset_index(drop=True)
    # What a score owes to ability is lost with the ability; the rest is the difficulty.
    known = np.column_stack([ability - ability.mean(), np.zeros(len(rows)), np.zeros(len(rows))])
    return World(shape, rows, known, raw, writes)


PARTS = {
    "time": "time", "outcome": "outcome", "cluster": "customer", "system": "system",
    "item": "item", "ability": "ability",
}  # fmt: skip


@lru_cache(maxsize=4)
def _read(folder: str, file: str) -> pd.DataFrame:
    path = DATA / folder / file
    if not path.exists():
        raise InputError(f"data/{folder}/{file}: it has not been made; run make data")
    return pd.read_parquet(path)
