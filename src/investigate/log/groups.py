"""Groups of a column as small numbers; those beyond the largest, and tiny ones, as one."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.counts.table import MISSING, OTHER
from investigate.log.coding import NOTHING, Coding
from investigate.log.small import hosting, small
from investigate.log.sums import each, sums
from investigate.log.temporary import beside
from investigate.question.question import Question


@dataclass(frozen=True)
class Groups:
    """The groups of one column; a group's number is its place in ``labels``.

    ``name`` is the grouping's (``system`` or the cohort's column), ``column`` the rows' column,
    ``kept`` the labels there that are groups of their own, ``others`` the label of all else,
    ``merged`` how many of the windows' groups that is besides its host.
    """

    name: str
    column: str
    kept: list[str]
    others: str
    merged: int

    @property
    def labels(self) -> list[str]:
        """All labels, in order."""
        return sorted({*self.kept, *([self.others] if self.others else [])})

    @property
    def code(self) -> str:
        """The rows' column of numbers."""
        return f"{self.column}_code"


def groups(rows: ibis.Table, question: Question, coding: Coding) -> list[Groups]:
    """The groups of the system, then of each cohort."""
    columns = {"system": "system"} | {f"cohort{i}": n for i, n in enumerate(question.cohorts)}
    most, least = question.thresholds.max_groups, question.thresholds.smallest_group
    sizes = _sizes(rows, list(columns), coding)
    return [
        Groups(name, column, *_labels(sizes[column], most, least))
        for column, name in columns.items()
    ]


def numbers_of(group: Groups, coding: Coding) -> NDArray[np.int64] | None:
    """The group's number of each code of its column, and of no code at last.

    `None` where the column has no codes and all rows are of one group.
    """
    places = {label: number for number, label in enumerate(group.labels)}
    coded_column = coding.columns.get(group.column)
    if coded_column is None and not group.others and len(places) == 1:
        return None
    own = group.kept if coded_column is None else [*coded_column.labels, MISSING]
    rest, kept = places.get(group.others, 0), set(group.kept)
    return np.array([places.get(label, rest) if label in kept else rest for label in own])


def with_codes(rows: ibis.Table, found: list[Groups], coding: Coding) -> ibis.Table:
    """`rows` with each group's number."""
    for group in found:
        places = {label: number for number, label in enumerate(group.labels)}
        nothing: Any = coding.missing(group.column)
        coded_column = coding.columns.get(group.column)
        own = group.kept if coded_column is None else [*coded_column.labels, MISSING]
        rest = places.get(group.others, 0)
        kept = set(group.kept)
        numbers = [places.get(label, rest) if label in kept else rest for label in own]
        if coded_column is not None and numbers[:-1] == list(range(len(numbers) - 1)):
            # Nothing is merged, and a code is the group's number already.
            number = rows[group.column].fill_null(numbers[-1]).cast("int32")
            rows = rows.mutate(**{group.code: number})
            continue
        labels: Any = pd.array(own, dtype="str")
        if coded_column is not None:
            labels = np.r_[np.arange(len(coded_column.labels)), NOTHING].astype(np.int32)
        frame = {"label": labels, group.code: np.array(numbers, dtype=np.int32)}
        rows = rows.mutate(label=rows[group.column].fill_null(nothing))
        there = beside(rows, pd.DataFrame(frame))
        # Every code has a number, and what always finds its match is found faster.
        if coded_column is None:
            rows = rows.left_join(there, "label").drop("label", "label_right")
        else:
            rows = rows.join(there, "label").drop("label")
        if group.others:
            rows = rows.mutate(**{group.code: rows[group.code].fill_null(rest)})
    return rows


def _sizes(rows: ibis.Table, columns: list[str], coding: Coding) -> dict[str, pd.DataFrame]:
    """By ``label`` of each column how many rows lie ``within`` the windows, and are ``scored``."""
    within = _.window >= 0
    measures = {"within": within.sum(), "scored": (within & _.reason.isnull()).sum()}
    found = {}
    coded = {name: coding.columns[name].size + 1 for name in columns if name in coding.columns}
    if coded:
        # No code is the number 0, so that each key is a small number.
        codes = {name: rows[name].fill_null(NOTHING).cast("int32") + 1 for name in coded}
        numbered = rows.select("window", "reason", **codes)
        count = partial(sums, numbered, measures=measures, sizes=coded)
        found = dict(zip(coded, each([[name] for name in coded], coded, count), strict=True))
    for name in columns:
        if name in coded:
            texts = coding.texts(name, found[name].pop(name) - 1)
        else:
            own = rows.group_by(label=rows[name].fill_null(MISSING)).agg(**measures)
            found[name] = own.to_pandas()
            texts = coding.texts(name, found[name].pop("label"))
        found[name].insert(0, "label", texts)
    return found


def _labels(sizes: pd.DataFrame, most: int, least: int) -> tuple[list[str], str, int]:
    sizes = sizes.sort_values(["scored", "label"], ascending=[False, True]).set_index("label")
    beyond = sizes.index[sizes.index != MISSING][most:]
    there = sizes["within"] > 0
    found = small(sizes.loc[there, "scored"], least, beyond)
    together = set(beyond) | set(found.labels)
    kept = set(sizes.index) - together
    others = OTHER if together else ""
    if found.host is not None:
        kept -= {str(found.host)}
        others = hosting(str(found.host), kept)
    return sorted(kept), others, int(there[list(together)].sum())
