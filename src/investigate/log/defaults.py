"""Scores made from a default: many answerers cannot share one value by chance.

Only rows of seasoned clusters are judged, because every newcomer starts at a default.
"""

from typing import Any

import ibis
from ibis import _

from investigate.counts.table import MISSING
from investigate.log.temporary import keep
from investigate.question import Question

EARLIER = 5
"""Earlier rows in the log from which on a cluster is seasoned."""


def with_seasoned(rows: ibis.Table, question: Question) -> ibis.Table:
    """`rows` with ``seasoned``: at least five rows of its cluster are earlier.

    Every row is where no cluster is named.
    """
    if question.columns.cluster is None:
        return rows.mutate(seasoned=ibis.literal(True))
    placed = rows.filter(_.cluster.notnull(), _.time.notnull()).select("cluster", "time")
    order = ibis.row_number().over(group_by="cluster", order_by="time")
    fifth = placed.mutate(order=order).filter(_.order == EARLIER - 1)
    fifth = keep(fifth.select(cluster="cluster", seasoned_after="time"))
    joined = rows.left_join(fifth, "cluster").drop("cluster_right")
    seasoned = (_.time > _.seasoned_after).fill_null(False)
    return joined.mutate(seasoned=seasoned).drop("seasoned_after")


def with_defaulted(rows: ibis.Table, values: ibis.Table, question: Question) -> ibis.Table:
    """`rows` with ``defaulted``: the scored rows of a window whose score is a default.

    A default is an ability that at least max(3, 1%) of the window's seasoned clusters
    share, or none; without abilities, a score of a system for an item that at least
    max(3, 10% of the item's rows) clusters share; without items, a score that at least
    max(3, 1%) of the window's rows hold. Rows stand in where no cluster is named.
    `values` holds how many rows ``within`` the windows have each ``score``.
    """
    # Joined on below, where null would not equal null.
    rows = rows.mutate(system=_.system.fill_null(MISSING))
    scored = rows.filter(_.reason.isnull(), _.window >= 0)
    judged = scored.filter(_.seasoned)
    if question.columns.ability:
        keys, shared = ["window", "ability"], _abilities(judged, question)
    elif question.columns.item:
        keys = ["window", "system", "item", "score"]
        shared = _scores_of_items(judged, values, question)
    else:
        keys, shared = ["window", "score"], _scores(scored)
    shared = keep(shared.select(*keys).mutate(shared=True))
    joined = rows.left_join(shared, keys)
    joined = joined.drop(*(name for name in joined.columns if name.endswith("_right")))
    defaulted: Any = _.shared.fill_null(False)
    if question.columns.ability:
        defaulted |= _.ability.isnull()
    judgeable = _.reason.isnull() & (_.window >= 0) & _.seasoned
    return joined.mutate(defaulted=judgeable & defaulted).drop("shared")


def _abilities(judged: ibis.Table, question: Question) -> ibis.Table:
    holders = _holders(question)
    everyone = judged.group_by("window").agg(everyone=holders)
    sharing = judged.filter(_.ability.notnull()).group_by("window", "ability").agg(holders=holders)
    return sharing.join(everyone, "window").filter(_.holders >= 3, _.holders * 100 >= _.everyone)


def _scores_of_items(judged: ibis.Table, values: ibis.Table, question: Question) -> ibis.Table:
    judged = judged.filter(_["item"].notnull())
    keys = ["window", "system", "item", "score"]
    everyone = judged.group_by("window", "item").agg(everyone=_.count())
    # Counting who shares a score is dear, and most scores are too rare to be shared.
    judged = judged.semi_join(values.filter(_.within >= 3), "score")
    frequent = judged.group_by(keys).agg(holders=_.count()).filter(_.holders >= 3)
    if question.columns.cluster:
        frequent = judged.semi_join(frequent, keys).group_by(keys).agg(holders=_holders(question))
    sharing = frequent.join(everyone, ["window", "item"])
    return sharing.filter(_.holders >= 3, _.holders * 10 >= _.everyone)


def _scores(scored: ibis.Table) -> ibis.Table:
    everyone = scored.group_by("window").agg(everyone=_.count())
    sharing = scored.group_by("window", "score").agg(holders=_.count())
    return sharing.join(everyone, "window").filter(_.holders >= 3, _.holders * 100 >= _.everyone)


def _holders(question: Question) -> Any:
    return _.cluster.nunique() if question.columns.cluster else _.count()
