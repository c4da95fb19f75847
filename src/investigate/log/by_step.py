"""A log counted by day or hour, so finely that any two windows can be compared afterwards.

How large the counts get hangs on steps, groups and bins, and is bounded by `MOST_CELLS`: bins
are as fine as that allows, up to one for each distinct score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import _

from investigate.counts.by_step import ByStep, Span, Step
from investigate.counts.table import MISSING, OTHER
from investigate.errors import InputError
from investigate.log import contract, joining
from investigate.log.bins import EXACT, between_quantiles, joined
from investigate.log.coding import Coding
from investigate.log.files import find
from investigate.log.folds import fold, spread
from investigate.log.groups import Groups, with_codes
from investigate.log.rows import narrowed, read, wanted
from investigate.log.source import Engine, readable
from investigate.log.sums import sums
from investigate.log.temporary import beside, keep
from investigate.log.weights import outcomes, rows_with, weighted_alike
from investigate.question.question import Question, Window
from investigate.zones import offset

MOST_CELLS, MOST_FOLD_CELLS = 700_000, 150_000
"""Cells of all tables by cohort, and of the table by fold, in which bins are chosen."""
SHARES = (1_000, 600, 350, 200, 120, 60, 30, 16)
"""No bin of several scores holds more than one in so many rows of either outcome."""
FOLD_BINS = (64, 32, 16, 8)
MOST_LABELS = 60
"""Groups of a column that are shown on their own; a page with more is no picture."""

_SIDES = ["positives", "negatives"]
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def count(question: Question, given: Mapping[str, pa.Table]) -> ByStep:
    """Read, group, bin, then count; see `investigate.log.by_step`."""
    step = step_of(question)
    asked = question.model_copy(update={"every": step})
    with Engine(given) as engine:
        files = find(question.log, "log")
        source = engine.open(files, wanted=wanted(question), encoding=question.columns.encoding)
        with readable(files):
            rows, _odd = joining.joined(narrowed(source, asked), asked, engine)
            log = read(rows, asked, files.kind == "CSV" and asked.outcomes is None)
        contract.require_comparable(log, asked)
        texts = {name: name for name in log.coding.columns}
        table, unit = log.table.filter(_.reason.isnull()), 1.0
        if weighs := asked.columns.weight is not None:
            table, unit = weighted_alike(log.table, asked)
        scored = log.coding.with_texts(table, texts)
        rows, first, steps = _numbered(scored, asked, step)
        columns = {"system": "system"} | {n: f"cohort{i}" for i, n in enumerate(asked.cohorts)}
        by = [_groups(rows, name, column, asked) for name, column in columns.items()]
        rows = keep(with_codes(rows, by, Coding()))
        binned = _fitting(rows, by)
        crossed = {name: _coded(binned.rows, by[0].code, c) for name, c in _crossed(by).items()}
        keys = ["step", "system", "cohort"]
        cells = {name: sums(own, [*keys, "bin"], outcomes(own)) for name, own in crossed.items()}
        sizes = {"rows": _.count(), "squares": _.square.sum()}
        weighed = (
            {name: sums(own, keys, sizes) for name, own in crossed.items()} if weighs else None
        )
        folds, fold_bins = _folds(binned, asked)
        return ByStep(
            step=step,
            first=first,
            steps=steps,
            baseline=_span(asked.baseline, asked, step, first),
            incident=_span(asked.incident, asked, step, first),
            systems=by[0].labels if asked.columns.system else [""],
            cohorts={group.name: group.labels for group in by[1:]},
            cells=cells,
            folds=folds,
            exact=binned.exact,
            fold_bins=fold_bins,
            weighed=weighed,
            unit=unit,
        )


def step_of(question: Question) -> Step:
    """Days where both windows begin and end with one and hold several, else hours.

    Where days do not begin with an hour of UTC, as in Asia/Kolkata, windows of days are moved by
    days. Raises `InputError` for a window that lies on neither.
    """
    found = {
        f"{name}.{part}": moment
        for name in ("baseline", "incident")
        for part, moment in zip(
            ("start", "end"), getattr(question, name).bounds(question.timezone), strict=True
        )
    }
    days = {
        where: _local(moment, question.timezone).time() == datetime.min.time()
        for where, moment in found.items()
    }
    off = [w for w, m in found.items() if m != m.replace(minute=0, second=0, microsecond=0)]
    whole = all(days.values())
    if off and not whole:
        # A midnight is as good as an hour of UTC, if only all are midnights.
        where = next((one for one in off if not days[one]), off[0])
        local = _local(found[where], question.timezone)
        raise InputError(
            f"{where}: the explorer moves windows by whole days of {question.timezone} or by whole "
            f"hours of UTC, and {local:%Y-%m-%d %H:%M} there is {found[where]:%H:%M} in UTC; let "
            "both windows begin and end at midnight, or with an hour of UTC"
        )
    if off:
        return "day"
    if question.every in ("hour", "minute"):
        return "hour"
    long = max(found.values()) - min(found.values()) >= 4 * _DAY
    return "day" if whole and (long or question.every == "day") else "hour"


def _local(moment: datetime, zone: str) -> datetime:
    plain = moment.replace(tzinfo=None)
    return plain + timedelta(seconds=offset(zone, plain))


def _clock(moment: datetime, question: Question, step: Step) -> datetime:
    """A moment as the steps count: of the question's zone for days, of UTC for hours."""
    return _local(moment, question.timezone) if step == "day" else moment.replace(tzinfo=None)


def _numbered(rows: ibis.Table, question: Question, step: Step) -> tuple[Any, datetime, int]:
    """`rows` with the number of their ``step``, the start of the first, and how many there are."""
    if step == "hour":
        rows = rows.mutate(start=rows.start.truncate("h"))
    starts = rows.select("start").distinct().to_pyarrow()["start"].to_pylist()
    places = {start: _clock(start, question, step) for start in starts}
    if step == "day":
        # Where clocks leave midnight out, a day starts later.
        places = {s: at.replace(hour=0, minute=0, second=0) for s, at in places.items()}
    bounds = [
        m for w in (question.baseline, question.incident) for m in w.bounds(question.timezone)
    ]
    clocks = [_clock(bound, question, step) for bound in bounds]
    first, length = min(min(places.values()), *clocks), _DAY if step == "day" else _HOUR
    steps = max((max(places.values()) - first) // length + 1, (max(clocks) - first) // length)
    frame = pd.DataFrame(
        {
            "start": pd.array(list(places), dtype="datetime64[us, UTC]"),
            "step": pd.array([(at - first) // length for at in places.values()], dtype="int32"),
        }
    )
    table = beside(rows, frame)
    table = table.mutate(start=table.start.cast(rows.start.type()))
    return rows.join(table, "start"), first, int(steps)


def _span(window: Window, question: Question, step: Step, first: datetime) -> Span:
    length = _DAY if step == "day" else _HOUR
    low, high = (_clock(m, question, step) for m in window.bounds(question.timezone))
    return int((low - first) // length), int((high - first) // length)


def _groups(rows: ibis.Table, name: str, column: str, question: Question) -> Groups:
    """The largest groups of a column, over the whole log; all others, and tiny ones, as one."""
    sizes = rows.group_by(label=rows[column].fill_null(MISSING)).agg(rows=_.count()).to_pandas()
    sizes = sizes.sort_values(["rows", "label"], ascending=[False, True])
    # Few rows may be few people: what no window would show alone is in no page, either.
    large = sizes[sizes["rows"] >= question.thresholds.smallest_group]
    labels = [str(label) for label in large["label"]]
    most = min(question.thresholds.max_groups, MOST_LABELS)
    kept = [label for label in labels if label != MISSING][:most]
    kept += [MISSING] * (MISSING in labels)
    left = len(sizes) - len(kept)
    return Groups(name, column, sorted(kept), OTHER if left else "", left)


def _crossed(by: list[Groups]) -> dict[str, str | None]:
    """The code of each cohort column that systems are crossed with; none where there is none."""
    return {group.name: group.code for group in by[1:]} or {"": None}


@dataclass(frozen=True)
class _Binned:
    rows: ibis.Table
    exact: np.ndarray


def _fitting(rows: ibis.Table, by: list[Groups]) -> _Binned:
    """`rows` in bins as fine as there is room for."""
    levels, numbered = _levels(rows)
    totals = [int(levels[side].sum()) for side in _SIDES]
    exactly = [np.arange(len(levels))] if (levels["distinct"] == 1).all() else []
    joins = (joined(levels, _SIDES, totals, share) for share in SHARES)
    for place in (*exactly, *joins):
        bins = pd.DataFrame({"number": levels["number"], "bin": place.astype("int32")})
        binned = keep(rows.join(numbered, "score").join(beside(rows, bins), "number"))
        exact = levels["distinct"].groupby(place).sum().to_numpy() == 1
        found = _Binned(binned, exact)
        keys = [["step", by[0].code, *filter(None, [c]), "bin"] for c in _crossed(by).values()]
        if sum(_size(binned, key) for key in keys) <= MOST_CELLS:
            break
    return found


def _levels(rows: ibis.Table) -> tuple[pd.DataFrame, ibis.Table]:
    """Scores in order, neighbours together where they are many, and the level of each."""
    there = {name: value.cast("int64") for name, value in rows_with().items()}
    values = keep(rows.group_by("score").agg(**there))
    if int(values.count().to_pyarrow().as_py()) <= EXACT:
        number: Any = ibis.row_number().over(ibis.window(order_by="score")).cast("int64")
    else:
        ends = values.agg(**{side: values[side].sum() for side in _SIDES}).to_pyarrow().to_pylist()
        totals = [int(ends[0][side]) for side in _SIDES]
        number = between_quantiles(_SIDES, totals, SHARES[0])
    numbered = keep(values.mutate(number=number))
    sides = {side: _[side].sum().cast("int64") for side in _SIDES}
    levels = numbered.group_by("number").agg(distinct=_.count().cast("int64"), **sides)
    frame = levels.to_pandas().sort_values("number", ignore_index=True)
    return frame, numbered.select("score", "number")


def _size(rows: ibis.Table, keys: list[str]) -> int:
    return int(rows.select(*keys).distinct().count().to_pyarrow().as_py())


def _coded(rows: ibis.Table, system: str, cohort: str | None) -> ibis.Table:
    code = rows[cohort] if cohort else ibis.literal(0, type="int64")
    weights = [name for name in ("weight", "square") if name in rows.columns]
    return rows.select("step", "bin", "outcome", *weights, system=rows[system], cohort=code)


def _folds(binned: _Binned, question: Question) -> tuple[pd.DataFrame | None, int]:
    """Outcomes by step, fold and coarse bin, in as many bins as there is room for."""
    names = question.columns
    if names.cluster is None and names.weight is None:
        return None, 0
    apart = ["score", "weight", *(f"cohort{i}" for i in range(len(question.cohorts)))]
    with_fold = binned.rows.mutate(fold=fold(binned.rows, question))
    folded = keep(spread(with_fold, question, apart))
    sizes = sums(folded, ["bin"], {"rows": _.count()})
    middle = sizes["rows"].cumsum() - sizes["rows"] / 2
    for most in FOLD_BINS:
        place = np.unique(
            (middle * most // sizes["rows"].sum()).astype("int32"), return_inverse=True
        )
        coarse = pd.DataFrame({"bin": sizes["bin"], "coarse": place[1]})
        rows = folded.join(beside(folded, coarse), "bin")
        if _size(rows, ["step", "fold", "coarse"]) <= MOST_FOLD_CELLS:
            break
    weight = ["weight"] if names.weight is not None else []
    kept = rows.select("step", "fold", "outcome", *weight, bin=rows.coarse)
    return sums(kept, ["step", "fold", "bin"], outcomes(kept)), len(place[0])
