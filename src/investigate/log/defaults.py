"""Scores made from a default: many answerers cannot share one value by chance.

Only rows of seasoned clusters are judged, because every newcomer starts at a default; all
rows are where hardly any cluster is seasoned. What repeats without an ability or an item is
judged by `investigate.log.sudden_values`.
"""

from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.counts.table import MISSING
from investigate.log.coding import NOTHING
from investigate.log.temporary import beside, keep
from investigate.question.question import Question

BESIDE = 15
"""Hundredths to either side that say how common an ability would be by chance."""
STANDS_OUT = 3
"""A shared ability is at least so many times as common as those beside it."""
SEASONED_SHARE = 0.05
"""Share of seasoned rows in each window, below which all rows are judged."""


def with_defaulted(
    rows: ibis.Table, values: ibis.Table, question: Question, implied: Any = None
) -> ibis.Table:
    """`rows`, with ``defaulted`` also of the scored rows whose score is a default.

    A default is an ability that at least max(3, 1%) of the window's seasoned clusters
    share, or none; where a history implies it, a hundredth of ability that stands out; without
    either, a score of a system for an item that at least
    max(3, 10% of the item's rows) clusters share, or two where hardly any did in the baseline.
    Rows replace them where no cluster is named. Without any of these `rows` are as they were.
    `values` holds how many rows ``within`` the windows have each ``score`` that repeats;
    `implied` is the ability that a row's score and difficulty imply, where a history tells them.
    """
    judgeable: Any = _.reason.isnull() & (_.window >= 0)
    if not (question.columns.ability or implied is not None or question.columns.item):
        return rows
    if _enough_seasoned(rows.filter(judgeable)):
        judgeable &= _.seasoned
    # Joined on below, where null would not equal null.
    missing: Any = MISSING if rows.system.type().is_string() else NOTHING
    keyed = rows.mutate(system=_.system.fill_null(missing))
    if question.columns.ability:
        keys, shared = ["window", "ability"], _abilities(keyed.filter(judgeable), question)
    elif implied is not None:
        keyed = keyed.mutate(rounded=_rounded(implied))
        keys, shared = ["window", "rounded"], _peaks(keyed.filter(judgeable))
    else:
        keys = ["window", "system", "item", "score"]
        shared = _scores_of_items(keyed.filter(judgeable), values, question)
    shared = keep(shared.select(*keys).mutate(shared=True))
    if not (question.columns.ability or shared.count().to_pyarrow().as_py()):
        return rows
    joined = keyed.left_join(shared, keys)
    default: Any = _.shared.fill_null(False)
    if question.columns.ability:
        default |= _.ability.isnull()
    joined = joined.mutate(defaulted=_.defaulted | (judgeable & default))
    return joined.select(*rows.columns)


def _enough_seasoned(scored: ibis.Table) -> bool:
    sizes = scored.group_by("window").agg(every=_.count(), own=_.seasoned.sum()).to_pandas()
    return bool((sizes["own"] >= SEASONED_SHARE * sizes["every"]).all())


def _abilities(judged: ibis.Table, question: Question) -> ibis.Table:
    holders = _holders(question)
    everyone = judged.group_by("window").agg(everyone=holders)
    sharing = judged.filter(_.ability.notnull()).group_by("window", "ability").agg(holders=holders)
    return sharing.join(everyone, "window").filter(_.holders >= 3, _.holders * 100 >= _.everyone)


def _rounded(ability: Any) -> Any:
    return (ability * 100).clip(-1e9, 1e9).round().cast("int64")


def _peaks(judged: ibis.Table) -> ibis.Table:
    """Hundredths of ability that at least 1% of rows share, and far more than those beside.

    Scores are rounded, so an ability read back from them is never exact.
    """
    known = judged.filter(_.rounded.notnull())
    sizes = known.group_by("window", "rounded").agg(rows=_.count()).to_pandas()
    found = []
    for window, own in sizes.groupby("window"):
        rows = own.set_index("rounded")["rows"]
        near = range(int(rows.index.min()) - BESIDE, int(rows.index.max()) + BESIDE + 1)
        filled = rows.reindex(near, fill_value=0)
        usual = filled.rolling(2 * BESIDE + 1, center=True, min_periods=1).median()
        peak = (filled * 100 >= filled.sum()) & (filled >= STANDS_OUT * usual)
        found += [(window, hundredths) for hundredths in filled.index[peak]]
    frame = pd.DataFrame(found, columns=["window", "rounded"]).astype("int64")
    return beside(judged, frame).mutate(window=_.window.cast("int8"))


def _scores_of_items(judged: ibis.Table, values: ibis.Table, question: Question) -> ibis.Table:
    judged = judged.filter(_["item"].notnull())
    keys = ["window", "system", "item", "score"]
    everyone = judged.group_by("window", "item").agg(everyone=_.count())
    # Counting who shares a score is dear, and most scores are too rare to be shared.
    judged = judged.semi_join(values.filter(_.within > 1), "score")
    frequent = judged.group_by(keys).agg(holders=_.count()).filter(_.holders >= 2)
    if question.columns.cluster:
        # Of two semi-joins in a row PostgreSQL would be sent one that it does not know.
        own = judged.join(frequent.select(keys), keys)
        frequent = own.group_by(keys).agg(holders=_holders(question))
    sharing = keep(frequent.join(everyone, ["window", "item"]).filter(_.holders >= 2))
    shared = sharing.filter(_.window == 0).agg(rows=_.holders.sum()).to_pyarrow().to_pylist()
    total = everyone.filter(_.window == 0).agg(rows=_.everyone.sum()).to_pyarrow().to_pylist()
    # Where scores are fine enough never to agree, two that do are no chance.
    if (shared[0]["rows"] or 0) * 100 <= (total[0]["rows"] or 0):
        return sharing
    return sharing.filter(_.holders >= 3, _.holders * 10 >= _.everyone)


def _holders(question: Question) -> Any:
    return _.cluster.nunique() if question.columns.cluster else _.count()
