"""What notebooks import: the question and its counts, and a way to show a finding."""

import json
import os
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from IPython.display import display

from investigate import params
from investigate.counts.table import Counts
from investigate.finding import MIME, Estimate, Finding
from investigate.paths import COUNTS_VARIABLE
from investigate.question import Question

ROWS_SHOWN = 30
LONG = 40
"""Characters; a column of longer text is given more width."""


def open_question(names: Mapping[str, object]) -> tuple[Question, Counts]:
    """The question that a notebook's parameters spell, from its ``globals()``, and its counts.

    In a run the counts are those of the record; by hand they are made from the log.
    Raises `InputError` for a wrong parameter or a log that cannot be used.
    """
    question = params.from_names(names)
    folder = os.environ.get(COUNTS_VARIABLE)
    if folder:
        counts = Counts.load(Path(folder))
        if counts.meta["fingerprint"] == question.fingerprint():
            return question, counts
    # By hand alone: in a run no kernel needs the engines.
    from investigate import log

    return question, log.count(question)


def show(finding: Finding) -> None:
    """Display `finding` in a notebook: for readers, and as JSON for the record."""
    bundle = {
        MIME: finding.to_json(),
        "text/html": as_html(finding),
        "text/plain": as_text(finding),
    }
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def as_html(finding: Finding) -> str:
    """Claim, numbers, table and caveats; every value escaped, so that it stays text."""
    parts = [
        f'<p class="claim" style="font-size:1.3em;font-weight:600">{escape(finding.claim)}</p>',
        _numbers(finding.numbers),
        _table([_chosen(row, finding.columns) for row in finding.table]),
        _list(finding.caveats),
    ]
    return '<div class="finding">\n' + "\n".join(part for part in parts if part) + "\n</div>"


def as_text(finding: Finding) -> str:
    """Claim, numbers and caveats as plain text."""
    lines = [finding.claim]
    lines += [f"  {name}: {_interval(number)}" for name, number in finding.numbers.items()]
    lines += [f"  - {caveat}" for caveat in finding.caveats]
    return "\n".join(lines)


def _numbers(numbers: Mapping[str, Estimate]) -> str:
    rows = [
        {"": name, "value": n.value, "low": n.low, "high": n.high} for name, n in numbers.items()
    ]
    return _table(rows)


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown = rows[:ROWS_SHOWN]
    kinds = {name: _kind([row.get(name) for row in shown]) for name in names}
    head = "".join(_cell("th", name, kinds[name]) for name in names)
    body = "\n".join(
        "<tr>"
        + "".join(_cell("td", _value(row.get(name)), kinds[name]) for name in names)
        + "</tr>"
        for row in shown
    )
    left = len(rows) - len(shown)
    more = f'\n<p class="more">… {left:,} more</p>' if left else ""
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<div class="wide" style="overflow-x:auto">\n{table}\n</div>{more}'


def _chosen(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    return {name.replace("_", " "): row.get(name) for name in columns or row}


def _kind(values: Sequence[Any]) -> str:
    """How a column is set: as numbers, text, or text that wants width."""
    texts = [value for value in values if isinstance(value, str)]
    return ("text long" if max(map(len, texts)) > LONG else "text") if texts else ""


def _cell(tag: str, value: str, kind: str) -> str:
    width = ";min-width:15em" if "long" in kind else ""
    style = f' class="{kind}" style="text-align:left{width}"' if kind else ""
    return f"<{tag}{style}>{escape(value)}</{tag}>"


def _list(caveats: Sequence[str]) -> str:
    if not caveats:
        return ""
    return (
        '<ul class="caveats">\n' + "\n".join(f"<li>{escape(c)}</li>" for c in caveats) + "\n</ul>"
    )


def _interval(number: Estimate) -> str:
    if number.low is None or number.high is None:
        return _value(number.value)
    return f"{_value(number.value)} [{_value(number.low)}, {_value(number.high)}]"


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return _number(value).replace("-", "−")
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    if value == 0 or 1e-4 <= abs(value) < 1e3:
        return f"{value:.4f}"
    return f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.1e}"
