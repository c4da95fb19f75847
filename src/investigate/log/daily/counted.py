"""Rows counted by part, bucket and stream: every row once in each grouping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import MISSING, OTHER
from investigate.log.daily.dependence import COARSE, FOLDS, ratios
from investigate.log.daily.edges import binned
from investigate.log.folds import fold, spread
from investigate.log.sums import sums
from investigate.log.tables import repeated
from investigate.log.temporary import beside, keep
from investigate.question.question import Question

Groups = Mapping[str, Sequence[str]]
"""Of each column, ``system`` or a cohort, the labels that are streams of their own."""

_FACTS = ("rows", "unscored", "pending", "unusable")
_CELLS = ("positives", "negatives", "off")


@dataclass(frozen=True, eq=False)
class DayCounts:
    """What the rows of some parts leave behind, by part, bucket and stream, in this order.

    All begin with ``part`` (the part's place among those read), ``start`` (the bucket's, in
    UTC), ``by`` (``all``, ``system`` or a cohort's column) and ``label`` (empty for all).

    cells: ``bin``, ``positives``, ``negatives``, ``off`` (rows whose score is none of the
        edges; where there are none, the bin's ties are real ties); scored rows.
    facts: ``rows``; of these ``unscored`` without a finite score, ``pending`` without an
        outcome, ``unusable`` with one that is neither 0 nor 1. A row can be two of them.
    dependence: ``ratio`` of the variance of AUC to that of independent rows, where known.
    """

    cells: pd.DataFrame
    facts: pd.DataFrame
    dependence: pd.DataFrame


def columns(question: Question) -> dict[str, str]:
    """The groupings of `question` beside ``all``, each with the rows' column of text."""
    named = {"system": "system"} if question.columns.system else {}
    return named | {name: f"cohort{i}" for i, name in enumerate(question.cohorts)}


def labels(rows: ibis.Table, question: Question) -> pd.DataFrame:
    """The groups of each column by ``by`` and ``label``, with their ``rows``; none missing."""
    frames = []
    for by, column in columns(question).items():
        there = rows.filter(rows[column].notnull())
        frame = sums(there.select(label=there[column]), ["label"], {"rows": _.count()})
        frame.insert(0, "by", repeated([by], np.zeros(len(frame), dtype=np.intp)))
        frames.append(frame)
    if not frames:
        return pd.DataFrame({"by": [], "label": [], "rows": []})
    return pd.concat(frames, ignore_index=True)


def counted(
    rows: ibis.Table, question: Question, edges: tuple[float, ...], groups: Groups
) -> DayCounts:
    """The counts of `rows`, which have ``part`` and ``start`` besides what the log's rows have.

    The engine's time zone must be UTC.
    """
    streams = [("all", "")]
    texts = columns(question)
    placed = binned(rows, edges)
    placed = placed.mutate(fold=fold(placed, question))
    # Always, so that what is counted of a day hangs on no other.
    apart = ["score", "pending", *texts.values()]
    placed = spread(placed, question, apart, always=True)
    base: dict[str, Any] = {
        "part": placed.part,
        "start": placed.start,
        "outcome": placed.outcome,
        "bin": placed["bin"],
        "off": placed.off,
        "scored": placed.reason.isnull(),
        "unscored": placed.score.isnull(),
        "pending": placed.pending,
        "unusable": placed.outcome.isnull() & ~placed.pending,
        "fold": placed.fold % FOLDS,
    }
    kept = keep(placed.select(**base, **{text: placed[text] for text in texts.values()}))
    measured = list(base)
    stacked = [kept.select(*measured, stream=ibis.literal(0, type="int32"))]
    for by, text in texts.items():
        own = sorted({*groups.get(by, ()), MISSING} - {OTHER})
        first = len(streams)
        streams += [(by, label) for label in [*own, OTHER]]
        table = beside(kept, _numbered(own, first))
        coded = kept.mutate(label=kept[text].fill_null(MISSING)).left_join(table, "label")
        number = coded.number.fill_null(first + len(own)).cast("int32")
        stacked.append(coded.select(*measured, stream=number))
    return _summed(ibis.union(*stacked), streams, len(edges))


def _numbered(labels: list[str], first: int) -> pd.DataFrame:
    numbers = pd.array(range(first, first + len(labels)), dtype="int32")
    return pd.DataFrame({"label": pd.array(labels, dtype="str"), "number": numbers})


def _summed(rows: ibis.Table, streams: list[tuple[str, str]], bins: int) -> DayCounts:
    keys = ["part", "start", "stream"]
    sides = {"positives": (_.outcome == 1).sum(), "negatives": (_.outcome == 0).sum()}
    outcomes = {name: side.cast("int64") for name, side in sides.items()}
    finest = keep(
        rows.filter(rows.scored)
        .group_by([*keys, "fold", "bin"])
        .agg(**outcomes, off=_.off.sum().cast("int64"))
    )
    cells = sums(finest, [*keys, "bin"], {name: _[name].sum() for name in _CELLS})
    coarse = finest.mutate(bin=(finest["bin"].cast("int64") * COARSE // max(bins, 1)))
    pairs = {name: _[name].sum() for name in outcomes}
    found = ratios(sums(coarse, [*keys, "fold", "bin"], pairs), keys)
    facts = {"rows": _.count(), **{name: _[name].sum() for name in _FACTS[1:]}}
    tables = cells, sums(rows, keys, facts), found
    return DayCounts(*(_labelled(table, streams) for table in tables))


def _labelled(frame: pd.DataFrame, streams: list[tuple[str, str]]) -> pd.DataFrame:
    numbers = frame.pop("stream")
    for place, name in enumerate(("by", "label")):
        texts = [stream[place] for stream in streams]
        frame.insert(2 + place, name, repeated(texts, numbers))
    return frame.astype({"start": "datetime64[us, UTC]"})
