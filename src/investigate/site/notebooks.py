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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

from investigate.paths import RecordPaths
from investigate.records.documents import UnreadableError, plain_files, text, words
from investigate.site.folder import slug

CHUNK = 8
"""Records a process shows; it takes as long to start as one record takes."""

COMMAND = [sys.executable, "-P", "-m", "investigate.site.notebooks"]

SPARED = "rfc3987_syntax"
"""A second's worth of grammars, for a format that no notebook uses; jsonschema does without."""


@dataclass(frozen=True)
class PagesJob:
    """The notebooks of one record, to be shown below its page. ``up``: what leads back."""

    record: Path
    up: str


class Warm:
    """A process that gets ready to show notebooks while the caller does something else."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def begin(self, jobs: Sequence[PagesJob]) -> None:
        """Let it show `jobs`."""
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.write(_asked(jobs).encode())
            self._process.stdin.close()

    def end(self) -> list[dict[str, str]] | None:
        """The pages of those jobs; none where something broke it."""
        assert self._process.stdout is not None
        output = self._process.stdout.read()
        return json.loads(output) if self._process.wait() == 0 else None

    def close(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()


def rendered(jobs: Sequence[PagesJob], warm: Warm | None = None) -> Iterator[dict[str, str]]:
    """For each of `jobs`, in order, the pages of its notebooks by name of the page.

    Where a `warm` process is enough for them, it begins at once.
    """
    workers = os.cpu_count() or 1
    size = min(CHUNK, -(-len(jobs) // workers))
    if size < 2 or workers < 2:
        if warm is None or not jobs:
            return map(pages, jobs)
        warm.begin(jobs)
        return _warmly(warm, jobs)
    return _chunked([jobs[begin : begin + size] for begin in range(0, len(jobs), size)], workers)


def _warmly(warm: Warm, jobs: Sequence[PagesJob]) -> Iterator[dict[str, str]]:
    yield from warm.end() or map(pages, jobs)


def _chunked(chunks: Sequence[Sequence[PagesJob]], workers: int) -> Iterator[dict[str, str]]:
    with ThreadPoolExecutor(workers) as pool:
        for found in pool.map(_elsewhere, chunks):
            yield from found


def _elsewhere(jobs: Sequence[PagesJob]) -> list[dict[str, str]]:
    """The pages of `jobs`, made in a process of their own."""
    done = subprocess.run(COMMAND, input=_asked(jobs), capture_output=True, check=False, text=True)
    # What broke it, breaks it here too, and says so.
    return json.loads(done.stdout) if done.returncode == 0 else [pages(job) for job in jobs]


def _asked(jobs: Sequence[PagesJob]) -> str:
    return json.dumps([(str(job.record.absolute()), job.up) for job in jobs])


def ready() -> None:
    """Import and compile what takes its time."""
    with _spared():
        from nbformat.v4 import new_code_cell, new_notebook, new_output

        from investigate.records.page import page
    shown = new_output("display_data", {"text/html": "<b>1</b>"})
    page(new_notebook(cells=[new_code_cell("1", outputs=[shown], id="a")]), "ready")


def pages(job: PagesJob) -> dict[str, str]:
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

        from investigate.records.page import page
    try:
        # What notebooks of others make libraries warn of is no concern of who builds a site.
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reader.reads(text(path))
            made = page(notebook, name, names)
    except UnreadableError as error:
        made = page(new_notebook(cells=[]), name, names, f"{words(path.name, 100)}: {error}")
    except Exception as error:
        # A stranger's notebook breaks in ways that nobody can foresee.
        heading = new_markdown_cell(f"# {slug(path.stem)}", id="title")
        why = f"this notebook cannot be shown: {type(error).__name__}"
        made = page(new_notebook(cells=[heading]), name, names, why)
    return _within_site(made, up)


def _within_site(made: str, up: str) -> str:
    """The page with a way back and the site's own style for small screens and paper."""
    style = files("investigate.site").joinpath("notebook.css").read_text("utf-8")
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


def main() -> None:
    """Read jobs as JSON, pairs of a record's folder and what leads back; write their pages."""
    ready()
    jobs = json.load(sys.stdin)
    json.dump([pages(PagesJob(Path(record), up)) for record, up in jobs], sys.stdout)


if __name__ == "__main__":
    main()
