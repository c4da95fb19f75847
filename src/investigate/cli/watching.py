"""The command that watches: what is new in a log, judged."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from investigate.cli.app import MONITOR, app, ending
from investigate.cli.telling import OUTBOX, At, Outbox
from investigate.paths import AUDIT


@app.command(rich_help_panel=MONITOR)
def monitor(
    watch: Annotated[Path, typer.Argument(help="The watch: a YAML file.", metavar="WATCH")],
    at: At = None,
    audit: Annotated[Path, typer.Option(help="Where cases are opened.", metavar="DIR")] = AUDIT,
    outbox: Outbox = OUTBOX,
    chart: Annotated[
        Path | None, typer.Option(help="Draw AUC and its bounds there too.", metavar="FILE")
    ] = None,
) -> None:
    """Count what is new in the log and judge it; exit status 3 while an alert is open."""
    with ending():
        from investigate.cli.monitor import monitor as monitored

        status = monitored(watch, Console(), audit=audit, outbox=outbox, at=at, chart=chart)
    raise typer.Exit(status)
