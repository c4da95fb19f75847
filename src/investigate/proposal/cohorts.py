"""Which columns make cohorts, and which must not: ids, and what is known only afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from investigate.log.bands import FIFTHS, rounded
from investigate.log.looking import Look, SampledColumn
from investigate.proposal import names
from investigate.proposal.parts import KNOWN_AFTERWARDS, LEAST, Floats, area, rates
from investigate.question.question import Thresholds

MOST_COHORTS, MOST_VALUES = 8, 50
"""Columns that are proposed, and distinct values that one of them may have."""
MOST_IDS = 500
"""Whole numbers without gaps beyond which a column that is evenly filled numbers people."""
BANDED = Thresholds().max_groups
"""Distinct numbers beyond which a column is cut into bands."""
MOST_OF_ROWS = 0.1
"""Distinct texts for each row beyond which a column says more of rows than of groups."""
SHARE = 0.995
"""A column of which nearly every row has one value tells no groups apart."""


@dataclass(frozen=True)
class Cohorts:
    """The columns that make cohorts, and a line on each that might be taken for one."""

    chosen: tuple[str, ...]
    warnings: tuple[str, ...]
    bands: Mapping[str, list[float]]
    """Edges of columns with many numbers, but not so many that they are cut by themselves."""


def cohorts(look: Look, taken: Iterable[str], truths: Floats) -> Cohorts:
    """Of the columns that are not `taken`; `truths` (n,) are the outcomes of the sample."""
    chosen, warnings = [], []
    used = set(taken)
    for column in look.columns:
        if column.name in used or not column.labels.notna().any():
            continue
        if warning := afterwards(column, truths):
            warnings.append(warning)
        elif column.times is not None:
            continue
        elif _is_id(column) or _numbered(column):
            warnings.append(
                f"{column.name!r} is an id of {column.distinct:,} values in {len(truths):,} rows: "
                "it is no cohort; name it as item or cluster if rows of one depend on each other"
            )
        elif _groups(column):
            chosen.append(column.name)
    if len(chosen) > MOST_COHORTS:
        rest = ", ".join(chosen[MOST_COHORTS:])
        warnings.append(f"cohorts: the first {MOST_COHORTS} columns are taken; left out are {rest}")
    kept = tuple(chosen[:MOST_COHORTS])
    return Cohorts(
        kept, tuple(warnings), {name: b for name in kept if (b := _bands(look.column(name)))}
    )


def without_cluster(look: Look, taken: Iterable[str]) -> str:
    """A line for a log in which no column is called one of people, with an id that might be."""
    ids = dependent(look, taken)
    such = f", such as {ids[0]!r}" if ids else ""
    return (
        "no column says whom rows depend on (a user, a customer): rows are taken as "
        f"independent, and intervals may be too narrow; name it by --cluster{such}"
    )


def dependent(look: Look, taken: Iterable[str]) -> list[str]:
    """The ids among the columns that are not `taken`, of which several rows have one."""
    used = set(taken)
    free = [c for c in look.columns if c.name not in used and c.times is None]
    return [c.name for c in free if (_is_id(c) or _numbered(c)) and not _of_rows(c)]


def afterwards(column: SampledColumn, truths: Floats) -> str | None:
    """A line where the column is known only once the outcome is, so that it says nothing of why."""
    if len(truths) < LEAST or not 0 < np.nanmean(truths) < 1:
        return None
    there = column.labels.notna().to_numpy().astype(float)
    tried = {"its empty and filled rows": area(truths, there)}
    if column.numbers is not None:
        tried["its values"] = area(truths, column.numbers)
    if 2 <= column.distinct <= MOST_VALUES:
        tried["its groups"] = rates(column, truths)
    what, auc = max(tried.items(), key=lambda one: abs(one[1] - 0.5))
    reached = max(auc, 1 - auc)
    if reached < KNOWN_AFTERWARDS:
        return None
    return (
        f"{column.name!r} seems known only afterwards: {what} alone reach an AUC of {reached:.3f}; "
        "it is left out"
    )


def _is_id(column: SampledColumn) -> bool:
    if column.numbers is not None and not column.whole:
        return False
    if names.called(column.name, names.ID) and column.distinct > MOST_VALUES:
        return True
    if column.numbers is not None:
        # Amounts are not all different.
        return _of_rows(column) and column.distinct > MOST_VALUES
    return column.distinct > max(MOST_VALUES, 0.5 * len(column.labels))


def _of_rows(column: SampledColumn) -> bool:
    """Whether each value stands in one row."""
    return column.distinct >= 0.99 * int(column.labels.notna().sum())


def _numbered(column: SampledColumn) -> bool:
    """Whether a column numbers people or things: whole numbers without gaps, as often as others."""
    if not column.whole or column.distinct <= MOST_IDS:
        return False
    assert column.numbers is not None
    known = column.numbers[np.isfinite(column.numbers)]
    low, middle, high = np.quantile(known, [0, 0.5, 1])
    dense = column.distinct >= 0.9 * (high - low + 1)
    return bool(dense and abs(middle - (low + high) / 2) < 0.1 * (high - low))


def _groups(column: SampledColumn) -> bool:
    largest = column.labels.fillna("(missing)").value_counts(normalize=True).iloc[0]
    if column.distinct < 2 or bool(largest >= SHARE):
        return False
    if column.numbers is not None:
        # Many numbers are cut into bands; a few are groups as they are.
        return column.whole or column.distinct > MOST_VALUES
    # Of thousands of values the largest are kept.
    return column.distinct <= max(MOST_VALUES, MOST_OF_ROWS * len(column.labels))


def _bands(column: SampledColumn) -> list[float]:
    """Edges for a column of more numbers than are read as groups, which is not cut by itself."""
    if column.numbers is None or not MOST_VALUES < column.distinct <= BANDED:
        return []
    known = column.numbers[np.isfinite(column.numbers)]
    return rounded(float(known.min()), np.quantile(known, FIFTHS).tolist())
