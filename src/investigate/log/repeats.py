"""Rows that are in the log more than once."""

from functools import reduce
from operator import add
from typing import Any

import ibis
from ibis import _

from investigate.log.temporary import keep
from investigate.question.question import Question

WITHIN_SECOND = 2**24
"""Numbers of the rows of one second; times have 38 bits."""
FACTORS = {"cluster": 1_000_003, "item": 7_919}
"""Primes, so that few clusters and items have the same sum."""


def with_repeats(rows: ibis.Table, question: Question) -> ibis.Table:
    """`rows` with ``repeat``: whether a scored row repeats an earlier one.

    Rows are the same when all that the question names is, outcome and score too; where it
    names a cluster or an item, only rows whose own is known.
    """
    texts = ["system", *(f"cohort{i}" for i in range(len(question.cohorts)))]
    key = ["cluster", "item", "time", "outcome", "score", "ability", *texts]
    countable: Any = rows.reason.isnull()
    for part in ("cluster", "item"):
        if getattr(question.columns, part) is not None:
            countable &= rows[part].notnull()
    # Putting one number a row in order is quicker than grouping rows by all that they say.
    # Rows that are the same have the same number; others may by chance, and are told apart.
    numbers = rows.filter(countable).select(number=_number(rows, question))
    order = numbers.mutate(before=_.number.lag().over(order_by="number"))
    shared = keep(order.filter(_.number == _.before).select("number").distinct())
    # Most logs have none, and then the rows need not be numbered.
    if not shared.count().to_pyarrow().as_py():
        return rows.mutate(repeat=ibis.literal(False))
    numbered = rows.mutate(number=_number(rows, question))
    same = numbered.filter(countable).semi_join(shared, "number")
    sizes = same.group_by(key).agg(rows=_.count())
    if not sizes.filter(_.rows > 1).limit(1).count().to_pyarrow().as_py():
        return rows.mutate(repeat=ibis.literal(False))
    alike = numbered.left_join(shared, "number")
    alike = alike.mutate(countable=countable & _.number_right.notnull())
    place = ibis.row_number().over(group_by=["number_right", "countable", *key])
    marked = alike.mutate(repeat=_.countable & (place > 0))
    return keep(marked.drop("number", "number_right", "countable"))


def _number(rows: ibis.Table, question: Question) -> Any:
    """A whole number that rows which are the same share, and hardly any others.

    It begins with the second of a row's time: logs are about in order of time, and what is nearly
    in order is put in order quickly.
    """
    named = [part for part in ("cluster", "item") if getattr(question.columns, part) is not None]
    # Codes are mixed as numbers, which costs less than a hash.
    coded = [part for part in named if rows[part].type().is_integer()]
    parts = [rows[part].cast("int64") * FACTORS[part] for part in coded]
    # A part of a hash, so that no sum is beyond 64 bits.
    parts += [rows[part].hash() // 8 for part in ["score", *named] if part not in coded]
    seconds = rows.time.epoch_seconds().cast("int64")
    return seconds * WITHIN_SECOND + reduce(add, parts) % WITHIN_SECOND
