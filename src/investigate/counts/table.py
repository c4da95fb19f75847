"""The counts that every analysis reads, and their Parquet files.

Window 0 is the baseline and 1 the incident. A *scope* is three columns: ``by`` names
the grouping (``all``, ``system``, a cohort column, or ``system*<cohort>``), ``system``
and ``cohort`` hold the group's values and are empty strings where they do not apply.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import pandas as pd

FOLDS = 32
"""Jackknife folds; a cluster's fold is a hash of its id."""

SCOPE = ["by", "system", "cohort"]
MISSING = "(missing)"
OTHER = "(other)"


@dataclass(frozen=True, eq=False)
class Counts:
    """All that a log's rows leave behind, as integer counts.

    bins: ``bin`` (0 to B-1, ascending scores), ``low``, ``high`` (smallest and largest
        score seen in it), ``rows`` (in both windows). A bin whose low equals its high
        holds one value, so ties within it are real ties.
    slices: scope, ``window``, ``fold``, ``bin``, ``positives``, ``negatives``; each
        grouping holds every scored row of both windows once.
    arms: ``arm`` and the columns from ``window`` on: the rows that stay when a suspect
        is undone. ``duplicate_rows`` keeps the first row of each repeat,
        ``missing_input`` keeps the rows whose score is not a shared default.
    facts: scope, ``window``, ``rows``, ``positives``, ``repeats`` (rows that repeat an
        earlier one), ``defaulted`` (rows that `missing_input` leaves out),
        ``seasoned`` (rows of clusters with at least five earlier rows in the log),
        ``unscored`` (rows of the window left out because no finite score stands there).
    items: scope (``system``, each cohort column), ``item``, ``window``, ``half`` (fold
        modulo 2), ``rows``, ``positives``, ``bins`` (sum of bin numbers). Empty where
        no item column is named.
    timeline: ``system`` (empty: all), ``start`` (bucket's start, UTC), ``fold`` (fold
        modulo 8), ``bin`` (coarse, about 128 of about equal rows), ``positives``,
        ``negatives``; the whole log, not the windows alone.
    events: ``time`` (UTC), ``label``, ``system``, ordered by time.
    meta: plain JSON: ``fingerprint`` of the question, ``rows`` (in the log),
        ``excluded`` ({reason: rows}), ``breaches`` ([{reason, rows, excluded,
        examples}]), ``clustered`` (a cluster column is named), ``item`` (an item column
        is named), ``bucket_seconds``, ``merged`` ({column: groups counted together}).
    """

    bins: pd.DataFrame
    slices: pd.DataFrame
    arms: pd.DataFrame
    facts: pd.DataFrame
    items: pd.DataFrame
    timeline: pd.DataFrame
    events: pd.DataFrame
    meta: Mapping[str, Any]

    def save(self, folder: Path) -> None:
        """Write one Parquet file a table, and ``meta.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _tables():
            getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
        text = json.dumps(self.meta, indent=2, sort_keys=True, ensure_ascii=False)
        (folder / "meta.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The counts that `save` wrote."""
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _tables()}
        return cls(**tables, meta=json.loads((folder / "meta.json").read_text("utf-8")))

    def groupings(self) -> list[str]:
        """The groupings counted, ``all`` first, then as the question names them."""
        return [str(by) for by in self.slices["by"].unique()]


def _tables() -> list[str]:
    return [f.name for f in fields(Counts) if f.name != "meta"]


def label(system: str, cohort: str) -> str:
    """How a group is written: its system, its cohort value, or both."""
    return " × ".join(part for part in (system, cohort) if part) or "all"
