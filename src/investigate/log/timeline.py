"""The whole log by day, hour or minute, in coarse bins."""

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import TIMED
from investigate.log.groups import Groups
from investigate.log.local import UTC_TIME
from investigate.log.rows import DAY
from investigate.log.tables import repeated, summed, sums
from investigate.log.temporary import keep
from investigate.log.weights import SIDES, outcomes
from investigate.question.question import Question

FOLDS = 8
"""Folds of the timeline: those of the slices, modulo this."""
LARGEST = 24
"""Groups of a cohort column that have a timeline of their own."""
COARSER = 4
"""Coarse bins that a cohort's timeline counts as one."""

_KEYS = ["start", "fold", "bin"]
_MARKS = ["rows", "repeats", "defaulted"]
_UNITS = {3_600: "h", 60: "m"}


def timeline(
    counted: ibis.Table, elsewhere: ibis.Table | None, system: Groups, seconds: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``timeline`` and ``marked`` of `Counts`; `marked` is empty where no row is.

    `counted` holds the windows' rows and `elsewhere` the scored rows of neither, if there are
    any. The engine's time zone must be UTC, so that an hour which clocks show twice is two.
    """
    keys = [system.code, *_KEYS]
    parts = []
    for rows in (counted.filter(_.scored), elsewhere):
        if rows is None:
            continue
        measures = {**outcomes(rows), "rows": _.count()}
        measures |= {"repeats": _.repeat.sum(), "defaulted": _.defaulted.sum()}
        placed = bucketed(rows, seconds).mutate(fold=_.fold % FOLDS, bin=_.coarse)
        parts.append(sums(placed, keys, measures))
    names = [*SIDES, *_MARKS]
    finest = summed(pd.concat(parts, ignore_index=True), keys, names) if parts[1:] else parts[0]
    marked = _by_bucket(summed(finest, [system.code, "start"], _MARKS), system, ["start"], _MARKS)
    if not marked[["repeats", "defaulted"]].to_numpy().any():
        marked = marked.iloc[:0]
    everyone = _by_bucket(finest.drop(columns=_MARKS), system, _KEYS, list(SIDES))
    return everyone, marked


def _by_bucket(
    parts: pd.DataFrame, system: Groups, keys: list[str], measures: list[str]
) -> pd.DataFrame:
    """Of all rows, then of each system."""
    whole = summed(parts, keys, measures)
    whole.insert(0, "system", repeated([""], [0] * len(whole)))
    parts.insert(0, "system", repeated(system.labels, parts.pop(system.code)))
    frame = pd.concat([whole, parts], ignore_index=True)
    return frame.astype({"start": "datetime64[us, UTC]"})


def cohort_timeline(
    counted: ibis.Table,
    elsewhere: ibis.Table | None,
    cohorts: list[Groups],
    seconds: int,
    question: Question,
) -> pd.DataFrame | None:
    """Outcomes by bucket and bin of the largest groups of each cohort column; `None` without.

    Over both windows and what lies between them. Rows as in `timeline`.
    """
    parts = [_between(counted.filter(_.scored), seconds, question)]
    if elsewhere is not None and cohorts:
        parts.append(keep(_between(elsewhere, seconds, question)))
    frames = []
    for group in cohorts:
        keys = [group.code, "start", "bin"]
        found = [sums(rows, keys, outcomes(rows)) for rows in parts]
        both = pd.concat(found, ignore_index=True)
        frame = summed(both, keys, list(SIDES)) if parts[1:] else found[0]
        total = (frame["positives"] + frame["negatives"]).groupby(frame[group.code]).sum()
        # Of equals the first by label: codes are in the order of labels.
        largest = total.sort_values(ascending=False, kind="stable").index[:LARGEST]
        frame = frame[frame[group.code].isin(largest)].reset_index(drop=True)
        frame.insert(0, "by", repeated([group.name], np.zeros(len(frame), dtype=np.intp)))
        frame.insert(1, "cohort", repeated(group.labels, frame.pop(group.code)))
        frames.append(frame)
    if not frames:
        return None
    return pd.concat(frames, ignore_index=True)[TIMED].astype({"start": "datetime64[us, UTC]"})


def some_between(rows: ibis.Table, seconds: int, question: Question) -> bool:
    """Whether `cohort_timeline` counts any of `rows`, as in `Rows.table`, of neither window.

    Windows that touch, and begin with a bucket, leave nothing between.
    """
    scored = rows.filter(_.window < 0, _.reason.isnull()).select("start")
    there = _spanned(bucketed(scored, seconds), seconds, question)
    return bool(there.count().to_pyarrow().as_py())


def _between(rows: ibis.Table, seconds: int, question: Question) -> ibis.Table:
    """`rows` by bucket and a cohort's bins, of the time that `cohort_timeline` spans."""
    there = _spanned(bucketed(rows, seconds), seconds, question)
    return there.mutate(bin=(_.coarse // COARSER).cast("int64"))


def _spanned(rows: ibis.Table, seconds: int, question: Question) -> ibis.Table:
    """The rows from the bucket in which the baseline starts to the incident's end."""
    first = question.baseline.bounds(question.timezone)[0]
    end = question.incident.bounds(question.timezone)[1]
    since = ibis.literal((pd.Timestamp(first) - pd.Timedelta(seconds=seconds)).to_pydatetime())
    return rows.filter(_.start > since, _.start < ibis.literal(end))


def bucketed(rows: ibis.Table, seconds: int) -> ibis.Table:
    """`rows` with the ``start`` of their bucket."""
    start = _.start if seconds == DAY else _.start.truncate(_UNITS[seconds]).cast(UTC_TIME)
    return rows.mutate(start=start)
