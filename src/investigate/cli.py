"""The command line: each command is a thin wrapper over one function."""

import shlex
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

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


KEY = Path("~/.ssh/id_ed25519")


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
    secret: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An environment variable to keep out of the record."),
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
            secret=secret or [],
        )
        summarise(answer, Console())


@app.command()
def check(params: ParamsFile, param: Overrides = None) -> None:
    """Validate the question and the log it names; show what is wrong with the log."""
    with _ending():
        from investigate.audit.check import check as examine

        examine(params, param or [], Console())


@app.command()
def verify(
    path: Annotated[
        Path, typer.Argument(help="A record, a case, or the folder of all.", metavar="PATH")
    ],
    allowed_signers: Annotated[
        Path | None, typer.Option(help="Who may sign; see ssh-keygen(1).", metavar="FILE")
    ] = None,
    record: Annotated[bool, typer.Option("--record", help="Enter it in the ledger.")] = False,
) -> None:
    """Check every file of a record against the ledger, the ledger itself and its signatures."""
    with _ending():
        from investigate.audit.ledger.command import verify_at

        verify_at(path, Console(), allowed_signers, record)


@app.command()
def sign(
    record: Annotated[Path, typer.Argument(help="The folder of a record.", metavar="RECORD")],
    verdict: Annotated[Literal["approve", "reject", "comment"], typer.Option()],
    note: Annotated[str, typer.Option(help="What there is to say.")] = "",
    key: Annotated[Path, typer.Option(help="A private key for ssh-keygen.", metavar="FILE")] = KEY,
    identity: Annotated[
        str | None, typer.Option("--as", help="Your name in the file of allowed signers.")
    ] = None,
) -> None:
    """Sign off a record in the ledger of its case."""
    with _ending():
        from investigate.audit.ledger.review import Verdict
        from investigate.audit.ledger.signoff import sign_off

        entry = sign_off(record, Verdict(verdict), note, key.expanduser(), identity)
        typer.echo(f"{record}: signed off as entry {entry.n} of its ledger")


@app.command()
def prune(
    audit: Annotated[Path, typer.Argument(help="A case, or the folder of all.")] = AUDIT,
    policy: Annotated[
        Path | None, typer.Option(help="What goes, and when; a YAML file.", metavar="FILE")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; else it is shown.")] = False,
) -> None:
    """Let pages and pictures of old records go; ledger, findings and hashes never do."""
    with _ending():
        from investigate.audit.prune.command import prune_at

        prune_at(audit, policy, Console(), apply)


@app.command()
def simulate(
    scenario: Annotated[str, typer.Argument(help="What happens, such as loop.")],
    out: Annotated[Path, typer.Option(help="The folder to make.", metavar="DIR")],
    seed: Annotated[int, typer.Option(help="Another seed, another platform.")] = 1,
    strength: Annotated[float, typer.Option(help="Of the fault, up to 1.")] = 1.0,
    answers: Annotated[int, typer.Option(help="How many answers to log, about.")] = 120_000,
) -> None:
    """Make a log with its difficulty history, events, question and truth."""
    with _ending():
        from investigate.platform import simulate as simulated
        from investigate.platform import write

        made = simulated(scenario, seed, strength, answers)
        write(made, out)
        typer.echo(f"{out}: {len(made.log):,} answers, {len(made.history):,} writes, the truth")
        typer.echo(f"next: investigate run {shlex.quote(str(out / 'question.yml'))}")


@app.command()
def benchmark(
    seeds: Annotated[str | None, typer.Option(help="Such as 1..3; those for reporting.")] = None,
    strengths: Annotated[str | None, typer.Option(help="Such as 0.5,1; four of them.")] = None,
    scenarios: Annotated[str, typer.Option(help="Such as loop,mix+stale; all of them.")] = "",
    answers: Annotated[int | None, typer.Option(help="Of an incident; 60,000.")] = None,
    workers: Annotated[int, typer.Option(help="Incidents side by side.", min=1)] = 2,
    out: Annotated[
        Path, typer.Option(help="Results; those that it holds are kept.", metavar="FILE")
    ] = Path("incidents.jsonl"),
    keep: Annotated[
        Path | None, typer.Option(help="Keep the incidents' files.", metavar="DIR")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="A document to put the tables into.", metavar="FILE")
    ] = None,
) -> None:
    """Ask about incidents of known cause; print how often the cause is named."""
    with _ending():
        from investigate.benchmark.command import benchmark as measured

        measured(
            (scenarios, strengths, seeds, answers), out, workers, Console(), keep=keep, write=write
        )


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
