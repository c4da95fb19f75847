"""Commands that ask: a question, a platform."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from investigate.cli.app import ASK, START, Jobs, Timeout, app, ending
from investigate.errors import InputError
from investigate.paths import AUDIT

ParamsFile = Annotated[Path, typer.Argument(help="The question: a params file.", metavar="PARAMS")]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "-p", "--param", metavar="NAME=VALUE", help="Override a value of the params file."
    ),
]


Secret = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="An environment variable to keep out of the record."),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Count the log, even if its counts are kept.")
]


@app.command(rich_help_panel=ASK)
def run(
    params: ParamsFile,
    param: Overrides = None,
    audit: Annotated[Path, typer.Option(help="Where the record goes.", metavar="DIR")] = AUDIT,
    timeout: Timeout = 600.0,
    jobs: Jobs = None,
    notebooks: Annotated[
        list[str] | None,
        typer.Option(help="Further notebooks: a path, folder or pattern.", metavar="PATH"),
    ] = None,
    without_kit: Annotated[
        bool, typer.Option("--without-kit", help="Only the folder of --notebooks, not the kit's.")
    ] = False,
    secret: Secret = None,
    no_cache: NoCache = False,
) -> None:
    """Execute the notebooks, print the answer and leave a record."""
    with ending():
        from investigate.question.params import load
        from investigate.records.processes import warm_up

        # What is wrong with a question is said before a process starts; the warm one then
        # imports while this one does.
        load(params, param or [])
        warm_up()
        from investigate.cli.answer import summarise
        from investigate.errors import InputError
        from investigate.log.cache import Cache
        from investigate.records.run import run as investigated
        from investigate.records.workers import Settings, cores

        more = notebooks or []
        if without_kit and len(more) != 1:
            raise InputError(
                "--without-kit: name one folder of notebooks 1_….ipynb and on with --notebooks"
            )
        answer = investigated(
            params,
            param or [],
            audit=audit,
            notebooks=Path(more[0]) if without_kit else None,
            further=[] if without_kit else more,
            settings=Settings(timeout=timeout, jobs=jobs or cores()),
            console=Console(stderr=True),
            secret=secret or [],
            cache=None if no_cache else Cache.usual(),
        )
        summarise(answer, Console())


@app.command(rich_help_panel=ASK)
def check(params: ParamsFile, param: Overrides = None) -> None:
    """Validate the question and the log it names; show what is wrong with the log."""
    with ending():
        from investigate.cli.answer import check as examine

        try:
            examine(params, param or [], Console())
        except InputError as error:
            for other in error.others:
                print(f"error: {other}", file=sys.stderr)
            raise


@app.command(rich_help_panel=START)
def simulate(
    scenario: Annotated[str, typer.Argument(help="What happens, such as loop.")],
    out: Annotated[Path, typer.Option(help="The folder to make.", metavar="DIR")],
    seed: Annotated[int, typer.Option(help="Another seed, another platform.")] = 1,
    strength: Annotated[float, typer.Option(help="Of the fault, up to 1.")] = 1.0,
    answers: Annotated[int, typer.Option(help="How many answers to log, about.")] = 120_000,
) -> None:
    """Make a log with its difficulty history, events, question and truth."""
    with ending():
        from investigate.simulator import simulate as simulated
        from investigate.simulator import write

        made = simulated(scenario, seed, strength, answers)
        write(made, out)
        typer.echo(f"{out}: {len(made.log):,} answers, {len(made.history):,} writes, the truth")
        typer.echo(f"next: investigate run {shlex.quote(str(out / 'question.yml'))}")
