"""Executed notebooks as pages of the site, made again from the notebook each time it changes.

The record's own pages are not copied: who can write into a record can write a script into
them. What is shown here is cleaned here.
"""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

from investigate.audit.site.names import slug
from investigate.audit.site.reading import UnreadableError, plain_files, text
from investigate.audit.site.values import words
from investigate.paths import RecordPaths

CHUNK = 8
"""Records a process shows; it takes as long to start as one record takes."""

SPARED = "rfc3987_syntax"
"""A second's worth of grammars, for a format that no notebook uses; jsonschema does without."""


@dataclass(frozen=True)
class Job:
    """The notebooks of one record, to be shown below its page. ``up``: what leads back."""

    record: Path
    up: str


def rendered(jobs: Sequence[Job]) -> Iterator[dict[str, str]]:
    """For each of `jobs`, in order, the pages of its notebooks by name of the page."""
    workers = os.cpu_count() or 1
    size = min(CHUNK, -(-len(jobs) // workers))
    if size < 2 or workers < 2:
        yield from map(pages, jobs)
        return
    chunks = [jobs[begin : begin + size] for begin in range(0, len(jobs), size)]
    with ThreadPoolExecutor(workers) as pool:
        for found in pool.map(_elsewhere, chunks):
            yield from found


def _elsewhere(jobs: Sequence[Job]) -> list[dict[str, str]]:
    """The pages of `jobs`, made in a process of their own."""
    asked = json.dumps([(str(job.record.absolute()), job.up) for job in jobs])
    command = [sys.executable, "-m", "investigate.audit.site.worker"]
    done = subprocess.run(command, input=asked, capture_output=True, check=False, text=True)
    # What broke it, breaks it here too, and says so.
    return json.loads(done.stdout) if done.returncode == 0 else [pages(job) for job in jobs]


def pages(job: Job) -> dict[str, str]:
    """The pages of a record's notebooks; one that cannot be shown says why."""
    found = plain_files(RecordPaths(job.record).notebooks, ".ipynb")
    names = [slug(path.stem) for path in found]
    return {
        f"{name}.html": _page(path, name, names, job.up)
        for path, name in zip(found, names, strict=True)
    }


def _page(path: Path, name: str, names: Sequence[str], up: str) -> str:
    with _spared():
        import nbformat.reader
        from nbformat.v4 import new_markdown_cell, new_notebook

        from investigate.audit.page import page
    try:
        # What notebooks of others make libraries warn of is no concern of who builds a site.
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reader.reads(text(path))
            made = page(notebook, name, names)
    except UnreadableError as error:
        made = page(new_notebook(cells=[]), name, names, f"{words(path.name, 100)}: {error}")
    except Exception as error:
        # A stranger's notebook breaks in ways that cannot be told beforehand.
        heading = new_markdown_cell(f"# {slug(path.stem)}", id="title")
        why = f"this notebook cannot be shown: {type(error).__name__}"
        made = page(new_notebook(cells=[heading]), name, names, why)
    return _within_site(made, up)


def _within_site(made: str, up: str) -> str:
    """The page with a way back and the site's own style for small screens and paper."""
    style = files("investigate.audit.site").joinpath("notebook.css").read_text("utf-8")
    back = f'<nav aria-label="Notebooks">\n<a href="../index.html">← {escape(up)}</a>\n'
    made = made.replace("</style>", f"{style}</style>", 1).replace("<nav>\n", back, 1)
    # Half a character, as JSON can hold it, is no UTF-8.
    return made.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def _spared() -> Iterator[None]:
    if SPARED in sys.modules:
        yield
        return
    sys.modules[SPARED] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[SPARED]
