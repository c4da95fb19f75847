"""Rows that are in the log more than once.

A row that is sent again may come with a time of its own: what retries write is the same but for
seconds or minutes. Rows of one cluster can be as alike without being copies, as where scores are
coarse and outcomes rare, and become so where scores become one default. So a copy with another
time counts as a repeat only where these are far more common than in the baseline, and clusters
have as many more rows in an hour.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

import ibis
from ibis import _

from investigate.log.rows import Rows
from investigate.log.temporary import AT_ONCE, forget, keep, keep_all
from investigate.question.question import Question

COMMON = 0.25
"""Where so large a part of the rows is like another of its hour, that says nothing."""
FEWEST = 10
"""Copies with another time that the incident has at least, if these count."""
RISE, ADDED = 3.0, 0.5
"""How many times as common as in the baseline copies with another time are, and what part of what
they add to the rows of a cluster's hour is added whatever scores and outcomes say."""
WITHIN = "h"
"""Copies have times in one hour of the clock."""
HOUR, WITHIN_HOUR, WITHIN_SECOND = 3_600, 2**42, 2**24
"""Numbers of the rows of one hour and of one second: hours from 1900 to 2200 have 22 bits.

They are so many that rows of a large log hardly ever have the same one by chance, since then all
rows are looked at once more.
"""
FACTORS = {"cluster": 1_000_003, "item": 7_919}
"""Primes, so that few clusters and items have the same sum."""
AGAIN = "again"
"""The column of `with_repeats` that marks copies of whatever time; dropped by `with_copies`."""


def with_repeats(rows: ibis.Table, question: Question, size: int) -> ibis.Table:
    """`rows`, ``size`` in all, with ``repeat``: whether a scored row repeats an earlier one.

    Rows are the same when all that the question names is, outcome and score too; where it
    names a cluster or an item, only rows whose own is known. Where a cluster is named, and some
    rows are the same but for a time in the same hour, ``again`` marks all but the first of these.
    """
    texts = ["system", *(f"cohort{i}" for i in range(len(question.cohorts)))]
    key = ["cluster", "item", "outcome", "score", "ability", *texts]
    countable: Any = rows.reason.isnull()
    for part in ("cluster", "item"):
        if getattr(question.columns, part) is not None:
            countable &= rows[part].notnull()
    # Putting one number a row in order is quicker than grouping rows by all that they say.
    # Rows that are the same have the same number; others may by chance, and are told apart.
    # Without a cluster many rows of an hour are alike, and are nobody's.
    spans = _spans(rows, size)
    for near in (True, False) if question.columns.cluster is not None else (False,):
        about = rows.time.truncate(WITHIN) if near else rows.time
        numbered = rows.mutate(number=_number(rows, question, near), about=about)
        found = [keep(_twice(span(numbered.filter(countable)))) for span in spans]
        often = sum(own.count().to_pyarrow().as_py() for own in found)
        # Most logs have none, and then the rows need not be numbered.
        if not often:
            return rows.mutate(repeat=ibis.literal(False))
        # Where scores are coarse, rows are alike that have nothing to do with each other.
        if not near or often <= COMMON * rows.filter(countable).count().to_pyarrow().as_py():
            break
        for own in found:
            forget(own)
    pieces, some = [], False
    for span, own in zip(spans, found, strict=True):
        shared = own.distinct()
        same = span(numbered.filter(countable)).semi_join(shared, "number")
        sizes = same.group_by("about", *key).agg(rows=_.count())
        if sizes.filter(_.rows > 1).limit(1).count().to_pyarrow().as_py():
            some = True
            pieces.append(_marked(span(numbered), shared, countable, key, near))
        else:
            nobody = {"repeat": False, **({AGAIN: False} if near else {})}
            pieces.append(span(rows).mutate(**nobody))
    return keep_all(pieces) if some else rows.mutate(repeat=ibis.literal(False))


def _twice(numbered: ibis.Table) -> ibis.Table:
    """Every ``number`` that more than one row has, once less than it occurs."""
    order = numbered.select("number").mutate(before=_.number.lag().over(order_by="number"))
    return order.filter(_.number == _.before).select("number")


def _marked(
    numbered: ibis.Table, shared: ibis.Table, countable: Any, key: list[str], near: bool
) -> ibis.Table:
    """The rows with ``repeat``, and ``again`` if they are `near`."""
    alike = numbered.left_join(shared, "number")
    alike = alike.mutate(countable=countable & _.number_right.notnull())
    window = ibis.window(group_by=["number_right", "countable", "about", *key], order_by="time")
    before = alike.mutate(before=_.time.lag().over(window))
    again = _.countable & _.before.notnull()
    marked = before.mutate(repeat=again & (_.before == _.time).fill_null(False))
    marked = marked.mutate(**({AGAIN: again} if near else {}))
    return marked.drop("number", "number_right", "countable", "about", "before")


def _spans(rows: ibis.Table, size: int) -> list[Callable[[ibis.Table], ibis.Table]]:
    """What takes a part of `rows` by time, about `AT_ONCE` each; of few rows one that takes all.

    Rows that are the same, but for a time within the hour, are in one part.
    """
    if size <= AT_ONCE:
        return [lambda table: table]
    hours = rows.filter(_.time.notnull()).group_by(hour=_.time.truncate(WITHIN))
    sizes = hours.agg(rows=_.count()).order_by("hour").to_pyarrow()
    held, starts = 0, list[Any]()
    for hour, own in zip(sizes["hour"].to_pylist(), sizes["rows"].to_pylist(), strict=True):
        if not starts or held + own > AT_ONCE:
            held = 0
            starts.append(ibis.literal(hour))
        held += own
    if not starts:
        return [lambda table: table]
    firsts, lasts = [None, *starts[1:]], [*starts[1:], None]
    spans = [_within(first, last) for first, last in zip(firsts, lasts, strict=True)]
    return [*spans, lambda table: table.filter(_.time.isnull())]


def _within(first: Any, last: Any) -> Callable[[ibis.Table], ibis.Table]:
    """Takes rows with a time from ``first`` on and before ``last``, each None for no bound."""

    def rows(table: ibis.Table) -> ibis.Table:
        table = table.filter(_.time.notnull() if first is None else _.time >= first)
        return table if last is None else table.filter(_.time < last)

    return rows


def with_copies(log: Rows, question: Question) -> tuple[Rows, bool]:
    """Rows of `with_repeats`, with copies of other times as repeats if they became common.

    And whether they did.
    """
    if AGAIN not in log.table.columns:
        return log, False
    tables = [log.table] if log.inside is None else [log.table, log.inside]
    if rose := _rose(log, question):
        tables = [table.mutate(repeat=_[AGAIN]) for table in tables]
    tables = [table.drop(AGAIN) for table in tables]
    inside = None if log.inside is None else tables[1]
    return replace(log, table=tables[0], inside=inside), rose


def _rose(log: Rows, question: Question) -> bool:
    """Whether copies with another time became common, and not only rows alike."""
    scored = log.within.filter(_.reason.isnull(), ~_.repeat)
    texts = ["system", *(f"cohort{i}" for i in range(len(question.cohorts)))]
    hours = scored.group_by("window", "cluster", "item", *texts, hour=_.time.truncate(WITHIN))
    of_hours = hours.agg(rows=_.count(), copies=_[AGAIN].sum()).group_by("window")
    sums = of_hours.agg(hours=_.count(), rows=_.rows.sum(), copies=_.copies.sum())
    found = {row.pop("window"): row for row in sums.to_pyarrow().to_pylist()}
    if len(found) < 2 or found[1]["copies"] < FEWEST:
        return False
    copies, share, rows = (
        [found[window][part] / found[window][of] for window in (0, 1)]
        for part, of in (("copies", "hours"), ("copies", "rows"), ("rows", "hours"))
    )
    # Of rows that are sent again there are more; of a score that is one value now there are not.
    return bool(share[1] > RISE * share[0] and rows[1] - rows[0] >= ADDED * (copies[1] - copies[0]))


def _number(rows: ibis.Table, question: Question, near: bool) -> Any:
    """A whole number that rows which are the same share, and hardly any others.

    It begins with the second of a row's time, or with its hour if ``near``: logs are about in order
    of time, and what is nearly in order is put in order quickly.
    """
    named = [part for part in ("cluster", "item") if getattr(question.columns, part) is not None]
    # Codes are mixed as numbers, which costs less than a hash.
    coded = [part for part in named if rows[part].type().is_integer()]
    parts = [rows[part].cast("int64") * FACTORS[part] for part in coded]
    # A part of a hash, so that no sum is beyond 64 bits.
    parts += [rows[part].hash() // 8 for part in ["score", *named] if part not in coded]
    seconds = rows.time.epoch_seconds().cast("int64")
    if near:
        return (seconds // HOUR) * WITHIN_HOUR + reduce(add, parts) % WITHIN_HOUR
    return seconds * WITHIN_SECOND + reduce(add, parts) % WITHIN_SECOND
