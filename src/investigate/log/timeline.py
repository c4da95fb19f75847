"""The whole log by day, hour or minute, in coarse bins."""

from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import TIMED
from investigate.log.groups import Groups
from investigate.log.local import UTC_TIME
from investigate.log.rows import DAY
from investigate.log.tables import repeated, summed, sums
from investigate.log.weights import outcomes
from investigate.question.question import Question

FOLDS = 8
"""Folds of the timeline: those of the slices, modulo this."""
LARGEST = 24
"""Groups of a cohort column that have a timeline of their own."""
COARSER = 4
"""Coarse bins that a cohort's timeline counts as one."""

_UNITS = {3_600: "h", 60: "m"}


def timeline(counted: ibis.Table, system: Groups, seconds: int) -> pd.DataFrame:
    """Outcomes by bucket, fold and coarse bin: of all rows, then of each system.

    The engine's time zone must be UTC, so that an hour which clocks show twice is two.
    """
    scored = _bucketed(counted, seconds).mutate(fold=_.fold % FOLDS, bin=_.coarse)
    return _by_bucket(scored, system, ["start", "fold", "bin"], outcomes(scored))


def marked(counted: ibis.Table, system: Groups, seconds: int) -> pd.DataFrame:
    """Rows, repeats and scores made from a default by bucket: of all rows, then of each system.

    Empty where no row is marked.
    """
    measures = {"rows": _.count(), "repeats": _.repeat.sum(), "defaulted": _.defaulted.sum()}
    frame = _by_bucket(_bucketed(counted, seconds), system, ["start"], measures)
    return frame if frame[["repeats", "defaulted"]].to_numpy().any() else frame.iloc[:0]


def _by_bucket(
    scored: ibis.Table, system: Groups, keys: list[str], measures: dict[str, Any]
) -> pd.DataFrame:
    parts = sums(scored, [system.code, *keys], measures)
    whole = summed(parts, keys, list(measures))
    whole.insert(0, "system", repeated([""], [0] * len(whole)))
    parts.insert(0, "system", repeated(system.labels, parts.pop(system.code)))
    frame = pd.concat([whole, parts], ignore_index=True)
    return frame.astype({"start": "datetime64[us, UTC]"})


def cohort_timeline(
    counted: ibis.Table, cohorts: list[Groups], seconds: int, question: Question
) -> pd.DataFrame | None:
    """Outcomes by bucket and bin of the largest groups of each cohort column; `None` without.

    Over both windows and what lies between them.
    """
    first = question.baseline.bounds(question.timezone)[0]
    end = question.incident.bounds(question.timezone)[1]
    span = pd.Timedelta(seconds=seconds)
    since = ibis.literal((pd.Timestamp(first) - span).to_pydatetime())
    rows = _bucketed(counted, seconds).filter(_.start > since, _.start < ibis.literal(end))
    rows = rows.mutate(bin=(_.coarse // COARSER).cast("int64"))
    frames = []
    for group in cohorts:
        frame = sums(rows, [group.code, "start", "bin"], outcomes(rows))
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


def _bucketed(counted: ibis.Table, seconds: int) -> ibis.Table:
    return bucketed(counted.filter(_.scored), seconds)


def bucketed(rows: ibis.Table, seconds: int) -> ibis.Table:
    """`rows` with the ``start`` of their bucket."""
    start = _.start if seconds == DAY else _.start.truncate(_UNITS[seconds]).cast(UTC_TIME)
    return rows.mutate(start=start)
