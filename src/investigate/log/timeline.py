"""The whole log by day, hour or minute, in coarse bins."""

from datetime import datetime
from functools import partial

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import TIMED
from investigate.log.groups import Groups
from investigate.log.local import UTC_TIME
from investigate.log.outside import COARSER, FOLDS, Outside
from investigate.log.rows import DAY
from investigate.log.steps import Steps
from investigate.log.sums import Sizes, each, summed, sums, tallied
from investigate.log.tables import repeated
from investigate.log.temporary import keep
from investigate.log.weights import SIDES, outcomes
from investigate.question.question import Question

LARGEST = 24
"""Groups of a cohort column that have a timeline of their own."""

_KEYS = ["step", "fold", "bin"]
_MARKS = ["rows", "repeats", "defaulted"]
_UNITS = {3_600: "h", 60: "m"}


def timeline(
    counted: ibis.Table,
    elsewhere: ibis.Table | Outside | None,
    system: Groups,
    steps: Steps,
    sizes: Sizes,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``timeline`` and ``marked`` of `Counts`; `marked` is empty where no row is.

    `counted` holds the windows' rows and `elsewhere` the scored rows of neither, if there are
    any, with the ``step`` of each.
    """
    keys = [system.code, *_KEYS]
    sizes = {**sizes, "step": steps.count, "fold": FOLDS, "bin": sizes["coarse"]}
    found = [_finest(counted.filter(_.scored), keys, sizes)]
    if isinstance(elsewhere, Outside):
        found.append(elsewhere.finest(system, keys, sizes))
    elif elsewhere is not None:
        found.append(_finest(elsewhere, keys, sizes))
    finest = pd.concat(found, ignore_index=True)
    for name in _MARKS[1:]:
        finest[name] = finest["rows"].where(finest[name] == 1, 0)
    names = [*SIDES, *_MARKS]
    if finest[_MARKS[1:]].to_numpy().any() or found[1:]:
        finest = summed(finest, keys, names)
    marked = summed(finest, keys[:2], _MARKS)
    marked = _by_bucket(marked, system, ["step"], _MARKS, steps)
    if not marked[["repeats", "defaulted"]].to_numpy().any():
        marked = marked.iloc[:0]
    everyone = finest.drop(columns=_MARKS)
    return _by_bucket(everyone, system, _KEYS, list(SIDES), steps), marked


def _finest(rows: ibis.Table, keys: list[str], sizes: Sizes) -> pd.DataFrame:
    """Outcomes and ``rows`` by `keys` and by the marks of rows, which are 0 or 1."""
    placed = rows.mutate(fold=_.fold % FOLDS, bin=_.coarse, repeats=_.repeat)
    columns, both = [*keys, *_MARKS[1:]], {**dict.fromkeys(_MARKS[1:], 2), **sizes}
    if "weight" in rows.columns:
        return sums(placed, columns, {**outcomes(rows), "rows": _.count()}, both)
    frame = tallied(placed, columns, both)
    return frame.assign(rows=frame["positives"] + frame["negatives"])


def _together(parts: list[pd.DataFrame], keys: list[str], measures: list[str]) -> pd.DataFrame:
    both = pd.concat(parts, ignore_index=True)
    return summed(both, keys, measures) if parts[1:] else parts[0]


def _by_bucket(
    parts: pd.DataFrame, system: Groups, keys: list[str], measures: list[str], steps: Steps
) -> pd.DataFrame:
    """Of all rows, then of each system."""
    whole = summed(parts, keys, measures)
    whole.insert(0, "system", repeated([""], [0] * len(whole)))
    parts.insert(0, "system", repeated(system.labels, parts.pop(system.code)))
    return steps.named(pd.concat([whole, parts], ignore_index=True))


def cohort_timeline(
    counted: ibis.Table,
    elsewhere: ibis.Table | Outside | None,
    cohorts: list[Groups],
    steps: Steps,
    sizes: Sizes,
    question: Question,
) -> pd.DataFrame | None:
    """Outcomes by bucket and bin of the largest groups of each cohort column; `None` without.

    Over both windows and what lies between them. Rows as in `timeline`.
    """
    first, end = _span(question, steps.seconds)
    sizes = {**sizes, "step": steps.count, "bin": sizes["coarse"] // COARSER + 1}
    parts = [counted.filter(_.scored)]
    between = steps.number(first) - 1, steps.number(end) + 1
    if isinstance(elsewhere, ibis.Table) and cohorts:
        there = elsewhere.filter(_.step >= between[0], _.step <= between[1])
        parts.append(keep(there) if cohorts[1:] else there)
    parts = [rows.mutate(bin=(_.coarse // COARSER).cast("int64")) for rows in parts]
    frames = []
    groupings = [[group.code, "step", "bin"] for group in cohorts]
    found = [each(groupings, sizes, partial(tallied, rows, sizes=sizes)) for rows in parts]
    if isinstance(elsewhere, Outside):
        found.append(elsewhere.by_cohort(cohorts, sizes, between))
    for group, keys, *own in zip(cohorts, groupings, *found, strict=True):
        frame = steps.named(_together(own, keys, list(SIDES)))
        frame = frame[(frame["start"] > first) & (frame["start"] < end)]
        total = (frame["positives"] + frame["negatives"]).groupby(frame[group.code]).sum()
        # Of equals the first by label: codes are in the order of labels.
        largest = total.sort_values(ascending=False, kind="stable").index[:LARGEST]
        frame = frame[frame[group.code].isin(largest)].reset_index(drop=True)
        frame.insert(0, "by", repeated([group.name], np.zeros(len(frame), dtype=np.intp)))
        frame.insert(1, "cohort", repeated(group.labels, frame.pop(group.code)))
        frames.append(frame)
    if not frames:
        return None
    return pd.concat(frames, ignore_index=True)[TIMED]


def some_between(rows: ibis.Table, seconds: int, question: Question) -> bool:
    """Whether `cohort_timeline` counts any of `rows`, as in `Rows.table`, of neither window.

    Windows that touch, and begin with a bucket, leave nothing between.
    """
    scored = rows.filter(_.window < 0, _.reason.isnull()).select("start")
    there = _spanned(bucketed(scored, seconds), seconds, question)
    return bool(there.count().to_pyarrow().as_py())


def _spanned(rows: ibis.Table, seconds: int, question: Question) -> ibis.Table:
    """The rows from the bucket in which the baseline starts to the incident's end."""
    first, end = _span(question, seconds)
    return rows.filter(_.start > ibis.literal(first), _.start < ibis.literal(end))


def _span(question: Question, seconds: int) -> tuple[datetime, datetime]:
    """What the starts of buckets that `cohort_timeline` counts lie between."""
    first = question.baseline.bounds(question.timezone)[0]
    end = question.incident.bounds(question.timezone)[1]
    return (pd.Timestamp(first) - pd.Timedelta(seconds=seconds)).to_pydatetime(), end


def bucketed(rows: ibis.Table, seconds: int) -> ibis.Table:
    """`rows` with the ``start`` of their bucket."""
    start = _.start if seconds == DAY else _.start.truncate(_UNITS[seconds]).cast(UTC_TIME)
    return rows.mutate(start=start)
