"""Values, rows and tables as people read them: text, and HTML in which every value stays text."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

ROWS_SHOWN = 30
WITHIN_SYSTEM = "system*"
"""How a grouping begins that is of a cohort within each system."""
LONG = 40
"""Characters; a column of longer text is given more width."""


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """HTML of `rows`, the first `ROWS_SHOWN` of them; what a row lacks is a dash."""
    if not rows:
        return ""
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown = rows[:ROWS_SHOWN]
    kinds = {name: _kind([row.get(name) for row in shown]) for name in names}
    head = "".join(_cell("th", name, kinds[name]) for name in names)
    body = "\n".join(
        "<tr>" + "".join(_cell("td", value(row.get(name)), kinds[name]) for name in names) + "</tr>"
        for row in shown
    )
    left = len(rows) - len(shown)
    more = f'\n<p class="more">… {left:,} more</p>' if left else ""
    whole = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<div class="wide" style="overflow-x:auto">\n{whole}\n</div>{more}'


def bullets(caveats: Sequence[str]) -> str:
    """HTML of a list of sentences; nothing where there are none."""
    if not caveats:
        return ""
    return (
        '<ul class="caveats">\n' + "\n".join(f"<li>{escape(c)}</li>" for c in caveats) + "\n</ul>"
    )


def unbroken(text: str) -> str:
    """`text` whose intervals stay on one line."""
    return re.sub(r"(\[[−\d.]+), (?=[−\d.]+\])", "\\1,\N{NO-BREAK SPACE}", text)


def title_of(notebook: str) -> str:
    """A notebook's name as a title: ``1_did_auc_drop`` is "1 Did AUC drop"."""
    number, _, name = notebook.replace("_", " ").partition(" ")
    if not number.isdigit() or not name:
        return notebook.replace("_", " ")
    return f"{number} {name[0].upper()}{name[1:]}".replace(" auc ", " AUC ")


def columns_of(by: str) -> tuple[str, ...]:
    """The columns of a grouping, such as both of ``system*country``; a cohort may be called a*b."""
    within = by.removeprefix(WITHIN_SYSTEM)
    return (by,) if within == by else ("system", within)


def value(value: Any) -> str:
    """A value as text: integers by thousands, fractions to four decimals, `None` a dash."""
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
    if 0 < abs(value) < 5e-5:
        return "<0.0001" if value > 0 else ">-0.0001"
    digits = 4 if abs(value) < 10 else 1 if abs(value) < 1e3 else 0
    return f"{value:,.{digits}f}"


def _kind(values: Sequence[Any]) -> str:
    """How a column is set: as numbers, text, or text that wants width."""
    texts = [value for value in values if isinstance(value, str)]
    return ("text long" if max(map(len, texts)) > LONG else "text") if texts else ""


def _cell(tag: str, value: str, kind: str) -> str:
    width = ";min-width:15em" if "long" in kind else ""
    style = f' class="{kind}" style="text-align:left{width}"' if kind else ""
    return f"<{tag}{style}>{escape(value)}</{tag}>"


def utc(moment: float) -> str:
    """A moment, given in seconds since 1970, as UTC time to the millisecond."""
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def one_line(error: BaseException) -> str:
    """An exception as one line of text."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return plain(f"{type(error).__name__}: {error}")


def plain(text: str, limit: int = 400) -> str:
    """The first line of `text` without control characters, cut where it is very long."""
    first = next((line for line in text.splitlines() if line.strip()), "").strip()
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in first)
    return line if len(line) <= limit else line[: limit - 1] + "…"


LONGEST = 160
HASH = re.compile("[0-9a-f]{64}")


def shown(value: object) -> str:
    """A number to four significant digits or as a counted; text in one line; else JSON."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if HASH.fullmatch(text):
        return f"{text[:12]}…"
    return plain(text, LONGEST) or "(empty)"


def signed(change: float) -> str:
    """A change with its sign."""
    whole = change.is_integer() and abs(change) < 1e15
    return (f"{int(change):+,}" if whole else f"{change:+.4g}").replace("-", "−")


def counted(number: int, one: str, more: str | None = None) -> str:
    """A number and its noun."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def points(value: float | None, signed: bool = False) -> str:
    """An AUC such as 0.755 or, `signed`, a change of it such as −0.250; none is a dash."""
    if value is None:
        return "–"
    form = "+.3f" if signed else ".3f"
    text = f"{value:{form}}" if abs(value) < 1e6 else f"{value:.3g}"
    # A change that rounds to nothing has no sign.
    return text.lstrip("+-") if signed and not float(text) else text.replace("-", "−")


def interval(low: float | None, high: float | None, signed: bool = False) -> str:
    """An interval of AUC such as ``[0.750, 0.760]``; empty where there is none."""
    if low is None or high is None:
        return ""
    return f"[{points(low, signed)}, {points(high, signed)}]"
