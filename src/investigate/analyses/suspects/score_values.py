"""Single scores that many rows have, as sentences name them."""

from collections.abc import Sequence

import pandas as pd

from investigate.analyses.wording import listed


def written(value: float) -> str:
    """A score as people write it: six digits at most."""
    return f"{value:.6g}"


def some_of(names: Sequence[str], every: int) -> str:
    """The first names of so many as are there, and how many others."""
    more = every - len(names)
    return listed([*names, *([f"{more:,} other{'s' if more > 1 else ''}"] if more else [])])


def sudden_values(table: pd.DataFrame) -> pd.DataFrame | None:
    """Rows by value ``before`` and ``now``, the most common first; of the whole log if there."""
    if table.empty:
        return None
    keys = ["by", "system", "cohort", "value"]
    sides = {"before": 0, "now": 1}
    rows = pd.DataFrame(
        {side: table[table["window"] == w].groupby(keys)["rows"].sum() for side, w in sides.items()}
    )
    rows = rows.fillna(0).reset_index()
    # A value that is accused in groups alone is counted by the grouping that has most of it.
    summed = rows.groupby(["value", "by"])[[*sides]].sum().reset_index()
    summed["whole"] = summed["by"] == "all"
    order = ["whole", "now", "by"]
    summed = summed.sort_values(order, ascending=[False, False, True]).drop_duplicates("value")
    return summed.sort_values(["now", "value"], ascending=[False, True]).set_index("value")
