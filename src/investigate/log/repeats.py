"""Rows that are in the log more than once.

A row that is sent again may come with a time of its own: what retries write is the same but for
seconds or minutes. Rows of one cluster can be as alike without being copies, as where scores are
coarse and outcomes rare, and become so where scores become one default. So a copy with another
time counts as a repeat only where these are far more common in one window than in the other, and
clusters have as many more rows in an hour there. Where no cluster is named, a copy comes within a
minute: so near there are far more of them than by chance, if rows that are alike lie anywhere in
their hour, and a day has as many more rows.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.log.rows import Rows
from investigate.log.temporary import AT_ONCE, beside, forget, keep, keep_all
from investigate.question.question import Question

COMMON = 0.25
"""Where so large a part of the rows is like another of its hour, that says nothing."""
TWICE = 0.5
"""The same without a cluster: a log in which every row is sent twice has no more of them."""
FEWEST = 10
"""Copies with another time that a window has at least, if these count."""
RISE, ADDED = 3.0, 0.5
"""How many times as common as in the other window, and as by chance, copies with another time are,
and what part of what they add to the rows of a cluster's hour, or of a day, is added whatever
scores and outcomes say."""
SOON, NOTABLE = 60, 0.01
"""Seconds within which a copy of nobody known comes; of fewer of all rows none is looked for."""
WITHIN = "h"
"""Copies have times in one hour of the clock."""
HOUR, WITHIN_HOUR, WITHIN_SECOND = 3_600, 2**42, 2**24
"""Numbers of the rows of one hour and of one second: hours from 1900 to 2200 have 22 bits.

They are so many that rows of a large log hardly ever have the same one by chance, since then all
rows are looked at once more.
"""
FACTORS = {"cluster": 1_000_003, "item": 7_919}
"""Primes, so that few clusters and items have the same sum."""
BESIDE = ("number", "number_right", "about")
"""Columns of a row's number, and of the same where others have it too, and of its time."""
FOLLOW = ("time", "start", "window", "reason", "cluster_fold")
"""Other columns in which rows of one time that are the same cannot differ."""
FEW = 2**20
"""Numbers of copies, added up, that a table of them may have rows."""
AGAIN = "again"
"""The column of `with_repeats` that marks copies of whatever time; dropped by `with_copies`."""


Span = Callable[[ibis.Table], ibis.Table]
"""What takes a part of the rows by time."""


def with_repeats(rows: ibis.Table, question: Question, size: int) -> ibis.Table:
    """`rows`, ``size`` in all, with ``repeat``: whether a scored row repeats an earlier one.

    Rows are the same when all that the question names is, outcome and score too; where it
    names a cluster or an item, only rows whose own is known. Where some rows are the same but for
    a time in the same hour, and in the same minute or so without a cluster, ``again`` marks all
    but the first of these.
    """
    texts = ["system", *(f"cohort{i}" for i in range(len(question.cohorts)))]
    key = ["cluster", "item", "outcome", "score", "ability", *texts]
    countable: Any = rows.reason.isnull()
    for part in ("cluster", "item"):
        if getattr(question.columns, part) is not None:
            countable &= rows[part].notnull()
    # Putting one number a row in order is quicker than grouping rows by all that they say.
    # Rows that are the same have the same number; others may by chance, and are told apart.
    spans, known = _spans(rows, size), question.columns.cluster is not None
    total = rows.filter(countable).count().to_pyarrow().as_py()
    often, most = None, COMMON if known else TWICE
    if not known:
        # Most logs have no two rows of a minute that are alike: these need not be looked at again.
        often = _often(rows, question, countable, spans)
        if not often:
            return rows.mutate(repeat=ibis.literal(False))
    for near in (True, False) if known or (often or 0) >= NOTABLE * total else (False,):
        about = rows.time.truncate(WITHIN) if near else rows.time
        numbered = rows.mutate(number=_number(rows, question, near), about=about)
        found = [keep(_twice(span(numbered.filter(countable)))) for span in spans]
        often = sum(own.count().to_pyarrow().as_py() for own in found)
        # Most logs have none, and then the rows need not be numbered.
        if not often:
            return rows.mutate(repeat=ibis.literal(False))
        # Where scores are coarse, rows are alike that have nothing to do with each other.
        if not near or often <= most * total:
            break
        for own in found:
            forget(own)
    pieces, some = [], False
    for span, own in zip(spans, found, strict=True):
        flagged = span(numbered).left_join(keep(own.distinct()), "number")
        alike = countable & flagged.number_right.notnull()
        nobody = {"repeat": False, **({AGAIN: False} if near else {})}
        alone = flagged.filter(~alike).drop(*BESIDE).mutate(**nobody)
        same, follow = flagged.filter(alike), not near and set(rows.columns) <= {*key, *FOLLOW}
        what = [*rows.columns] if follow else ["about", *key]
        equal = keep(same.group_by(what).agg(copies=_.count()))
        sizes = equal.select("copies").distinct().order_by("copies").to_pyarrow()
        copies = sizes["copies"].to_pylist()
        several = max(copies, default=1) > 1
        if several and follow and sum(copies) <= FEW:
            marked = _written_again(equal, copies)
        else:
            forget(equal)
            marked = _marked(same, key, near, soon=near and not known)
        some |= several
        pieces += [alone, marked] if several else [span(rows).mutate(**nobody)]
    return keep_all(pieces) if some else rows.mutate(repeat=ibis.literal(False))


def _twice(numbered: ibis.Table) -> ibis.Table:
    """Every ``number`` that more than one row has, once less than it occurs."""
    order = numbered.select("number").mutate(before=_.number.lag().over(order_by="number"))
    return order.filter(_.number == _.before).select("number")


def _often(rows: ibis.Table, question: Question, countable: Any, spans: list[Span]) -> int:
    """How many rows of one minute have a number that an earlier one has."""
    minute = (rows.time.epoch_seconds().cast("int64") // SOON) * WITHIN_SECOND
    numbered = rows.mutate(number=minute + _number(rows, question, near=False) % WITHIN_SECOND)
    found = [_twice(span(numbered.filter(countable))).count() for span in spans]
    return sum(own.to_pyarrow().as_py() for own in found)


def _marked(same: ibis.Table, key: list[str], near: bool, soon: bool) -> ibis.Table:
    """Rows that share a number, with ``repeat``, and ``again`` if `near`, or come so `soon`."""
    window = ibis.window(group_by=["number", "about", *key], order_by="time")
    before = same.mutate(before=_.time.lag().over(window))
    again = _.before.notnull()
    marked = before.mutate(repeat=(_.before == _.time).fill_null(False))
    if soon:
        again &= (_.time.epoch_seconds() - _.before.epoch_seconds() <= SOON).fill_null(False)
    marked = marked.mutate(**({AGAIN: again} if near else {}))
    return marked.drop(*BESIDE, "before")


def _written_again(equal: ibis.Table, sizes: list[int]) -> ibis.Table:
    """As many rows as ``copies`` says of each of `equal`, which are those `sizes`, with ``repeat``.

    Which of rows that are equal in all columns is marked does not matter, and to count them and
    write them as often is quicker than to put them in order.
    """
    numbers = [(size, copy > 0) for size in sizes for copy in range(size)]
    copies = beside(equal, pd.DataFrame(numbers, columns=["copies", "repeat"]))
    return equal.join(copies, "copies").drop("copies")


def _spans(rows: ibis.Table, size: int) -> list[Span]:
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


def _within(first: Any, last: Any) -> Span:
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
    """Whether copies with another time are common in one window alone, and not only rows alike."""
    scored = log.within.filter(_.reason.isnull(), ~_.repeat)
    texts = ["system", *(f"cohort{i}" for i in range(len(question.cohorts)))]
    known = question.columns.cluster is not None
    same = ["cluster"] if known else ["outcome", "score", "ability"]
    hours = scored.group_by("window", *same, "item", *texts, hour=_.time.truncate(WITHIN))
    of_hours = hours.agg(rows=_.count(), copies=_[AGAIN].sum())
    # Each but the first of the rows of an hour that are alike, if one at least is so near.
    chance = (_.rows - 1) * (1.0 - (1.0 - SOON / HOUR) ** _.rows)
    of_hours = of_hours.mutate(chance=ibis.literal(0.0) if known else chance)
    sums = of_hours.group_by("window").agg(
        hours=_.count(), rows=_.rows.sum(), copies=_.copies.sum(), chance=_.chance.sum()
    )
    found = {row.pop("window"): row for row in sums.to_pyarrow().to_pylist()}
    if len(found) < 2:
        return False
    for window, asked in enumerate((question.baseline, question.incident)):
        start, end = asked.bounds(question.timezone)
        found[window]["share"] = found[window]["copies"] / found[window]["rows"]
        if not known:
            found[window]["hours"] = (end - start).total_seconds() / HOUR
    less, more = sorted(found.values(), key=lambda own: own["share"])
    added, copies = (
        more[part] / more["hours"] - less[part] / less["hours"] for part in ("rows", "copies")
    )
    # Of rows that are sent again there are more; of a score that is one value now there are not.
    return bool(
        more["copies"] >= FEWEST
        and more["copies"] > RISE * more["chance"]
        and more["share"] > RISE * less["share"]
        and added >= ADDED * copies
    )


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
