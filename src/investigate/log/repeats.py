"""Rows that are in the log more than once."""

from functools import reduce
from operator import xor
from typing import Any

import ibis
from ibis import _

from investigate.log.temporary import keep
from investigate.question.question import Question


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
    named = [part for part in ("cluster", "item") if getattr(question.columns, part) is not None]
    # None of these is missing in a row that counts.
    mixed = _mixed(rows, ["time", "score", *named])
    numbers = rows.filter(countable).select(number=mixed)
    order = numbers.mutate(before=_.number.lag().over(order_by="number"))
    shared = keep(order.filter(_.number == _.before).select("number").distinct())
    # Most logs have none, and then the rows need not be numbered.
    if not shared.count().to_pyarrow().as_py():
        return rows.mutate(repeat=ibis.literal(False))
    alike = rows.mutate(number=mixed).left_join(shared, "number")
    alike = alike.mutate(countable=countable & _.number_right.notnull())
    place = ibis.row_number().over(group_by=["number_right", "countable", *key])
    marked = alike.mutate(repeat=_.countable & (place > 0))
    return keep(marked.drop("number", "number_right", "countable"))


def _mixed(rows: ibis.Table, names: list[str]) -> Any:
    """A whole number that is the same where the columns `names` are."""
    return reduce(xor, (rows[name].hash() for name in names))
