"""An executed notebook as one HTML page that opens offline and runs nothing.

Values of a log are hostile: whatever HTML a cell shows is cleaned to a list of harmless
tags, and the page's own policy forbids scripts and every request, should something slip by. The
explorer is the exception: of what a cell shows its counts are taken, and this kit's own page of
them is put into a frame; the policy then names its script by the hash.
"""

import copy
import html
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from bleach.sanitizer import ALLOWED_TAGS, Cleaner
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from investigate.explorer.page import data_of, frame, script_source
from investigate.rendering import title_of

TEXT = {"p", "div", "span", "pre", "br", "hr", "img", "sub", "sup", "small", "del", "kbd"}
FOLDED = {"details", "summary"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "dl", "dt", "dd"}
TAGS = ALLOWED_TAGS | TEXT | FOLDED | HEADINGS | TABLES
TEXTS = {"text/html", "text/markdown", "text/latex", "text/plain"}
SHOWN = TEXTS | {"image/png", "image/jpeg", "image/svg+xml"}
STYLE_BLOCK = re.compile(r"<style\b.*?</style\s*>", re.IGNORECASE | re.DOTALL)
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'"
EXPLORED = "explorer-of-this-kit-"
"""How a mark begins where a page of the explorer will be."""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{style}
{code_style}
</style>
</head>
<body>
<nav>
{links}
</nav>
<main>
{error}{body}
</main>
</body>
</html>
"""


def page(notebook: Any, name: str, siblings: Sequence[str] = (), error: str | None = None) -> str:
    """The page of `notebook`, called `name`, with links to the pages of its `siblings`.

    ``error``: one line on why it failed, shown first.
    """
    frames: dict[str, str] = {}
    body, _ = _exporter().from_notebook_node(_readable(notebook, frames))
    for mark, shown in frames.items():
        body = body.replace(f"<p>{mark}</p>", shown, 1)
    return PAGE.format(
        policy=f"{POLICY}; script-src {script_source()}" if frames else POLICY,
        title=html.escape(_title(notebook) or name),
        style=files("investigate.records").joinpath("page.css").read_text("utf-8"),
        code_style=HtmlFormatter(style="default").get_style_defs(".highlight"),
        links="\n".join(_link(sibling, sibling == name) for sibling in siblings or [name]),
        error=f'<p class="failed">{html.escape(error)}</p>\n' if error else "",
        body=body,
    )


def _readable(notebook: Any, frames: dict[str, str]) -> Any:
    """The notebook as it is shown; `frames` gets the pages of the explorer by their marks."""
    readable = copy.deepcopy(notebook)
    tags = [set(cell.metadata.get("tags", [])) for cell in readable.cells]
    if any("injected-parameters" in own for own in tags):
        # The defaults, which those of the run replace.
        readable.cells = [
            _folded(c) if "injected-parameters" in own else c
            for c, own in zip(readable.cells, tags, strict=True)
            if "parameters" not in own
        ]
    for cell in readable.cells:
        if cell.cell_type == "code":
            cell.metadata.setdefault("alt", f"Figure made by {cell.source}")
            cell.outputs = [shown for output in cell.outputs if (shown := _shown(output, frames))]
    return readable


def _folded(cell: Any) -> Any:
    """The cell of the run's parameters, which a reader of the answer need not read first."""
    # On one line: an empty line would end a block of HTML in Markdown.
    code = html.escape(cell.source).replace("\n", "&#10;")
    text = f"<details><summary>Parameters of this run</summary><pre>{code}</pre></details>"
    # The page shows ids of cells, and a new one would differ from time to time.
    return new_markdown_cell(text, id="parameters")


def _shown(output: Any, frames: dict[str, str]) -> Any:
    if "data" in output:
        output.data = {kind: data for kind, data in output.data.items() if kind in SHOWN}
        if (page_data := data_of(str(output.data.get("text/html", "")))) is not None:
            mark = f"{EXPLORED}{len(frames)}"
            frames[mark] = frame(page_data)
            output.data = {"text/html": f"<p>{mark}</p>"}
    return output if output.get("data", True) else None


@cache
def _exporter() -> HTMLExporter:
    exporter = HTMLExporter(
        config=Config(HTMLExporter={"sanitize_html": True, "exclude_anchor_links": True}),
        template_name="basic",
    )
    # nbconvert's own list of tags shows headings and figures as text.
    cleaner = Cleaner(
        tags=TAGS,
        attributes={
            "*": ["class", "title"],
            "a": _leads_elsewhere,
            "img": _shows_itself,
            "th": ["colspan", "rowspan", "scope"],
            "td": ["colspan", "rowspan"],
        },
        protocols=["http", "https", "mailto", "data"],
    )
    exporter.register_filter(
        "clean_html", lambda element: cleaner.clean(STYLE_BLOCK.sub("", str(element)))
    )
    return exporter


def _leads_elsewhere(tag: str, name: str, value: str) -> bool:
    return name in ("class", "title") or (
        name == "href" and not value.strip().lower().startswith("data:")
    )


def _shows_itself(tag: str, name: str, value: str) -> bool:
    return name in ("class", "title", "alt", "width", "height") or (
        name == "src" and value.startswith("data:image/")
    )


def _title(notebook: Any) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return str(cell.source.splitlines()[0][2:].strip())
    return ""


def _link(name: str, current: bool) -> str:
    words = html.escape(title_of(name))
    return f"<b>{words}</b>" if current else f'<a href="{quote(name)}.html">{words}</a>'
