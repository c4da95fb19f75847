"""Jackknife folds: a hash of the cluster's id, the same on every engine."""

from typing import Any

import ibis

from investigate.counts.table import FOLDS
from investigate.question.question import Question


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def md5(text: str) -> str:  # type: ignore[empty-body]
    """The engine's own MD5, in hexadecimal."""


def fold(rows: ibis.Table, question: Question, texts: tuple[str, str] = ("item", "system")) -> Any:
    """The fold of each row, 0 to 31.

    A row without a cluster is a cluster of its own, known by what it says; the score's
    bin stands for the score, which engines do not write alike. `rows` needs ``bin``; what
    has ``cluster_fold``, as `with_clusters` adds it, has no cluster hashed again. The item and
    the system are in the columns `texts`. The engine's time zone must be UTC.
    """
    item, system = (rows[name] for name in texts)
    time = rows.time.strftime("%Y%m%d%H%M%S")
    if question.columns.cluster is None:
        parts = [time, rows.outcome, rows.bin, item, system]
        return hashed(_joined(parts))
    if "cluster_fold" not in rows.columns:
        return hashed(ibis.coalesce(rows.cluster, _joined([time, item, rows.bin])))
    alone = ibis.ifelse(rows.cluster.isnull(), _joined([time, item, rows.bin]), None)
    return rows.cluster_fold.coalesce(hashed(alone))


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
