"""Does the history tell the scores: how many rows have a value, and how many follow from it."""

from typing import Any

import ibis
from ibis import _

from investigate.log.replay.frame import Frame
from investigate.log.replay.shifted import APART, shifted
from investigate.question.question import Question


def coverage(frame: Frame, question: Question) -> dict[str, Any]:
    """How many rows the history values, covers and explains.

    ``placebo`` and ``incident``: ``rows``, ``valued``, ``covered``, ``agreeing`` (the log
    names the system in force). ``ability`` and ``pairs``: rows ``checked`` and ``following``,
    by the ability column, and by whether successive scores of one cluster differ as their
    difficulties do; ``checked_before`` and ``following_before`` are those of the placebo; null
    where the log names no such column. ``shift``: see `shifted`.
    ``unmatched``: the log's ``items`` and the ``rows`` with one that the history lacks, with a
    ``log`` and a ``history`` example; null where it has all.
    """
    rows = frame.rows.filter(_.reason.isnull(), _.stretch.notnull())
    measures = {
        "rows": _.count(),
        "valued": _.in_force.notnull().sum(),
        "covered": _.covered.sum(),
        "agreeing": (_.writer == _.system).fill_null(False).sum(),
    }
    sizes = rows.group_by("stretch").agg(**measures).to_pyarrow().to_pylist()
    empty = dict.fromkeys(measures, 0)
    found: dict[str, Any] = {
        name: {
            k: int(v or 0) for k, v in next((s for s in sizes if s["stretch"] == n), empty).items()
        }
        for n, name in enumerate(("placebo", "incident"))
    }
    for part in found.values():
        part.pop("stretch", None)
    found["ability"] = (
        _checked(rows.filter(_.follows.notnull()), _.follows) if question.columns.ability else None
    )
    found["pairs"] = _by_pairs(rows, frame) if question.columns.cluster else None
    shares = [c["following"] / c["checked"] for c in (found["ability"], found["pairs"])
              if c and c["checked"]]  # fmt: skip
    found["shift"] = shifted(frame, question, max(shares)) if shares else None
    found["unmatched"] = _unmatched(frame)
    return found


def _unmatched(frame: Frame) -> dict[str, Any] | None:
    rows = frame.rows.filter(_.reason.isnull(), _.stretch.notnull(), _["item"].notnull())
    written_items = frame.writes.table.select("item").distinct()
    lost = rows.anti_join(written_items, "item")
    sizes = lost.agg(items=_["item"].nunique(), rows=_.count(), log=_["item"].min())
    found: dict[str, Any] = sizes.to_pyarrow().to_pylist()[0]
    if not found["rows"]:
        return None
    first = written_items.agg(first=_["item"].min()).to_pyarrow().to_pylist()[0]["first"]
    return {**found, "of": int(rows.count().to_pyarrow().as_py()), "history": first}


def _by_pairs(rows: ibis.Table, frame: Frame) -> dict[str, int]:
    spread = rows.agg(sd=_.inner.std()).to_pyarrow().to_pylist()[0]["sd"] or 0.0
    order = ibis.window(group_by="cluster", order_by=["time", "item"])
    known = rows.filter(_.in_force.notnull(), _.cluster.notnull())
    known = known.mutate(
        scores=_.inner - _.inner.lag().over(order),
        values=(_.in_force - _.in_force.lag().over(order)) * frame.formula.difficulty_slope,
    )
    apart = known.filter(_.values.abs() > APART * spread)
    return _checked(apart, (_.scores - _.values).abs() < _.values.abs() / 2)


def _checked(rows: ibis.Table, follows: Any) -> dict[str, int]:
    before = _.stretch == 0
    sizes = rows.agg(
        checked=_.count(),
        following=follows.sum(),
        checked_before=before.sum(),
        following_before=(follows & before).sum(),
    )
    return {k: int(v or 0) for k, v in sizes.to_pyarrow().to_pylist()[0].items()}
