"""What a log must hold: each breach counted and shown, and windows that can be compared."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.auc import auc, delong_variance
from investigate.counts.table import UPSIDE_DOWN
from investigate.errors import InputError
from investigate.log.rows import REASONS, Rows, shown
from investigate.question.question import Question

EXAMPLES = 3
FAR_BELOW = 0.45
"""An AUC surely below this is no chance: the score is upside down."""
YEARS_AWAY = timedelta(days=3653)
FAR = "time ten years or more from the windows"

UNREADABLE = {
    REASONS.index("non-binary outcome"): "outcome",
    REASONS.index("non-finite score"): "score",
    REASONS.index("time in another unit"): "time",
    REASONS.index("unreadable time"): "time",
    REASONS.index("time out of range"): "time",
}
ARTICLES = {
    REASONS.index("non-binary outcome"): "no 0 or 1",
    REASONS.index("non-finite score"): "no finite number",
    REASONS.index("time in another unit"): "an epoch of another unit than most",
    REASONS.index("unreadable time"): "no time that is written as most are",
    REASONS.index("time out of range"): "a time that is out of range",
}
REMEDIES = {
    "outcome": "mend the log, or say which texts mean 1 and 0 (positive: and negative:)",
    "score": "mend the log",
    "time": "write all times in one way",
}


def breaches(rows: Rows, question: Question, examples: bool) -> list[dict[str, Any]]:
    """Each breach as ``{"reason", "rows", "excluded"}``, over the whole log.

    With `examples`, also ``examples``: each maps the question's columns, but the cluster's,
    to the text that is there. ``rows.table`` needs ``repeat``.
    """
    missing = _missing(question)
    far = _far(question)
    sums = {"duplicate rows": _.repeat.sum(), FAR: far.sum()}
    sums |= {reason: _[column].isnull().sum() for reason, column in missing.items()}
    totals = rows.table.agg(**{f"total{i}": total for i, total in enumerate(sums.values())})
    found = list(rows.breaches)
    sizes = {
        reason: sum(size[str(i)] for size in rows.windows.values())
        for i, reason in enumerate(REASONS)
    }
    sizes |= dict(zip(sums, totals.to_pyarrow().to_pylist()[0].values(), strict=True))
    for reason, total in sizes.items():
        if not total:
            continue
        found.append({"reason": reason, "rows": int(total), "excluded": reason in REASONS})
        if not examples:
            continue
        if reason in REASONS:
            chosen = rows.left_out.filter(_.reason == REASONS.index(reason)).drop("reason")
        else:
            others = {"duplicate rows": _.repeat, FAR: far}
            offends = others[reason] if reason in others else _[missing[reason]].isnull()
            text_columns = {n: f"text of {n}" for n in rows.coding.columns if n != "cluster"}
            offending = rows.coding.with_texts(
                rows.table.filter(offends), {text: name for name, text in text_columns.items()}
            )
            chosen = _shown(
                offending.mutate(**{n: offending[t] for n, t in text_columns.items()}), question
            )
        found[-1]["examples"] = _examples(chosen, question)
    return found


def upside_down(slices: pd.DataFrame) -> list[dict[str, Any]]:
    """A breach where the baseline's AUC is surely far below 0.5, as of a score of risk.

    `slices` as in `Counts`.
    """
    own = slices[(slices["by"] == "all") & (slices["window"] == 0)]
    sides = own.groupby("bin")[["positives", "negatives"]].sum()
    positives, negatives = (sides[name].to_numpy() for name in sides)
    area = float(auc(positives, negatives))
    sure = 2 * float(np.sqrt(delong_variance(positives, negatives)))
    if not area + sure < FAR_BELOW:
        return []
    reason = (
        f"{UPSIDE_DOWN} of {area:.3f} [{max(area - sure, 0):.3f}, {area + sure:.3f}] is far below "
        "0.5: the score seems to fall as outcomes rise; turn it round by columns.turned: "
        "'1 - score' (or '-score' for scores beyond 0 to 1)"
    )
    rows = int(sides.to_numpy().sum())
    return [{"reason": reason, "rows": rows, "excluded": False, "examples": []}]


def excluded(found: list[dict[str, Any]]) -> dict[str, int]:
    """How many rows are left out, by reason."""
    return {breach["reason"]: breach["rows"] for breach in found if breach["excluded"]}


def require_comparable(rows: Rows, question: Question) -> None:
    """Raises `InputError` unless both windows hold scored rows of both outcomes."""
    if not rows.total:
        raise InputError("log: it has no rows")
    _require_readable(rows, question)
    known = [size for size in rows.windows.values() if size["first"] is not None]
    if not known:
        raise InputError(f"columns.time: {question.columns.time!r} holds no time that can be read")
    zone = ZoneInfo(question.timezone)

    def written(first: datetime, last: datetime) -> str:
        return " to ".join(f"{time.astimezone(zone):%Y-%m-%d %H:%M}" for time in (first, last))

    span = written(min(size["first"] for size in known), max(size["last"] for size in known))
    remedy = f"the log's {rows.total:,} rows run from {span}; choose another window"
    wrong = []
    for w, name in enumerate(("baseline", "incident")):
        dates = written(*getattr(question, name).bounds(question.timezone))
        size = rows.windows.get(w)
        if size is None:
            wrong.append(f"{name}: no row lies in {dates}; {remedy}")
        elif not size["scored"]:
            wrong.append(
                f"{name}: none of the {size['rows']:,} rows in {dates} can be scored; "
                f"most common: {_most_common(rows.table.filter(_.window == w))}; check the columns"
            )
        elif size["positives"] in (0, size["scored"]):
            only = 1 if size["positives"] else 0
            wrong.append(
                f"{name}: all {size['scored']:,} scored rows in {dates} have outcome {only}, "
                f"so there is no AUC; {remedy}"
            )
    if wrong:
        error = InputError(wrong[0])
        error.others = tuple(wrong[1:])
        raise error


def _require_readable(rows: Rows, question: Question) -> None:
    most = question.thresholds.unreadable
    names = ("rest of the log", "baseline", "incident")
    everything = {"rows": rows.total, **{str(i): 0 for i in UNREADABLE}}
    for size in rows.windows.values():
        for i in UNREADABLE:
            everything[str(i)] += size[str(i)]
    sizes_by_window = [(names[w + 1], size) for w, size in sorted(rows.windows.items()) if w >= 0]
    for where, size in [*sizes_by_window, ("log", everything)]:
        for i, key in UNREADABLE.items():
            if size[str(i)] <= most * size["rows"]:
                continue
            column = getattr(question.columns, key)
            share = min(1.0, ceil(100 * size[str(i)] / size["rows"]) / 100)
            shown_as = f"shown{shown(question).index(column)}"
            wrong = rows.left_out.filter(_.reason == i)
            first = wrong.agg(first=wrong[shown_as].min()).to_pyarrow().to_pylist()[0]["first"]
            raise InputError(
                f"columns.{key}: {size[str(i)]:,} of the {size['rows']:,} rows of the {where} have "
                f"{ARTICLES[i]} in {column!r}, such as {str(first)[:60]!r}; {REMEDIES[key]}, or "
                f"let more be left out by thresholds: {{unreadable: {share}}}"
            )


def _far(question: Question) -> Any:
    """Whether a row's time lies many years before or after both windows."""
    start = question.baseline.bounds(question.timezone)[0] - YEARS_AWAY
    end = question.incident.bounds(question.timezone)[1] + YEARS_AWAY
    return ((_.time < ibis.literal(start)) | (_.time > ibis.literal(end))).fill_null(False)


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
