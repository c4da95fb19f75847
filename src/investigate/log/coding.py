"""Columns of text as small numbers, so that rows are narrow and each label is read once.

Numbers are in the order of labels, so what is sorted by one is sorted by the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pandas as pd
from ibis import _

from investigate.counts.table import MISSING
from investigate.log import casts
from investigate.log.folds import hashed
from investigate.log.temporary import keep

NOTHING = -1
"""Stands for a missing label where null would not do, as a key that is joined on."""

_FEW = 2**15


@dataclass(frozen=True)
class Column:
    """A column's labels: ``table`` maps every ``raw`` value to its ``label`` and ``code``."""

    table: ibis.Table

    @cached_property
    def labels(self) -> list[str]:
        """The label of each code."""
        pairs = self._first
        if len(pairs) > _FEW:
            pairs = self.table.select("code", "label").distinct().to_pandas()
        pairs = pairs.drop_duplicates("code").sort_values("code")
        return [str(text) for text in pairs["label"]]

    @cached_property
    def narrow(self) -> Any:
        """The smallest type that holds every code: there is one in every row."""
        most = self.size - 1
        return dt.int16 if most < _FEW else dt.int32 if most < 2**31 else dt.int64

    @cached_property
    def size(self) -> int:
        """How many codes there are."""
        if len(self._first) <= _FEW:
            return len(self._first)
        return int(self.table.agg(most=_.code.max()).to_pyarrow()["most"][0].as_py()) + 1

    @cached_property
    def _first(self) -> pd.DataFrame:
        """All labels where they are few, read at once; else more than few."""
        return self.table.select("code", "label").limit(_FEW + 1).to_pandas()


@dataclass(frozen=True)
class Coding:
    """How columns of rows are coded, by their name; others are text as they are."""

    columns: Mapping[str, Column] = field(default_factory=dict)

    def texts(self, column: str, values: Any) -> Any:
        """`values` of a column, as pandas text; `NOTHING` and null are missing."""
        if column not in self.columns:
            return pd.array(values, dtype="str")
        labels = self.columns[column].labels
        places = pd.Series(values).fillna(NOTHING).astype("int64").to_numpy()
        return pd.array([*labels, MISSING], dtype="str").take(places)

    def missing(self, column: str) -> Any:
        """What replaces a missing label of `column` in expressions that compare it."""
        return NOTHING if column in self.columns else MISSING

    def coded(self, rows: ibis.Table) -> ibis.Table:
        """`rows` with codes for the values of the log, to be kept; null where the label is.

        A cluster's fold is beside it as ``cluster_fold``.
        """
        joined: Any = rows
        codes: dict[str, Any] = {}
        folds: dict[str, Any] = {}
        # One chain of joins is written much faster than joins of what joins have made.
        for name, column in self.columns.items():
            # Cast here, once a label and not once a row.
            code = column.table.code.cast(column.narrow)
            selected = {f"raw {name}": column.table.raw, f"code {name}": code}
            if name == "cluster":
                selected["fold of cluster"] = column.table.fold
            known = column.table.select(**selected)
            joined = joined.left_join(known, rows[name] == known[f"raw {name}"])
            codes[name] = known[f"code {name}"]
            if name == "cluster":
                folds["cluster_fold"] = known["fold of cluster"]
        if not codes:
            return rows
        own = {name: codes.get(name, rows[name]) for name in rows.columns}
        return joined.select(**own, **folds)

    def with_texts(self, rows: ibis.Table, names: Mapping[str, str]) -> ibis.Table:
        """`rows` with columns of text: `names` maps their names to those of codes."""
        for text, name in names.items():
            if name not in self.columns:
                rows = rows.mutate(**{text: rows[name]})
                continue
            known = self.columns[name].table
            known = known.select(label_code="code", label_text="label").distinct()
            joined = rows.left_join(known, rows[name] == known.label_code)
            rows = joined.mutate(**{text: joined.label_text}).drop("label_code", "label_text")
        return rows

    def without(self, *names: str) -> "Coding":
        """The same, for rows whose columns `names` are text."""
        return Coding({name: own for name, own in self.columns.items() if name not in names})


def coding(rows: ibis.Table, names: Sequence[str]) -> Coding:
    """How the columns `names` of `rows`, which hold the log's own values, are coded."""
    return Coding({name: Column(_numbered(rows, name)) for name in names})


def _numbered(rows: ibis.Table, name: str) -> ibis.Table:
    raws = rows.select(raw=rows[name]).filter(_.raw.notnull()).distinct()
    labelled = raws.select("raw", label=casts.label(raws.raw)).filter(_.label.notnull())
    rank = ibis.dense_rank().over(order_by="label")
    numbered: dict[str, Any] = {"code": rank.cast(dt.int64)}
    if name == "cluster":
        # Hashed once a cluster: there are far fewer than rows.
        numbered["fold"] = hashed(labelled.label)
    return keep(labelled.mutate(**numbered))
