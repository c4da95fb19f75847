"""What a log must hold: each breach counted and shown, and windows that can be compared."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
from ibis import _

from investigate.errors import InputError
from investigate.log.rows import REASONS, Rows, shown
from investigate.question import Question

EXAMPLES = 3


def breaches(rows: Rows, question: Question, examples: bool) -> list[dict[str, Any]]:
    """Each breach as ``{"reason", "rows", "excluded"}``, over the whole log.

    With `examples`, also ``examples``: each maps the question's columns, but the cluster's,
    to the text that stands there. ``rows.table`` needs ``repeat``.
    """
    missing = _missing(question)
    sums = {reason: (_.reason == i).sum() for i, reason in enumerate(REASONS)}
    sums |= {"duplicate rows": _.repeat.sum()}
    sums |= {reason: _[column].isnull().sum() for reason, column in missing.items()}
    totals = rows.table.agg(**{f"total{i}": total for i, total in enumerate(sums.values())})
    found = []
    for reason, total in zip(sums, totals.to_pyarrow().to_pylist()[0].values(), strict=True):
        if not total:
            continue
        found.append({"reason": reason, "rows": int(total), "excluded": reason in REASONS})
        if not examples:
            continue
        if reason in REASONS:
            chosen = rows.left_out.filter(_.reason == REASONS.index(reason)).drop("reason")
        else:
            offends = _.repeat if reason == "duplicate rows" else _[missing[reason]].isnull()
            chosen = _shown(rows.table.filter(offends), question)
        found[-1]["examples"] = _examples(chosen, question)
    return found


def excluded(found: list[dict[str, Any]]) -> dict[str, int]:
    """How many rows are left out, by reason."""
    return {breach["reason"]: breach["rows"] for breach in found if breach["excluded"]}


def require_comparable(rows: Rows, question: Question) -> None:
    """Raises `InputError` unless both windows hold scored rows of both outcomes."""
    if not rows.total:
        raise InputError("log: it has no rows")
    known = [size for size in rows.windows.values() if size["first"] is not None]
    if not known:
        raise InputError(f"columns.time: {question.columns.time!r} holds no time that can be read")
    zone = ZoneInfo(question.timezone)

    def written(first: datetime, last: datetime) -> str:
        return " to ".join(f"{time.astimezone(zone):%Y-%m-%d %H:%M}" for time in (first, last))

    span = written(min(size["first"] for size in known), max(size["last"] for size in known))
    remedy = f"the log's {rows.total:,} rows run from {span}; choose another window"
    for w, name in enumerate(("baseline", "incident")):
        dates = written(*getattr(question, name).bounds(question.timezone))
        size = rows.windows.get(w)
        if size is None:
            raise InputError(f"{name}: no row lies in {dates}; {remedy}")
        if not size["scored"]:
            raise InputError(
                f"{name}: none of the {size['rows']:,} rows in {dates} can be scored; "
                f"most common: {_most_common(rows.table.filter(_.window == w))}; check the columns"
            )
        if size["positives"] in (0, size["scored"]):
            only = 1 if size["positives"] else 0
            raise InputError(
                f"{name}: all {size['scored']:,} scored rows in {dates} have outcome {only}, "
                f"so there is no AUC; {remedy}"
            )


def _most_common(left_out: ibis.Table) -> str:
    sizes = left_out.group_by("reason").agg(rows=_.count()).to_pandas()
    first = sizes.sort_values(["rows", "reason"], ascending=[False, True]).iloc[0]
    return REASONS[int(first["reason"])]


def _missing(question: Question) -> dict[str, str]:
    columns = {}
    if question.columns.system:
        columns["missing system"] = "system"
    columns |= {f"missing cohort {name}": f"cohort{i}" for i, name in enumerate(question.cohorts)}
    for part in ("cluster", "item"):
        if getattr(question.columns, part):
            columns[f"missing {part}"] = part
    return columns


def _shown(rows: ibis.Table, question: Question) -> ibis.Table:
    columns = question.columns
    parts: dict[str, Any] = {}
    for i, name in enumerate(question.cohorts):
        parts[name] = rows[f"cohort{i}"]
    for part in ("ability", "item", "system", "score", "outcome"):
        if name := getattr(columns, part):
            parts[name] = rows[part].cast("string")
    parts[columns.time] = rows.time.strftime("%Y-%m-%d %H:%M:%S") + " UTC"
    return rows.select(**{f"shown{i}": parts[name] for i, name in enumerate(shown(question))})


def _examples(chosen: ibis.Table, question: Question) -> list[dict[str, Any]]:
    order = [key for name in chosen.columns for key in (chosen[name].isnull(), chosen[name])]
    found = chosen.order_by(order).limit(EXAMPLES).to_pyarrow().to_pylist()
    return [dict(zip(shown(question), example.values(), strict=True)) for example in found]
