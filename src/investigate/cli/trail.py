"""Commands on what runs left: check, sign, compare, run again, show, hand on, keep."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from investigate.cli.app import RECORDS, Jobs, Timeout, app, ending
from investigate.paths import AUDIT

RecordFolder = Annotated[Path, typer.Argument(help="The folder of a record.", metavar="RECORD")]
AllowedSigners = Annotated[
    Path | None, typer.Option(help="Who may sign; see ssh-keygen(1).", metavar="FILE")
]
KEY = Path("~/.ssh/id_ed25519")


@app.command(rich_help_panel=RECORDS)
def verify(
    path: Annotated[
        Path, typer.Argument(help="A record, a case, or the folder of all.", metavar="PATH")
    ],
    allowed_signers: AllowedSigners = None,
    record: Annotated[bool, typer.Option("--record", help="Enter it in the ledger.")] = False,
) -> None:
    """Check every file of a record against the ledger, the ledger itself and its signatures."""
    with ending():
        from investigate.cli.ledger import verify_at

        verify_at(path, Console(), allowed_signers, record)


@app.command(rich_help_panel=RECORDS)
def sign(
    record: RecordFolder,
    verdict: Annotated[
        Literal["approve", "reject", "comment"], typer.Option(help="What you find.")
    ],
    note: Annotated[str, typer.Option(help="What there is to say.")] = "",
    key: Annotated[Path, typer.Option(help="A private key for ssh-keygen.", metavar="FILE")] = KEY,
    identity: Annotated[
        str | None, typer.Option("--as", help="Your name in the file of allowed signers.")
    ] = None,
) -> None:
    """Sign off a record in the ledger of its case."""
    with ending():
        from investigate.ledger.review import Verdict
        from investigate.ledger.signoff import sign_off

        entry = sign_off(record, Verdict(verdict), note, key.expanduser(), identity)
        typer.echo(f"{record}: signed off as entry {entry.n} of its ledger")


@app.command(rich_help_panel=RECORDS)
def compare(
    a: Annotated[Path, typer.Argument(help="The folder of a record.", metavar="A")],
    b: Annotated[Path, typer.Argument(help="The folder of another.", metavar="B")],
    everything: Annotated[bool, typer.Option("--all", help="Every difference.")] = False,
) -> None:
    """Show how two records differ: questions, numbers, notebooks; writes nothing."""
    with ending():
        from investigate.cli.compare import compare_at

        compare_at(a, b, Console(), everything)


@app.command(rich_help_panel=RECORDS)
def rerun(
    record: RecordFolder,
    audit: Annotated[
        Path | None, typer.Option(help="Another place for the new record.", metavar="DIR")
    ] = None,
    timeout: Timeout = 600.0,
    jobs: Jobs = None,
) -> None:
    """Answer a record's question again and check that the numbers are the same."""
    with ending():
        from investigate.cli.rerun import rerun_at
        from investigate.records.workers import Settings, cores

        settings = Settings(timeout=timeout, jobs=jobs or cores())
        progress = Console(stderr=True)
        rerun_at(record, Console(), audit=audit, progress=progress, settings=settings)


@app.command(rich_help_panel=RECORDS)
def export(
    record: RecordFolder,
    out: Annotated[Path | None, typer.Option(help="The zip to make.", metavar="FILE.zip")] = None,
    even_if_altered: Annotated[
        bool, typer.Option("--even-if-altered", help="Altered evidence too; its README says so.")
    ] = False,
) -> None:
    """Make a zip of a record that verifies where the kit is not installed."""
    with ending():
        from investigate.cli.export import export_at

        export_at(record, out, Console(), even_if_altered)


@app.command(rich_help_panel=RECORDS)
def site(
    audit: Annotated[Path, typer.Option(help="Where the records are.", metavar="DIR")] = AUDIT,
    out: Annotated[Path, typer.Option(help="The folder to make.", metavar="DIR")] = Path("site"),
    allowed_signers: AllowedSigners = None,
    full: Annotated[bool, typer.Option("--full", help="Hash every file again.")] = False,
) -> None:
    """Make a static site of all records, to read, compare and review them."""
    with ending():
        from investigate.cli.site import site_at

        site_at(audit, out, Console(), allowed_signers, full=full)


@app.command(rich_help_panel=RECORDS)
def prune(
    audit: Annotated[Path, typer.Argument(help="A case, or the folder of all.")] = AUDIT,
    policy: Annotated[
        Path | None, typer.Option(help="What goes, and when; a YAML file.", metavar="FILE")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; else it is shown.")] = False,
) -> None:
    """Let pages and pictures of old records go; ledger, findings and hashes never do."""
    with ending():
        from investigate.cli.prune import prune_at

        prune_at(audit, policy, Console(), apply)
