"""What commands have in common: the application, options, and how a command ends."""

import io
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from investigate import __version__
from investigate.errors import InputError, RunError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Why did the AUC of a production score fall?",
)

Timeout = Annotated[float, typer.Option(help="Seconds per notebook.", min=0.001)]
Jobs = Annotated[int | None, typer.Option(help="Notebooks side by side; as many as cores.", min=1)]


@app.callback(invoke_without_command=True)
def _version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot write is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if show:
        typer.echo(f"investigate {__version__}")
        raise typer.Exit


@contextmanager
def ending() -> Iterator[None]:
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
    from investigate.rendering import plain

    print(f"error: {plain(message, 2000)}", file=sys.stderr)
    raise typer.Exit(status)
