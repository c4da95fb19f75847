"""How many rows a group has, also where what is counted are weights."""

import numpy as np
from numpy.typing import NDArray

from investigate.counts.memory import remembered
from investigate.counts.replicates import Replicates
from investigate.counts.table import Counts


def rows_of(
    counts: Counts, table: Replicates, by: str = "all", system: str = "", cohort: str = ""
) -> NDArray[np.int64]:
    """Scored rows of a group by window (2,); ``table`` holds its counts."""
    if not counts.weighted:
        return np.asarray(table.rows, dtype=np.int64)
    return np.array([_known(counts).get((by, system, cohort, w), 0) for w in (0, 1)])


@remembered
def _known(counts: Counts) -> dict[tuple[str, str, str, int], int]:
    columns = counts.facts[["by", "system", "cohort", "window", "rows"]]
    return {(b, s, c, int(w)): int(n) for b, s, c, w, n in columns.itertuples(index=False)}
