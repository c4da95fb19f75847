"""What a row's cluster says of it: whether it is new, whether it stays, and its fold.

Which row of a cluster is its fifth depends on no window, so that a batch finds it out once.
"""

import ibis
from ibis import _

from investigate.log.folds import hashed
from investigate.log.temporary import keep
from investigate.question.question import Question

EARLIER = 5
"""Earlier rows in the log from which on a cluster is seasoned."""


def with_clusters(
    rows: ibis.Table,
    question: Question,
    inside: ibis.Table | None = None,
    everyone: bool = False,
) -> ibis.Table:
    """`rows`, or those of them that are `inside`, with what their cluster says.

    ``returning``: it has scored rows in both windows. ``cluster_fold``: its fold, null without
    one. ``seasoned``, of rows in the windows: at least five rows of its cluster are earlier; all
    are where no cluster is named. If ``everyone``, all rows have a cluster.
    """
    inside = rows if inside is None else inside
    if question.columns.cluster is None:
        never = ibis.literal(None, type="int8")
        return inside.mutate(seasoned=True, returning=False, cluster_fold=never)
    if "seasoned" in rows.columns and "cluster_fold" in rows.columns:
        return _returning(inside)
    start = question.baseline.bounds(question.timezone)[0]
    scored = _.reason.isnull()
    named = rows.filter(_.cluster.notnull())
    by_cluster = keep(
        named.group_by("cluster").agg(
            before=(scored & (_.window == 0)).max(),
            now=(scored & (_.window == 1)).max(),
            early=(_.time < ibis.literal(start)).sum(),
        )
    )
    by_cluster = by_cluster.left_join(_fifth(named, by_cluster), "cluster").drop("cluster_right")
    columns = ["cluster", "seasoned_after"]
    if "cluster_fold" not in rows.columns:
        # Hashed once a cluster: there are far fewer than rows.
        by_cluster, columns = (
            by_cluster.mutate(cluster_fold=hashed(by_cluster.cluster)),
            [*columns, "cluster_fold"],
        )
    own = keep(by_cluster.select(*columns, returns=_.before & _.now, long_there=_.early >= EARLIER))
    joined = inside.join(own, "cluster", how="inner" if everyone else "left")
    joined = joined.mutate(
        returning=_.returns.fill_null(False),
        seasoned=(_.long_there | (_.time > _.seasoned_after)).fill_null(False),
    )
    gone = ("cluster_right", "returns", "seasoned_after", "long_there")
    return joined.drop(*(name for name in gone if name in joined.columns))


def with_seasoned(rows: ibis.Table, question: Question) -> ibis.Table:
    """`rows` with ``seasoned``, whatever the windows; without a cluster that is left to them."""
    if question.columns.cluster is None:
        return rows
    fifth = _of_order(rows.filter(_.cluster.notnull(), _.time.notnull()))
    joined = rows.left_join(fifth, "cluster")
    joined = joined.mutate(seasoned=(_.time > _.seasoned_after).fill_null(False))
    return joined.drop("cluster_right", "seasoned_after")


def _returning(inside: ibis.Table) -> ibis.Table:
    """`inside` with ``returning``: the rest of what their cluster says is there."""
    scored = inside.filter(_.reason.isnull(), _.cluster.notnull())
    both = scored.group_by("cluster").agg(windows=_.window.nunique()).filter(_.windows > 1)
    # Kept: the join is a part of long queries.
    own = keep(both.select("cluster", returns=ibis.literal(True)))
    joined = inside.left_join(own, "cluster")
    return joined.mutate(returning=_.returns.fill_null(False)).drop("cluster_right", "returns")


def _fifth(named: ibis.Table, by_cluster: ibis.Table) -> ibis.Table:
    """``cluster`` and ``seasoned_after``: the time of its fifth row, as far as it matters.

    Clusters with five rows before the windows have five before any row in them, so only rows
    of the others are put in order.
    """
    few = by_cluster.filter(_.early < EARLIER).select("cluster")
    placed = named.filter(_.time.notnull()).select("cluster", "time").semi_join(few, "cluster")
    return _of_order(placed)


def _of_order(placed: ibis.Table) -> ibis.Table:
    order = ibis.row_number().over(group_by="cluster", order_by="time")
    placed = placed.select("cluster", "time")
    fifth = placed.mutate(order=order).filter(_.order == EARLIER - 1)
    return fifth.select("cluster", seasoned_after="time")
