"""What commands have in common: the application, options, and how a command ends."""

import io
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text

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

PANELS = START, ASK, RECORDS, MONITOR, UPDATES = ("Begin", "Ask", "Records", "Monitor", "Updates")
"""The groups of commands, in the order in which ``--help`` shows them."""

WIDEST = 2000
"""Characters of a line that is printed."""


@app.callback(invoke_without_command=True)
def _version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error was raised, for a bug report.")
    ] = False,
) -> None:
    _options["debug"] = debug
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot write is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if show:
        typer.echo(f"investigate {__version__}")
        raise typer.Exit


_options = {"debug": False}
"""What was asked before the command's name."""


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


def say(console: Console, text: str, indent: int = 0) -> None:
    """Print one line of plain text, in which nothing from a log is a command to the terminal."""
    from investigate.rendering import plain

    console.print(Text(" " * indent + plain(text, WIDEST)), soft_wrap=True)


def moment(text: str | None, zone: str = "UTC") -> datetime:
    """The moment that `text` gives, in `zone` where it names none; now where there is no text.

    Raises `InputError` where it is none.
    """
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    from investigate.records.documents import instant

    found = instant(text)
    try:
        if found is not None and datetime.fromisoformat(text).tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        found = None
    if found is None:
        raise InputError("--at: it is no moment; write 2024-03-01T12:00")
    return found


def _end(message: str, status: int) -> None:
    from investigate.rendering import plain

    if _options["debug"]:
        traceback.print_exc()
    print(f"error: {plain(message, 2000)}", file=sys.stderr)
    raise typer.Exit(status)
