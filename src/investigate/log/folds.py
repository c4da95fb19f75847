"""Jackknife folds: a hash of the cluster's id, the same on every engine."""

from typing import Any

import ibis

from investigate.counts.table import FOLDS
from investigate.question.question import Question

_TIME = "%Y%m%d%H%M%S"


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def md5(text: str) -> str:  # type: ignore[empty-body]
    """The engine's own MD5, in hexadecimal."""


def fold(rows: ibis.Table, question: Question, texts: tuple[str, str] = ("item", "system")) -> Any:
    """The fold of each row, 0 to 31.

    A row without a cluster is a cluster of its own, known by what it says; the score's
    bin replaces the score, which engines do not write alike. `rows` needs ``bin``; what
    has ``cluster_fold``, as `with_clusters` adds it, has no cluster hashed again. The item and
    the system are in the columns `texts`. The engine's time zone must be UTC.
    """
    item, system = (rows[name] for name in texts)
    time = rows.time.strftime(_TIME)
    if question.columns.cluster is None:
        parts = [time, rows.outcome, rows.bin, item, system]
        return hashed(_joined(parts))
    if "cluster_fold" not in rows.columns:
        return hashed(ibis.coalesce(rows.cluster, _joined([time, item, rows.bin])))
    alone = ibis.ifelse(rows.cluster.isnull(), _joined([time, item, rows.bin]), None)
    return rows.cluster_fold.coalesce(hashed(alone))


def spread(
    rows: ibis.Table,
    question: Question,
    apart: list[str],
    texts: tuple[str, str] = ("item", "system"),
    always: bool = False,
) -> ibis.Table:
    """`rows` with another ``fold`` where they share one only because they say the same.

    Where a question names no cluster and times are dates or hours, thousands of independent rows
    share all that `fold` looks at, and an interval would take them for one cluster. They are
    numbered, and the number is hashed as well: dealt out in turn, folds would be more alike than
    samples are, and intervals too narrow. The columns `apart`, where there are such, settle which
    row has which number; rows that are the same in these too are counted alike. What has finer
    times stays as it is: unless it is `always` done, a log with any has no row put in order.
    """
    whole = rows.time.second() == 0
    if question.columns.cluster is not None or not (always or _all(rows, whole)):
        return rows
    # Engines do not put what is missing in the same place.
    known = [rows[name] for name in apart if name in rows.columns]
    order = [key for value in known for key in (value.isnull(), value)]
    alike = ["time", "outcome", "bin", *texts]
    window = ibis.window(group_by=alike, order_by=order or alike[:1])
    numbered = rows.mutate(number=ibis.row_number().over(window))
    parts = [numbered[name] for name in ("outcome", "bin", *texts, "number")]
    own = hashed(_joined([numbered.time.strftime(_TIME), *parts]))
    moved = whole & (numbered.number > 0)
    return numbered.mutate(fold=ibis.ifelse(moved, own, numbered.fold)).drop("number")


def _all(rows: ibis.Table, whole: Any) -> bool:
    return not rows.filter(~whole).limit(1).count().to_pyarrow().as_py()


def hashed(key: Any) -> Any:
    """The fold that the text `key` falls into."""
    digest = md5(key)
    digits = ibis.literal("0123456789abcdef")
    first, second = digits.find(digest.substr(0, 1)), digits.find(digest.substr(1, 1))
    return ((first * 16 + second) % FOLDS).cast("int8")


def _joined(parts: list[Any]) -> Any:
    texts = [part.cast("string").fill_null("") for part in parts]
    joined = texts[0]
    for text in texts[1:]:
        joined = joined + "|" + text
    return joined
