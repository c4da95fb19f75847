"""``investigate init``: a question proposed from a log, written as a params file."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate.cli.app import START, app, ending, say

if TYPE_CHECKING:
    from investigate.proposal.propose import Proposal


def _column(part: str, what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(f"--{part}", help=what, metavar="COLUMN")
    return option


@app.command(rich_help_panel=START)
def init(
    log: Annotated[
        str, typer.Argument(help="The log: a Parquet, CSV or DuckDB file, or postgres://…")
    ],
    outcomes: Annotated[
        str | None, typer.Argument(help="Outcomes that are not in it: a file, or a table of it.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="The case's name.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The params file; params/CASE.yml.", metavar="FILE")
    ] = None,
    table: Annotated[str | None, typer.Option(help="Of a database.", metavar="NAME")] = None,
    time: Annotated[str | None, _column("time", "When a row was scored.")] = None,
    outcome: Annotated[str | None, _column("outcome", "What came of it.")] = None,
    score: Annotated[str | None, _column("score", "What ranked it.")] = None,
    system: Annotated[str | None, _column("system", "Whose score was in force.")] = None,
    item: Annotated[str | None, _column("item", "What was scored.")] = None,
    cluster: Annotated[str | None, _column("cluster", "Whom rows depend on.")] = None,
    positive: Annotated[
        str | None, typer.Option(help="The outcome that counts as 1.", metavar="VALUE")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Of times that name none.", metavar="ZONE")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Look at a log, propose a question, and write it as a params file with comments."""
    with ending():
        from investigate.errors import InputError
        from investigate.proposal.options import case_of
        from investigate.proposal.propose import propose
        from investigate.proposal.written import write

        given = {
            "time": time,
            "outcome": outcome,
            "score": score,
            "system": system,
            "item": item,
            "cluster": cluster,
            "positive": positive,
            "timezone": timezone,
        }
        path = out or Path("params") / f"{case or case_of(log, table)}.yml"
        if path.exists() and not force:
            raise InputError(
                f"{path}: it is there already; add --force, or name another by --out or --case"
            )
        console = Console()
        found = propose(
            log,
            outcomes,
            table=table,
            case=case,
            given={name: value for name, value in given.items() if value},
            ask=_ask if sys.stdin.isatty() and sys.stdout.isatty() else None,
        )
        write(found, path, force)
        show(found, console)
        say(console, f"{path}: written; read it, then")
        name = shlex.quote(str(path))
        say(console, f"next: investigate check {name} && investigate run {name}")


def show(found: "Proposal", console: Console) -> None:
    """Print what was assumed, and what to look out for."""
    from investigate.analyses.whole import whole
    from investigate.rendering import plain

    shown = Table.grid(padding=(0, 2))
    for one in found.assumed:
        cells = (one.key, one.value, one.sure, one.why)
        shown.add_row(*(Text(plain(text), overflow="fold") for text in cells))
    console.print(shown)
    for warning in found.warnings:
        say(console, f"note: {warning}")
    before, after = whole(found.counts).auc[:, 0]
    say(console, f"baseline AUC {before:.4f}, incident AUC {after:.4f}")


def _ask(key: str, proposed: str, others: Sequence[str]) -> str | None:
    from investigate.rendering import plain

    known = [proposed, *others]
    choices = ", ".join(plain(one) for one in known)
    while True:
        answer = typer.prompt(f"{key}? {choices}", default=proposed)
        if answer in known:
            return str(answer)
        typer.echo(f"write one of {choices}")
