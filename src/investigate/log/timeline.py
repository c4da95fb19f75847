"""The whole log by day, hour or minute, in coarse bins."""

from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.log.casts import UTC_TIME
from investigate.log.groups import Groups
from investigate.log.rows import DAY
from investigate.log.tables import repeated, summed, sums

FOLDS = 8
"""Folds of the timeline: those of the slices, modulo this."""

_UNITS = {3_600: "h", 60: "m"}


def timeline(counted: ibis.Table, system: Groups, seconds: int) -> pd.DataFrame:
    """Outcomes by bucket, fold and coarse bin: of all rows, then of each system.

    The engine's time zone must be UTC, so that an hour which clocks show twice is two.
    """
    measures = {"positives": (_.outcome == 1).sum(), "negatives": (_.outcome == 0).sum()}
    scored = counted.filter(_.scored).mutate(fold=_.fold % FOLDS, bin=_.coarse)
    return _by_bucket(scored, system, seconds, ["start", "fold", "bin"], measures)


def marked(counted: ibis.Table, system: Groups, seconds: int) -> pd.DataFrame:
    """Rows, repeats and scores made from a default by bucket: of all rows, then of each system.

    Empty where no row is marked.
    """
    measures = {"rows": _.count(), "repeats": _.repeat.sum(), "defaulted": _.defaulted.sum()}
    scored = counted.filter(_.scored)
    frame = _by_bucket(scored, system, seconds, ["start"], measures)
    return frame if frame[["repeats", "defaulted"]].to_numpy().any() else frame.iloc[:0]


def _by_bucket(
    scored: ibis.Table, system: Groups, seconds: int, keys: list[str], measures: dict[str, Any]
) -> pd.DataFrame:
    start = _.start if seconds == DAY else _.start.truncate(_UNITS[seconds]).cast(UTC_TIME)
    parts = sums(scored.mutate(start=start), [system.code, *keys], measures)
    whole = summed(parts, keys, list(measures))
    whole.insert(0, "system", repeated([""], [0] * len(whole)))
    parts.insert(0, "system", repeated(system.labels, parts.pop(system.code)))
    frame = pd.concat([whole, parts], ignore_index=True)
    return frame.astype({"start": "datetime64[us, UTC]"})
