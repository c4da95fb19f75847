"""Groups whose rows surely became many times as many, or nearly all went: told before a cause.

Most rows of such a group were not there before, or had another value: what became of its outcomes
and scores is no news about labels. Where no drop is shown, a value that appears or vanishes is
still a sure change of the log.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from investigate.analyses.suspects.hosts import NOTEWORTHY, WITHIN
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.relabelled import other_people, rows_by_group
from investigate.analyses.suspects.rows_a_day import seconds
from investigate.analyses.wording import percent
from investigate.counts.memory import remembered
from investigate.counts.table import OTHER, Counts
from investigate.question.question import Question

TIMES = 4
"""Of a group so many times as large as before, three quarters of the rows were not in it before."""
MANY = 0.1
"""Groups of a smaller share of the rows come and go without being news by themselves."""
FEWEST, SURE = 30, 4.0
"""Rows that it takes, and standard errors beyond `TIMES` as many."""


@dataclass(frozen=True)
class Shares:
    """A cohort value's share of the rows of each window, and its rows."""

    column: str
    value: str
    before: float
    now: float
    rows: tuple[int, int]
    of: tuple[int, int]
    """All rows of either window."""

    @property
    def grew(self) -> bool:
        """Whether the group surely has many times the share of before."""
        return _many_fold(self.now, self.before, self.rows[1], self.of[0])

    @property
    def shrank(self) -> bool:
        """Whether the group surely has a small part of the share of before."""
        return _many_fold(self.before, self.now, self.rows[0], self.of[1])

    @property
    def text(self) -> str:
        """Both shares, in words."""
        if not self.before:
            return (
                f"{percent(self.now)} of the incident's rows have {self.column} {self.value}, "
                "none of the baseline's"
            )
        if not self.now:
            return (
                f"{percent(self.before)} of the baseline's rows have {self.column} {self.value}, "
                "none of the incident's"
            )
        return (
            f"{percent(self.now)} of the incident's rows have {self.column} {self.value}, "
            f"{percent(self.before)} of the baseline's"
        )


def many_fold(
    counts: Counts, question: Question, cohort: Mapping[str, str] | None
) -> Shares | None:
    """The first of a cohort's values that was there and whose rows surely grew many-fold."""
    for column, value in (cohort or {}).items():
        own = next((one for one in _shares(counts, column) if one.value == value), None)
        if own is None or not own.before or own.now < NOTEWORTHY or not own.grew:
            continue
        # Where all others became few, a group's share grows and its rows are those of before.
        if own.rows[1] / seconds(question, 1) >= TIMES * own.rows[0] / seconds(question, 0):
            return own
    return None


def growth(counts: Counts, question: Question, cohort: Mapping[str, str] | None) -> str:
    """That a cohort grew many-fold, as a sentence to begin with; else nothing."""
    own = many_fold(counts, question, cohort)
    if own is None:
        return ""
    scope = Scope(own.column, "", own.value, own.rows[1])
    other = "" if other_people(counts, scope) else f", or had another {own.column}"
    also = same_rows(counts, own.column, own.value)
    same = f" The same rows have {also}." if also else ""
    return f"{own.text}: most of these rows were not there before{other}.{same} "


def value_news(counts: Counts) -> str:
    """The value that surely came, or went, with most rows: a sentence to add, or nothing."""
    columns = [by for by in counts.groupings() if "*" not in by and by not in ("all", "system")]
    every = [one for by in columns for one in _shares(counts, by) if one.value != OTHER]
    came = [one for one in every if one.now >= MANY and one.grew]
    went = [one for one in every if one.before >= MANY and one.shrank]
    texts = []
    if came:
        # Of equal shares the first column of the question.
        first = max(came, key=lambda one: one.now)
        also = same_rows(counts, first.column, first.value)
        texts.append(first.text + (f"; the same rows have {also}" if also else ""))
    if went:
        texts.append(max(went, key=lambda one: one.before).text)
    if not texts:
        return ""
    return f" Look at the rows all the same: {'. '.join(texts)}."


def same_rows(counts: Counts, column: str, value: str) -> str:
    """A value of another cohort column, or a system, that nearly the same rows have; or nothing."""
    now = counts.facts[(counts.facts["window"] == 1) & (counts.facts["rows"] > 0)]
    rows = {
        (str(by), str(cohort)): int(n)
        for by, cohort, n in now[["by", "cohort", "rows"]].itertuples(index=False)
        if cohort and "*" not in by
    }
    own = rows.get((column, value), 0)
    # Values of as many rows; whether they are the same ones, both columns combined tell.
    alike = [
        (by, other)
        for (by, other), n in sorted(rows.items())
        if by != column and min(n, own) >= WITHIN * max(n, own) > 0
    ]
    for by, other in alike:
        pair = {(column, value), (by, other)}
        if _shared(counts, pair) >= WITHIN:
            return f"{by} {other}"
    return ""


def _shared(counts: Counts, pair: set[tuple[str, str]]) -> float:
    """Part of the incident's rows (by weight) of two values that have both of them."""
    table = counts.crossed
    if table.empty:
        return 0.0
    table = table[table["window"] == 1]
    columns = {column for column, _ in pair}
    table = table[table["first"].isin(columns) & table["second"].isin(columns)]
    if table.empty:
        return 0.0
    first, second = (
        table[side].astype(str) + "\0" + table[value].astype(str)
        for side, value in (("first", "cohort"), ("second", "other"))
    )
    named = {f"{column}\0{value}" for column, value in pair}
    size = table["positives"] + table["negatives"]
    has, also = first.isin(named), second.isin(named)
    either = float(size[has | also].sum())
    return float(size[has & also].sum()) / either if either else 0.0


@remembered
def _shares(counts: Counts, by: str) -> tuple[Shares, ...]:
    if by not in counts.groupings():
        return ()
    rows = rows_by_group(counts, by)
    share, total = rows / rows.sum(), (int(rows[0].sum()), int(rows[1].sum()))
    return tuple(
        Shares(by, str(value), float(before), float(now), (int(n), int(m)), total)
        for value, before, now, n, m in zip(
            rows.index, share[0], share[1], rows[0], rows[1], strict=True
        )
    )


def _many_fold(larger: float, smaller: float, rows: int, others: int) -> bool:
    """Whether a share of so many rows is surely `TIMES` another, of a window of ``others``.

    A share of 0 has an error too: that of one row more.
    """
    least = (max(smaller, 1 / max(others, 1)) / max(others, 1)) ** 0.5
    error = math.hypot(larger / max(rows, 1) ** 0.5, TIMES * least)
    return rows >= FEWEST and larger - SURE * error > TIMES * smaller
