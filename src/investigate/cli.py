"""The command line: each command is a thin wrapper over one function."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from investigate import __version__
from investigate.errors import InputError, RunError
from investigate.paths import AUDIT

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Why did the AUC of a production score fall?",
)

ParamsFile = Annotated[Path, typer.Argument(help="The question: a params file.", metavar="PARAMS")]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "-p", "--param", metavar="NAME=VALUE", help="Override a value of the params file."
    ),
]


@app.callback(invoke_without_command=True)
def _version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if show:
        typer.echo(f"investigate {__version__}")
        raise typer.Exit


@app.command()
def run(
    params: ParamsFile,
    param: Overrides = None,
    audit: Annotated[Path, typer.Option(help="Where the record goes.", metavar="DIR")] = AUDIT,
    timeout: Annotated[float, typer.Option(help="Seconds per notebook.", min=0.001)] = 600.0,
    jobs: Annotated[
        int | None, typer.Option(help="Notebooks side by side; as many as cores.", min=1)
    ] = None,
    notebooks: Annotated[
        Path | None, typer.Option(help="Other notebooks to execute.", metavar="DIR")
    ] = None,
) -> None:
    """Execute the notebooks, print the answer and leave a record."""
    with _ending():
        from investigate.audit.notebooks import Settings, cores
        from investigate.audit.run import run as investigated
        from investigate.audit.summary import summarise

        answer = investigated(
            params,
            param or [],
            audit=audit,
            notebooks=notebooks,
            settings=Settings(timeout=timeout, jobs=jobs or cores()),
            console=Console(stderr=True),
        )
        summarise(answer, Console())


@app.command()
def check(params: ParamsFile, param: Overrides = None) -> None:
    """Validate the question and the log it names; show what is wrong with the log."""
    with _ending():
        from investigate.audit.check import check as examine

        examine(params, param or [], Console())


@contextmanager
def _ending() -> Iterator[None]:
    """Turn what is raised within into one line on stderr and an exit status."""
    try:
        yield
    except InputError as error:
        _end(str(error), 2)
    except RunError as error:
        _end(str(error), 1)
    except KeyboardInterrupt:
        _end("interrupted; nothing was written", 1)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        _end(f"{type(error).__name__} at {place}, unexpected: {error}", 1)


def _end(message: str, status: int) -> None:
    from investigate.audit.outcome import plain

    print(f"error: {plain(message, 2000)}", file=sys.stderr)
    raise typer.Exit(status)


def main() -> None:
    """The ``investigate`` command."""
    app()
