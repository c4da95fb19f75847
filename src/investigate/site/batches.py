"""Batches: a page of each, in its own folder and in the site."""

import json
from collections.abc import Callable
from pathlib import Path, PurePath

from investigate.batch.folder import BATCHES, SUMMARY, BatchRow, BatchSummary
from investigate.site.folder import slug
from investigate.site.heatmap import heatmap
from investigate.site.templating import render

LARGEST = 20_000_000
"""Bytes of a summary that is read."""


def page(summary: BatchSummary, link: Callable[[BatchRow], str], home: str = "") -> str:
    """The page of a batch; `link` leads to what a row left, `home` to the list of all runs."""
    links = [link(row) for row in summary.rows]
    return render("batch.html.j2", batch=summary, links=links, picture=heatmap(summary), home=home)


def own_page(summary: BatchSummary) -> str:
    """That in the folder of the batch itself, beside the folders of cases."""
    return page(summary, lambda row: _above(row, "html"))


def _above(row: BatchRow, part: str) -> str:
    if row.result is None or not row.result.record:
        return ""
    record = PurePath(row.result.record)
    return f"../../{record.parent.name}/{record.name}/{part}/"


def site_page(summary: BatchSummary) -> str:
    """That in the site, which has a page of every run."""

    def link(row: BatchRow) -> str:
        if row.result is None or not row.result.record:
            return ""
        record = PurePath(row.result.record)
        return f"../../cases/{slug(record.parent.name)}/{slug(record.name)}/index.html"

    return page(summary, link, "../../index.html")


def batches(audit: Path) -> list[tuple[str, BatchSummary]]:
    """The batches under `audit` that have a summary, by name, and where their pages go."""
    found = []
    for folder in sorted((audit / BATCHES).glob("*/")):
        file = folder / SUMMARY
        try:
            if folder.is_symlink() or file.is_symlink() or file.stat().st_size > LARGEST:
                continue
            summary = BatchSummary.read(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, RecursionError):
            # One that cannot be read has no page; its runs have theirs.
            continue
        found.append((f"batches/{slug(folder.name)}/index.html", summary))
    return found
