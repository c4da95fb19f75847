"""The whole log by day, hour or minute, in coarse bins."""

import ibis
import pandas as pd
from ibis import _

from investigate.log.groups import Groups
from investigate.log.local import UTC_TIME
from investigate.log.rows import DAY
from investigate.log.tables import repeated, summed, sums

FOLDS = 8
"""Folds of the timeline: those of the slices, modulo this."""

_UNITS = {3_600: "h", 60: "m"}


def timeline(counted: ibis.Table, system: Groups, seconds: int) -> pd.DataFrame:
    """Outcomes by bucket, fold and coarse bin: of all rows, then of each system.

    The engine's time zone must be UTC, so that an hour which clocks show twice is two.
    """
    scored = counted.filter(_.scored)
    start = _.start if seconds == DAY else _.start.truncate(_UNITS[seconds]).cast(UTC_TIME)
    scored = scored.mutate(start=start, fold=_.fold % FOLDS, bin=_.coarse)
    keys = ["start", "fold", "bin"]
    measures = {"positives": (_.outcome == 1).sum(), "negatives": (_.outcome == 0).sum()}
    parts = sums(scored, [system.code, *keys], measures)
    whole = summed(parts, keys, list(measures))
    whole.insert(0, "system", repeated([""], [0] * len(whole)))
    parts.insert(0, "system", repeated(system.labels, parts.pop(system.code)))
    frame = pd.concat([whole, parts], ignore_index=True)
    return frame.astype({"start": "datetime64[us, UTC]"})
