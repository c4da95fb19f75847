"""Commands for whoever begins: a demo, the installation, keys of a question, notebooks."""

import json
import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from investigate.cli.app import ASK, START, Jobs, Timeout, app, ending, say
from investigate.paths import AUDIT

ANSWERS = 30_000


class Example(StrEnum):
    """What the demo is about."""

    PLATFORM = "platform"
    CHECKOUT = "checkout"


@app.command(rich_help_panel=START)
def demo(
    example: Annotated[
        Example,
        typer.Argument(
            help="A learning platform with two systems and a history, or a shop's checkout score."
        ),
    ] = Example.PLATFORM,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to make; investigate-demo or -checkout.", metavar="DIR"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another log.")] = 1,
    timeout: Timeout = 600.0,
    jobs: Jobs = None,
) -> None:
    """Make a small log whose AUC falls, find out why, and leave a record to look at."""
    with ending():
        from investigate.cli.answer import summarise
        from investigate.records.run import run
        from investigate.records.workers import Settings, cores

        console = Console()
        if example is Example.PLATFORM:
            folder = out or Path("investigate-demo")
            truth = _platform(folder, seed, console)
        else:
            folder = out or Path("investigate-checkout")
            truth = _checkout(folder, seed, console)
        answer = run(
            folder / "question.yml",
            [],
            audit=folder / "audit",
            settings=Settings(timeout=timeout, jobs=jobs or cores()),
            console=Console(stderr=True),
        )
        summarise(answer, console)
        say(console, f"next: compare it with the truth: {truth}")
        say(console, "next: investigate init YOUR_LOG")


def _platform(folder: Path, seed: int, console: Console) -> str:
    from investigate.simulator import simulate, write

    made = simulate("loop", seed, 1.0, ANSWERS)
    write(made, folder, case="demo")
    say(console, f"{folder}: a made log of {len(made.log):,} answers, and its question")
    return str(folder / "truth.json")


def _checkout(folder: Path, seed: int, console: Console) -> str:
    from investigate.cli.init import show
    from investigate.errors import InputError
    from investigate.proposal import written
    from investigate.proposal.propose import propose
    from investigate.simulator import checkout_log

    if folder.exists():
        raise InputError(f"folder: '{folder}' is there already; remove it or name another")
    log, question = folder / "orders.csv", folder / "question.yml"
    folder.mkdir(parents=True)
    checkout_log(seed=seed).to_csv(log, index=False)
    say(console, f"{log}: a made log of orders; what `investigate init` finds in it:")
    found = propose(str(log), None, table=None, case="checkout", given={}, ask=None)
    written.write(found, question, force=False)
    show(found, console)
    return "from 12 April on every order from Android has one default score"


@app.command(rich_help_panel=START)
def doctor(
    audit: Annotated[Path, typer.Option(help="Where records go.", metavar="DIR")] = AUDIT,
) -> None:
    """Check the installation: packages, kernel, time zones, engine, fonts, write access."""
    with ending():
        from investigate.errors import RunError
        from investigate.workplace.doctor import examine

        console, wrong = Console(), 0
        for one in examine(audit):
            state = "ok" if one.fine else "FAILS" if one.needed else "note"
            say(console, f"{state:<6}{one.part:<12}{one.found}")
            if one.remedy:
                say(console, f"remedy: {one.remedy}", indent=6)
                wrong += one.needed
        if wrong:
            parts = "part" if wrong == 1 else "parts"
            raise RunError(f"{wrong} {parts} of the installation must be mended; see above")


@app.command(rich_help_panel=ASK)
def explain(
    key: Annotated[
        str | None, typer.Argument(help="A key, such as columns.time; all without one.")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema for editors.")
    ] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page of keys.")] = False,
) -> None:
    """Explain the keys of a question: type, default, meaning and an example."""
    with ending():
        from investigate.errors import InputError
        from investigate.question import reference
        from investigate.question.schema import schema as json_schema

        if sum([key is not None, schema, markdown]) > 1:
            raise InputError("explain: a key, --schema or --markdown; name one of them")
        if schema:
            typer.echo(json.dumps(json_schema(), indent=2))
            return
        if markdown:
            typer.echo(reference.as_markdown(), nl=False)
            return
        console = Console()
        if key is None:
            keys = reference.every_key()
            width = max(len(one.name) for one in keys) + 2
            for one in keys:
                say(console, f"{one.name:<{width}}{one.meaning}")
            return
        one = reference.key(key)
        say(console, f"{one.name}: {one.meaning}")
        say(console, f"type:     {one.kind}")
        say(console, f"default:  {one.default}")
        say(console, f"example:  {one.name.rpartition('.')[2]}: {one.example}")
        if one.below:
            say(console, f"keys:     {', '.join(name.rpartition('.')[2] for name in one.below)}")


@app.command(rich_help_panel=START)
def notebooks(
    folder: Annotated[Path, typer.Argument(help="Where they go.", metavar="DIR")],
) -> None:
    """Copy the kit's notebooks into a folder, to change them there."""
    with ending():
        from investigate.workplace.own_notebooks import copy

        copied = copy(folder)
        console, name = Console(), shlex.quote(str(folder))
        say(console, f"{folder}: {len(copied)} notebooks")
        say(console, f"next: investigate run PARAMS --without-kit --notebooks {name}")


@app.command("new-notebook", rich_help_panel=START)
def new_notebook(
    path: Annotated[Path, typer.Argument(help="The notebook to make.", metavar="NAME")],
) -> None:
    """Make a notebook with the parameters and an example of each step, to join a run."""
    with ending():
        from investigate.workplace.own_notebooks import scaffold

        made = scaffold(path)
        say(Console(), f"{made}: written")
        say(Console(), f"next: investigate run PARAMS --notebooks {shlex.quote(str(made))}")
