"""Rows that stand in the log more than once."""

from typing import Any

import ibis

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
    doubled = rows.filter(countable).group_by(key).having(ibis._.count() > 1).agg(n=ibis._.count())
    # Most logs have none, and then the rows need not be numbered.
    if not doubled.count().to_pyarrow().as_py():
        return rows.mutate(repeat=ibis.literal(False))
    place = ibis.row_number().over(group_by=[countable, *key])
    return keep(rows.mutate(repeat=countable & (place > 0)))
