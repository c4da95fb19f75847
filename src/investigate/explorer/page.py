"""The page as one file: its style, its script and the counts, under a policy of their hashes."""

import base64
import hashlib
import json
import re
from functools import cache
from html import escape, unescape
from importlib.resources import files
from typing import Any

POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEIGHT = 1_000
"""Pixels of the frame in a notebook; what is below scrolls within it."""
FRAME = "investigate-explorer"
"""The class of a frame that holds a page."""
DATA = '<script type="application/json" id="counts">'
SCRIPTS = (
    *("elements", "calendar", "counts", "auc", "views", "estimates", "series", "timeline"),
    *("panels", "words", "app"),
)
"""In the order in which they need each other; together they are one script."""


def page(data: dict[str, Any]) -> str:
    """The page that shows what `data` holds; equal values give equal text."""
    style, script = _own("style.css"), script_text()
    return _own("page.html").format(
        policy=POLICY.format(script=_hash(script), style=_hash(style)),
        title=escape(_title(data)),
        case=escape(str(data["case"])),
        intervals=escape(_intervals(data)),
        style=style,
        script=script,
        data=as_data(data),
    )


def frame(data: dict[str, Any], height: int = HEIGHT) -> str:
    """The page in a frame of its own origin, so that neither can touch what the other shows."""
    return (
        f'<iframe title="{escape(_title(data))}" class="{FRAME}" '
        'sandbox="allow-scripts allow-downloads" allow="clipboard-write" '
        f'style="width:100%;height:{height}px;border:0" srcdoc="{escape(page(data))}"></iframe>'
    )


def data_of(shown: str) -> dict[str, Any] | None:
    """What the page in a frame shows, where `shown` is one that `frame` made; else `None`.

    The data alone are taken, so that whoever shows them again does so by a script of their own.
    """
    if f'class="{FRAME}"' not in shown:
        return None
    found = re.fullmatch(r'<iframe [^>]*srcdoc="([^"]*)"></iframe>', shown.strip())
    data = found and re.search(f"{re.escape(DATA)}(.*?)</script>", unescape(found[1]), re.DOTALL)
    try:
        loaded = json.loads(data[1]) if data else None
        # What cannot be shown raises one of these.
        return loaded if isinstance(loaded, dict) and _bounded(loaded) and page(loaded) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _bounded(data: dict[str, Any]) -> bool:
    """Whether a browser can be asked to show it: what was made here is smaller by far."""
    groups = max(len(data["systems"]), *(len(one["labels"]) for one in data["cohorts"]), 1)
    weighed = (data.get("weights") or {}).get("tables", [])
    cells = sum(len(cells) for cells in [*data["tables"], *weighed])
    return data["steps"] < 10**6 and groups * data["bins"] < 10**7 and cells < 10**8


def script_source() -> str:
    """How a policy names the page's script, the only one that it lets run."""
    return _hash(script_text())


def as_data(data: dict[str, Any]) -> str:
    """JSON that is safe within a script's tags: whatever a label holds, it ends none."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


@cache
def script_text() -> str:
    """All scripts as one, which leaves no name behind."""
    parts = "\n".join(_own(f"{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(async () => {{\n{parts}}})();\n'


def _title(data: dict[str, Any]) -> str:
    return f"AUC over time: {data['case']}"


def _intervals(data: dict[str, Any]) -> str:
    if data["folds"] is None:
        return "Intervals: DeLong, which takes rows as independent."
    clusters = "clusters" if data["question"]["columns"].get("cluster") else "random parts of rows"
    return (
        f"Intervals: jackknife over {clusters} (32 folds, {data['folds']['bins']} score bins); of "
        "slices, groups and days: DeLong, widened by what the jackknife adds in the whole."
    )


@cache
def _own(name: str) -> str:
    return files("investigate.explorer").joinpath("page", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
