"""Commands of updates: draft and send, when the next is due, timeline, post-mortem."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from investigate.cli.app import UPDATES, app, ending
from investigate.paths import AUDIT

OUTBOX = Path("outbox")
At = Annotated[
    str | None, typer.Option(help="Run as of this moment; default: now.", metavar="MOMENT")
]
Rhythm = Annotated[
    Path | None, typer.Option(help="How often, by severity; a YAML file.", metavar="FILE")
]
Templates = Annotated[
    Path | None, typer.Option(help="Templates that go before the kit's.", metavar="DIR")
]
Out = Annotated[Path | None, typer.Option(help="Write the text there too.", metavar="FILE")]
Outbox = Annotated[
    Path, typer.Option(help="Where messages wait until they are sent.", metavar="DIR")
]
Channels = Annotated[
    list[str] | None,
    typer.Option(
        "--send", metavar="NAME", help="Send it to the address in this environment variable."
    ),
]


@app.command(rich_help_panel=UPDATES)
def update(
    path: Annotated[Path, typer.Argument(help="A record or a case.", metavar="RECORD|CASE")],
    audience: Annotated[
        Literal["engineers", "product", "executives"], typer.Option(help="For whom it is written.")
    ] = "engineers",
    edit: Annotated[
        bool, typer.Option("--edit", help="Edit it first; then it is entered.")
    ] = False,
    send_as_is: Annotated[
        bool, typer.Option("--send-as-is", help="Enter it without editing.")
    ] = False,
    send: Channels = None,
    outbox: Outbox = OUTBOX,
    out: Out = None,
    since: Annotated[
        str | None, typer.Option(help="When AUC fell, if nothing was run yet.", metavar="DATE")
    ] = None,
    resolved: Annotated[
        Path | None,
        typer.Option(
            help="A record that shows recovery; the case itself: its alerts are over.",
            metavar="RECORD|CASE",
        ),
    ] = None,
    templates: Templates = None,
    rhythm: Rhythm = None,
    at: At = None,
) -> None:
    """Draft an update from the evidence; with --edit or --send-as-is it is entered and sent."""
    with ending():
        from investigate.cli.update import update_at

        text = update_at(
            path, Console(stderr=True), audience, edit=edit, as_is=send_as_is, out=out,
            since=since, resolved=resolved, templates=templates, rhythm=rhythm, at=at,
            channels=send or [], outbox=outbox,
        )  # fmt: skip
        if out is None:
            typer.echo(text, nl=False)


@app.command(rich_help_panel=UPDATES)
def due(
    audit: Annotated[Path, typer.Argument(help="A case, or the folder of all.")] = AUDIT,
    rhythm: Rhythm = None,
    at: At = None,
    send: Channels = None,
    outbox: Outbox = OUTBOX,
) -> None:
    """List updates that are overdue or due soon; exit status 3 when any is."""
    with ending():
        from investigate.cli.update import due_at

        status = due_at(audit, Console(), rhythm, at, channels=send or [], outbox=outbox)
    raise typer.Exit(status)


@app.command(rich_help_panel=UPDATES)
def postmortem(
    case: Annotated[Path, typer.Argument(help="The folder of a case.", metavar="CASE")],
    out: Out = None,
    templates: Templates = None,
) -> None:
    """Draft a post-mortem: the timeline of a case, and what is left for people to write."""
    with ending():
        from investigate.cli.update import postmortem_at

        text = postmortem_at(case, out, templates)
        if out is None:
            typer.echo(text, nl=False)


@app.command(rich_help_panel=UPDATES)
def timeline(
    case: Annotated[Path, typer.Argument(help="The folder of a case.", metavar="CASE")],
    out: Annotated[
        Path | None,
        typer.Option(help="Make a notebook and a page of it in this folder.", metavar="DIR"),
    ] = None,
) -> None:
    """Show what happened when in a case, and the time to detect, to update, to explain."""
    with ending():
        from investigate.cli.timeline import timeline_at

        timeline_at(case, Console(), out)


@app.command(rich_help_panel=UPDATES)
def send(
    outbox: Annotated[Path, typer.Argument(help="Where messages wait.", metavar="DIR")] = OUTBOX,
) -> None:
    """Send what waits in the outbox, each message once; made for cron."""
    with ending():
        from investigate.cli.send import send_from

        send_from(outbox, Console())
