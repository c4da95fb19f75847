"""Where each row's score lies between given edges, without a look at every distinct score.

A grid of equal cells says between which few edges a score can lie. Rows are joined to their
cell, which any engine does by a hash, and then compared with the edges within it.
"""

from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.log.temporary import beside

CELLS = 65_536
"""Cells between the first edge and the last."""
FEW = 2
"""Edges in one cell up to which those below a score are counted."""
CROWDED = 16
"""Edges beside which an edge lies on average, beyond which the grid is no help."""


def placed(
    rows: ibis.Table,
    edges: NDArray[np.float64],
    values: dict[str, NDArray[Any]],
    scored: bool = False,
) -> ibis.Table:
    """`rows` with the columns of `values`, null without a ``score``; if `scored`, all have one.

    `edges` (n,) ascend; the value of a score is that at its place among them, from 0 for what
    lies below the first to n for the last edge and what lies above. `values` are (n + 1,).
    """
    known = {name: np.asarray(value, dtype=np.int32) for name, value in values.items()}
    if not len(edges):
        there = rows.score.notnull()
        constant = {name: ibis.ifelse(there, int(value[0]), None) for name, value in known.items()}
        return rows.mutate(**{name: value.cast("int32") for name, value in constant.items()})
    low, scale = float(edges[0]), _scale(edges)
    if not scale:
        return _between(rows, edges, known)
    cells = np.floor(np.clip((edges - low) * scale, -1, CELLS)).astype(np.int64)
    own = ((_.score - low) * scale).clip(-1.0, float(CELLS)).floor().cast("int32")
    crowd = np.bincount(cells + 1, minlength=CELLS + 2)
    if scored and crowd.max() <= FEW:
        return _counted(rows.mutate(**{"cell of score": own}), edges, cells, crowd, known)
    first, last = np.r_[-1, cells], np.r_[cells, CELLS]
    sizes = last - first + 1
    place = np.repeat(np.arange(len(sizes)), sizes)
    cell = np.arange(len(place)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[place]
    if (crowd.astype(float) ** 2).sum() > CROWDED * len(edges):
        return _between(rows, edges, known)
    table = pd.DataFrame({"cell": cell.astype(np.int32), **_ends(edges, place)})
    table = table.assign(**{name: value[place] for name, value in known.items()})
    rows = rows.mutate(**{"cell of score": own})
    there = beside(rows, table)
    found = _joined(rows, there, [rows["cell of score"] == there["cell"]], list(known))
    return found.drop("cell of score")


def _counted(
    rows: ibis.Table,
    edges: NDArray[np.float64],
    cells: NDArray[np.int64],
    crowd: NDArray[np.int64],
    known: dict[str, NDArray[Any]],
) -> ibis.Table:
    """The same by counting the edges up to each score: those of lower cells, and a few of its own.

    ``cells`` (n,) are those of the `edges`; ``crowd`` is how many lie in each cell, from -1 on.
    Every row finds one cell and one place by its whole number, which engines look up in an array.
    """
    lower = np.cumsum(crowd) - crowd
    grid: dict[str, Any] = {"cell of grid": np.arange(-1, CELLS + 1, dtype=np.int32)}
    grid["lower edges"] = lower.astype(np.int32)
    steps = [f"edge {number} of cell" for number in range(crowd.max())]
    for number, name in enumerate(steps):
        there = edges[np.minimum(lower + number, len(edges) - 1)]
        grid[name] = np.where(number < crowd, there, np.inf)
    own = beside(rows, pd.DataFrame(grid))
    found = rows.join(own, rows["cell of score"] == own["cell of grid"]).drop(
        "cell of score", "cell of grid"
    )
    place = found["lower edges"]
    for name in steps:
        place = place + (found.score >= found[name]).cast("int32")
    found = found.mutate(**{"place of score": place}).drop("lower edges", *steps)
    last = {"place of edges": np.arange(len(edges) + 1, dtype=np.int32), **known}
    table = beside(rows, pd.DataFrame(last))
    joined = found.join(table, found["place of score"] == table["place of edges"])
    return joined.drop("place of score", "place of edges")


def _between(
    rows: ibis.Table, edges: NDArray[np.float64], known: dict[str, NDArray[Any]]
) -> ibis.Table:
    """The same by comparison alone, where the grid is no help: the engine sorts both sides."""
    table = pd.DataFrame(_ends(edges, np.arange(len(edges) + 1)) | known)
    return _joined(rows, beside(rows, table), [], list(known))


def _ends(edges: NDArray[np.float64], place: NDArray[Any]) -> dict[str, NDArray[Any]]:
    return {
        "from_score": np.r_[-np.inf, edges][place],
        "to_score": np.r_[edges, np.inf][place],
    }


def _joined(rows: ibis.Table, there: ibis.Table, same: list[Any], names: list[str]) -> ibis.Table:
    within = [rows.score >= there.from_score, rows.score < there.to_score]
    return rows.left_join(there, [*same, *within]).select(rows, *(there[name] for name in names))


def _scale(edges: NDArray[np.float64]) -> float:
    """Cells per unit of score; 0 where the span is too small or too large for floats."""
    if len(edges) == 1:
        return 1.0
    with np.errstate(over="ignore", divide="ignore"):
        scale = CELLS / (edges[-1] - edges[0])
    return float(scale) if np.isfinite(scale) else 0.0
