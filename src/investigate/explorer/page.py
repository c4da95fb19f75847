"""The page as one file: its style, its script and the counts, under a policy of their hashes."""

import base64
import hashlib
import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SCRIPTS = (
    *("elements", "calendar", "counts", "auc", "views", "estimates", "series", "timeline"),
    *("panels", "words", "app"),
)
"""In the order in which they need each other; together they are one script."""


def page(told: dict[str, Any]) -> str:
    """The page that shows what `told` holds; equal values give equal text."""
    style, script = _own("style.css"), script_text()
    case = str(told["case"])
    return _own("page.html").format(
        policy=POLICY.format(script=_hash(script), style=_hash(style)),
        title=escape(f"AUC over time: {case}"),
        case=escape(case),
        intervals=escape(_intervals(told)),
        style=style,
        script=script,
        data=as_data(told),
    )


def as_data(told: dict[str, Any]) -> str:
    """JSON that can stand within a script's tags: whatever a label holds, it ends none."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


@cache
def script_text() -> str:
    """All scripts as one, which leaves no name behind."""
    parts = "\n".join(_own(f"{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(async () => {{\n{parts}}})();\n'


def _intervals(told: dict[str, Any]) -> str:
    if told["folds"] is None:
        return "Intervals: DeLong, which takes rows as independent."
    return (
        f"Intervals: jackknife over clusters (32 folds, {told['folds']['bins']} score bins); of "
        "slices, groups and days: DeLong, widened by what the jackknife adds in the whole."
    )


@cache
def _own(name: str) -> str:
    return files("investigate.explorer").joinpath("page", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
