"""Which columns make cohorts, and which must not: ids, and what is known only afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from investigate.log.looking import Look, SampledColumn
from investigate.proposal import names
from investigate.proposal.parts import KNOWN_AFTERWARDS, LEAST, Floats, area, rates
from investigate.question.question import Thresholds

MOST_COHORTS, MOST_VALUES = 8, 50
"""Columns that are proposed, and distinct values that one of them may have."""
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


def cohorts(look: Look, taken: Iterable[str], truths: Floats) -> Cohorts:
    """Of the columns that are not `taken`; `truths` (n,) are the outcomes of the sample."""
    chosen, warnings = [], []
    used = set(taken)
    for column in look.columns:
        if column.name in used or not column.labels.notna().any():
            continue
        if told := afterwards(column, truths):
            warnings.append(told)
        elif column.times is not None:
            continue
        elif _is_id(column):
            warnings.append(
                f"{column.name!r} is an id of {column.distinct:,} values in {len(truths):,} rows: "
                "it is no cohort; name it as item or cluster if rows of one depend on each other"
            )
        elif _groups(column):
            chosen.append(column.name)
    if len(chosen) > MOST_COHORTS:
        rest = ", ".join(chosen[MOST_COHORTS:])
        warnings.append(f"cohorts: the first {MOST_COHORTS} columns are taken; left out are {rest}")
    return Cohorts(tuple(chosen[:MOST_COHORTS]), tuple(warnings))


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
    told = max(auc, 1 - auc)
    if told < KNOWN_AFTERWARDS:
        return None
    return (
        f"{column.name!r} seems known only afterwards: {what} alone reach an AUC of {told:.3f}; "
        "it is left out"
    )


def _is_id(column: SampledColumn) -> bool:
    if column.numbers is not None and not column.whole:
        return False
    if names.called(column.name, names.ID) and column.distinct > MOST_VALUES:
        return True
    return column.numbers is None and column.distinct > max(MOST_VALUES, 0.5 * len(column.labels))


def _groups(column: SampledColumn) -> bool:
    largest = column.labels.fillna("(missing)").value_counts(normalize=True).iloc[0]
    if column.distinct < 2 or bool(largest >= SHARE):
        return False
    if column.numbers is not None:
        # More numbers than groups are kept are cut into bands; fewer are groups as they are.
        return column.distinct > BANDED or (column.whole and column.distinct <= MOST_VALUES)
    # Of thousands of values the largest are kept.
    return column.distinct <= max(MOST_VALUES, MOST_OF_ROWS * len(column.labels))
