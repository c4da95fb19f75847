"""Rows that stand in the log more than once."""

from typing import Any

import ibis

from investigate.counts.table import MISSING
from investigate.log.temporary import keep
from investigate.question import Question


def with_repeats(rows: ibis.Table, question: Question) -> ibis.Table:
    """`rows` with ``repeat``: whether a scored row repeats an earlier one.

    Rows are the same when cluster, item and time are, where both are named and known;
    otherwise when all of the question's columns are. The first by outcome, score, system
    and cohorts stays.
    """
    named = question.columns.cluster is not None and question.columns.item is not None
    texts = ["system", *(f"cohort{i}" for i in range(len(question.cohorts)))]
    key = ["cluster", "item", "time"]
    if not named:
        key += ["outcome", "score", "ability", *texts]
    countable: Any = rows.reason.isnull()
    if named:
        countable &= rows.cluster.notnull() & rows["item"].notnull()
    doubled = rows.filter(countable).group_by(key).having(ibis._.count() > 1).agg(n=ibis._.count())
    # Most logs have none, and then the rows need not be put in order.
    if not doubled.count().to_pyarrow().as_py():
        return rows.mutate(repeat=ibis.literal(False))
    # Engines put nulls at different ends.
    order = [rows.outcome, rows.score, *(rows[name].fill_null(MISSING) for name in texts)]
    order += [rows.ability.isnull(), rows.ability]
    place = ibis.row_number().over(group_by=[countable, *key], order_by=order)
    return keep(rows.mutate(repeat=countable & (place > 0)))
