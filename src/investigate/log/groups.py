"""Groups of a column as small numbers: the largest, the missing, and the others as one."""

from dataclasses import dataclass

import ibis
import pandas as pd
from ibis import _

from investigate.counts.table import MISSING, OTHER
from investigate.log.temporary import beside
from investigate.question import Question


@dataclass(frozen=True)
class Groups:
    """The groups of one column; a group's number is its place in ``labels``.

    ``name`` is the grouping's (``system`` or the cohort's column), ``column`` the rows'
    column of text, ``merged`` how many of the windows' groups are counted together.
    """

    name: str
    column: str
    labels: list[str]
    merged: int

    @property
    def code(self) -> str:
        """The rows' column of numbers."""
        return f"{self.column}_code"


def groups(rows: ibis.Table, question: Question) -> list[Groups]:
    """The groups of the system, then of each cohort."""
    columns = {"system": "system"} | {f"cohort{i}": n for i, n in enumerate(question.cohorts)}
    most = question.thresholds.max_groups
    return [Groups(name, column, *_labels(rows, column, most)) for column, name in columns.items()]


def with_codes(rows: ibis.Table, found: list[Groups]) -> ibis.Table:
    """`rows` with each group's number."""
    for group in found:
        numbers = {"label": group.labels, group.code: range(len(group.labels))}
        rows = rows.mutate(label=rows[group.column].fill_null(MISSING))
        rows = rows.left_join(beside(rows, pd.DataFrame(numbers)), "label")
        rows = rows.drop("label", "label_right")
        if OTHER in group.labels:
            other = group.labels.index(OTHER)
            rows = rows.mutate(**{group.code: rows[group.code].fill_null(other)})
    return rows


def _labels(rows: ibis.Table, column: str, most: int) -> tuple[list[str], int]:
    within = _.window >= 0
    sizes = (
        rows.group_by(label=rows[column].fill_null(MISSING))
        .agg(within=within.sum(), scored=(within & _.reason.isnull()).sum())
        .to_pandas()
        .sort_values(["scored", "label"], ascending=[False, True])
    )
    beyond = sizes[sizes["label"] != MISSING].iloc[most:]
    kept = set(sizes["label"]) - set(beyond["label"]) | ({OTHER} if len(beyond) else set())
    return sorted(kept), int((beyond["within"] > 0).sum())
