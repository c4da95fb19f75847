"""The site as a whole: what changed since the last build is made anew, the rest is kept."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from investigate.batch.folder import BatchSummary
from investigate.errors import InputError
from investigate.site.batches import batches, site_page
from investigate.site.case_timeline import timeline
from investigate.site.cases import Case, ShownRun, before_each, cases
from investigate.site.comparing import compared
from investigate.site.detail import detail
from investigate.site.facts import verdict
from investigate.site.folder import Folder
from investigate.site.memory import Memory, maker
from investigate.site.notebooks import PagesJob, Warm, rendered
from investigate.site.templating import render


@dataclass(frozen=True)
class Built:
    """A site: where, of how much, and how many of its files were written, kept and removed."""

    out: Path
    cases: int
    runs: int
    written: int
    kept: int
    removed: int


def build(
    audit: Path,
    out: Path,
    allowed: Path | None = None,
    console: Console | None = None,
    *,
    full: bool = False,
    warm: Warm | None = None,
) -> Built:
    """Make the site of what lies under `audit` in the folder `out`.

    With `allowed`, a file of allowed signers, pages say whose the signatures are; with
    `full`, nothing that the last build knew is relied on: every file is hashed again. A
    progress bar goes to `console`; ``warm`` is a process that was started for a few new
    notebooks. Raises `InputError` where `audit` cannot be read, or
    `out` is not to be written to.
    """
    if not audit.is_dir():
        raise InputError(f"{audit}: there is no such folder; name that of the records by --audit")
    made_by = maker()
    folder = Folder.opened(out, audit, made_by)
    before, after = folder.memory, Memory(made_by=made_by)
    if full:
        before = Memory(made_by=made_by, groups=before.groups)
    done = False
    try:
        found = cases(audit, allowed, before, after)
        runs = sorted(
            (run for case in found for run in case.runs),
            key=lambda run: (run.when, run.path),
            reverse=True,
        )
        due = _due(folder, runs, full)
        jobs = [PagesJob(run.folder, f"{run.case}, {run.when or run.name}") for run in due]
        showing = rendered(jobs, warm)
        for case in found:
            for run, earlier in before_each(case):
                _run(folder, run, earlier, full)
            _case(folder, case, full)
        batched = batches(audit)
        for path, batch in batched:
            folder.put(path.removesuffix("/index.html"), "", {path: site_page(batch)})
        _index(folder, found, runs, batched)
        with _bar(console, len(due)) as advance:
            for run, pages in zip(due, showing, strict=True):
                below = {f"{run.path}/notebooks/{name}": text for name, text in pages.items()}
                folder.put(f"{run.path}/notebooks", run.stamp, below)
                advance()
        done = True
    finally:
        folder.close(after, complete=done)
    return Built(out, len(found), len(runs), folder.written, folder.kept, folder.removed)


def _due(folder: Folder, runs: Sequence[ShownRun], full: bool) -> list[ShownRun]:
    # Those of a removed record are none: its pages go with it.
    return [run for run in runs if full or not folder.fresh(f"{run.path}/notebooks", run.stamp)]


def _run(folder: Folder, run: ShownRun, earlier: ShownRun | None, full: bool) -> None:
    group = f"{run.path}/run"
    link = _link(earlier)
    key = _key(run.stamp, run.checked, run.signed, run.state, run.entry, link, run.when)
    if full or not folder.fresh(group, key):
        page = render("run.html.j2", run=run, detail=detail(run.folder), before=earlier)
        folder.put(group, key, {f"{run.path}/index.html": page})
    if earlier is None:
        return
    group, key = f"{run.path}/compare", _key(run.stamp, earlier.stamp, link, run.when)
    if full or not folder.fresh(group, key):
        page = render("compare.html.j2", run=run, before=earlier, found=compared(run, earlier))
        folder.put(group, key, {f"{run.path}/compare.html": page})


def _case(folder: Folder, case: Case, full: bool) -> None:
    path = f"{case.path}/index.html"
    key = _key(case.name, case.troubles, [_row(run) for run in case.runs], [
        entry.line().decode() for entry in case.entries
    ])  # fmt: skip
    if full or not folder.fresh(case.path, key):
        page = render("case.html.j2", case=case, timeline=timeline(case))
        folder.put(case.path, key, {path: page})


def _index(
    folder: Folder,
    found: Sequence[Case],
    runs: Sequence[ShownRun],
    batched: Sequence[tuple[str, BatchSummary]],
) -> None:
    choices = {
        "case": sorted({case.name for case in found}),
        "verdict": sorted({verdict(run.facts)[0] for run in runs}),
        "system": sorted({system for run in runs for system in run.facts.systems}),
    }
    page = render("index.html.j2", cases=found, runs=runs, choices=choices, batches=batched)
    folder.put("index", "", {"index.html": page})


def _row(run: ShownRun) -> list[Any]:
    return [run.path, run.stamp, run.state, run.checked, run.signed, run.when, run.entry]


def _link(run: ShownRun | None) -> list[str]:
    return [] if run is None else [run.path, run.name, run.when]


def _key(*parts: Any) -> str:
    text = json.dumps(parts, default=lambda model: model.model_dump(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _bar(console: Console | None, total: int) -> "Iterator[Any]":
    with Progress(
        console=console,
        transient=True,
        disable=console is None or not console.is_terminal or not total,
    ) as progress:
        task = progress.add_task("showing notebooks", total=total)
        yield lambda: progress.advance(task)
