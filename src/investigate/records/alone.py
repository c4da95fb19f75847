"""One notebook executed as those of a run are, kept in a folder of its own and no record."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from investigate.errors import InputError, RunError
from investigate.ledger.files import write
from investigate.paths import RecordPaths
from investigate.records.job import NotebookJob, Outcome
from investigate.records.processes import ignore_signals, interruptible, warm_up
from investigate.records.progress import ProgressBar
from investigate.records.secrets import Secrets
from investigate.records.sources import Source, read
from investigate.records.workers import Settings, execute
from investigate.rendering import one_line


def run_alone(
    path: Path,
    parameters: Mapping[str, Any],
    out: Path,
    *,
    settings: Settings | None = None,
    console: Console | None = None,
) -> tuple[Path, Path]:
    """Execute the notebook at `path`; the executed one and its page, in the folder `out`.

    Both are written or neither; what secrets are known stay out of them. A progress bar goes
    to `console`. Raises `InputError` where one of them is there already or `out` is no folder,
    before anything runs, and `RunError` where the notebook fails or cannot be kept.
    """
    source, settings = read(path), settings or Settings()
    targets = out / path.name, out / f"{path.stem}.html"
    _refuse(out, targets)
    warm_up()
    scratch = Path(tempfile.mkdtemp(prefix="investigate-"))
    try:
        with interruptible(), ProgressBar(console) as bar:
            made = _run(source, parameters, scratch, settings, bar)
        with ignore_signals():
            _keep(made, out, targets)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return targets


def _run(
    source: Source,
    parameters: Mapping[str, Any],
    scratch: Path,
    settings: Settings,
    bar: ProgressBar,
) -> tuple[str, str]:
    kept, outcomes = RecordPaths(scratch / "kept"), list[Outcome]()
    job = NotebookJob(
        name=source.name,
        source=source.text,
        parameters=dict(parameters),
        record=kept,
        folder=Path.cwd(),
        scratch=scratch / "0",
        timeout=settings.timeout,
        secrets=Secrets.known(),
        siblings=(source.name,),
        forked=settings.forked,
    )
    for folder in (kept.notebooks, kept.pages, job.scratch):
        folder.mkdir(parents=True)
    # papermill adds a cell with the parameters.
    bar.begin(1, source.cells + 1)
    execute([job], 1, bar.cell, outcomes.append)
    if outcomes[0].status != "succeeded":
        raise RunError(outcomes[0].failure)
    paths = kept.notebook(source.name), kept.page(source.name)
    notebook, page = (made.read_text("utf-8") for made in paths)
    return notebook, page


def _refuse(out: Path, targets: tuple[Path, ...]) -> None:
    try:
        if out.exists() and not out.is_dir():
            raise InputError(f"{out}: it is no folder; name one with --out")
        for target in targets:
            if target.exists() or target.is_symlink():
                raise InputError(f"{target}: it is there already; remove it or name another folder")
    except OSError as error:
        raise InputError(f"{out}: cannot write there: {one_line(error)}") from error


def _keep(texts: tuple[str, ...], out: Path, targets: tuple[Path, ...]) -> None:
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        # Somebody else may have written them while the notebook ran.
        _refuse(out, targets)
        for target, text in zip(targets, texts, strict=True):
            write(target, text, durable=True)
            written.append(target)
    except BaseException as error:
        for target in written:
            target.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in missing:
                folder.rmdir()
        if isinstance(error, OSError):
            raise RunError(f"{out}: it could not be written: {one_line(error)}") from error
        raise
