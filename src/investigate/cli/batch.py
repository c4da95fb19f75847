"""Many runs by one command: questions, or one question with values that are swept."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from investigate.cli.app import ASK, Timeout, app, ending, say
from investigate.cli.asking import NoCache, Overrides, Secret
from investigate.paths import AUDIT

if TYPE_CHECKING:
    from investigate.batch.folder import BatchSummary
    from investigate.batch.plan import PlannedRun
    from investigate.batch.result import BatchResult


@app.command(rich_help_panel=ASK)
def batch(
    files: Annotated[list[Path], typer.Argument(help="Questions: params files.", metavar="PARAMS")],
    param: Overrides = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="Run with each value: a,b,c or 2024-01-01..2024-12-01/1mo; two make a grid.",
        ),
    ] = None,
    audit: Annotated[Path, typer.Option(help="Where the records go.", metavar="DIR")] = AUDIT,
    name: Annotated[str, typer.Option(help="What the summary is called.")] = "",
    side_by_side: Annotated[
        int | None, typer.Option(help="Runs at once; as many as cores.", min=1)
    ] = None,
    timeout: Timeout = 600.0,
    notebooks: Annotated[
        list[str] | None,
        typer.Option(help="Further notebooks: a path, folder or pattern.", metavar="PATH"),
    ] = None,
    secret: Secret = None,
    no_cache: NoCache = False,
    every_notebook: Annotated[
        bool,
        typer.Option(
            "--every-notebook", help="In a sweep, too: else each run executes the answer's alone."
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Run what is finished once more, too.")
    ] = False,
) -> None:
    """Run many questions side by side; started again, it runs what is not finished."""
    with ending():
        from investigate.batch.batch import Batch, BatchAsked
        from investigate.batch.sweeps import axis
        from investigate.errors import RunError
        from investigate.log.cache import Cache
        from investigate.site.batches import own_page

        asked = BatchAsked(
            files=tuple(files),
            overrides=tuple(param or ()),
            axes=tuple(axis(text) for text in sweep or ()),
            audit=audit,
            name=name,
            most=side_by_side,
            timeout=timeout,
            further=tuple(notebooks or ()),
            secret=tuple(secret or ()),
            cache=None if no_cache else Cache.usual(),
            again=again,
            every_notebook=every_notebook,
        )
        begun = Batch(asked)
        with _BatchProgress(Console(stderr=True)) as progress:
            try:
                summary = begun.run(progress.ended, own_page)
            except KeyboardInterrupt:
                raise RunError(
                    f"interrupted; what is finished is kept, in {begun.folder.path}; "
                    "the same command goes on from there"
                ) from None
        show(summary, Console())
        Console().print(
            f"summary  {begun.folder.path}/index.html, summary.csv, batch.json",
            soft_wrap=True, markup=False, highlight=False,
        )  # fmt: skip
    raise typer.Exit(summary.status)


def show(summary: "BatchSummary", console: Console) -> None:
    """Print a table with a row for each run."""
    from rich.table import Table
    from rich.text import Text

    from investigate.rendering import plain

    table = Table("run", "verdict", "AUC", "change", "first cause", "status")
    for column in (*table.columns[2:4], table.columns[5]):
        column.justify = "right"
    for row in summary.rows:
        cause = row.result.cause if row.result is not None else ""
        status = "–" if row.status is None else str(row.status)
        outcome = "failed" if row.status else row.outcome_text
        cells = (summary.label(row), outcome, row.ends, row.change, cause, status)
        table.add_row(*(Text(plain(cell)) for cell in cells))
    console.print(table)
    for row in summary.rows:
        if row.result is not None and row.result.error:
            say(console, f"{summary.label(row)}: {row.result.error}")


class _BatchProgress:
    """A bar on a terminal; elsewhere a line for each run that ends."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed} of {task.total} runs"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("running", total=None)

    def __enter__(self) -> "_BatchProgress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def ended(self, run: "PlannedRun", result: "BatchResult", number: int, of: int) -> None:
        """Another run has ended, as the `number` th."""
        self._bar.update(self._task, total=of, completed=number, description=run.name)
        if not self._console.is_terminal:
            say(self._console, f"{number} of {of}: {run.name}: {result.error or result.badge}")
