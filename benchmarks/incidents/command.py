"""The incident benchmark from the command line, in the checkout.

    python -m benchmarks.incidents run --quick --out build/quick.jsonl
    python -m benchmarks.incidents make ordinary:constant --seed 3 --out DIR
    python -m benchmarks.incidents ask DIR

`run` goes on where it was interrupted: remove its results when the code has changed.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.incidents import plan as defaults
from benchmarks.incidents.families import known
from benchmarks.incidents.incident import Incident
from benchmarks.incidents.measure import answer_of
from benchmarks.incidents.plan import Plan
from benchmarks.incidents.report import fill, fits, show
from benchmarks.incidents.run import run as measured
from benchmarks.incidents.tables import tables
from investigate import log
from investigate.cli.app import ending
from investigate.errors import InputError
from investigate.question import params

app = typer.Typer(add_completion=False, no_args_is_help=True)
BLOCK, SPREAD = "incidents", "spread"
"""What the comments are called between which the tables are in a document, and those of a run
with every incident on a log of its own."""


@app.command()
def run(
    seeds: Annotated[str | None, typer.Option(help="Such as 1..3; those for reporting.")] = None,
    strengths: Annotated[str, typer.Option(help="Such as 0.5,1.")] = defaults.STRENGTHS,
    scenarios: Annotated[
        str, typer.Option(help="Such as loop,ordinary:late or a family; all of them.")
    ] = "",
    answers: Annotated[int, typer.Option(help="Of the platform.")] = defaults.ANSWERS,
    spread: Annotated[
        bool, typer.Option("--spread", help="Every incident on a log of its own.")
    ] = False,
    controls: Annotated[
        int, typer.Option(help="Times the seeds of controls; 0 for none.", min=0)
    ] = defaults.CONTROLLED,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few minutes, on a seed to look at.")
    ] = False,
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
    with ending():
        if quick:
            plan = Plan.quick(scenarios, seeds or defaults.QUICK_SEEDS)
        else:
            plan = Plan.read(scenarios, strengths, seeds or defaults.SEEDS, answers)
            plan = replace(plan, controls=controls)
        plan = replace(plan, spread=spread)
        block = SPREAD if spread else BLOCK
        if write is not None:
            fits(write, block)
        sheets = tables(measured(plan, out, workers, Console(stderr=True), keep))
        show(sheets, Console())
        if write is not None:
            fill(write, block, plan.command(), sheets)


@app.command()
def make(
    scenario: Annotated[str, typer.Argument(help="Such as ordinary:constant or loop.")],
    out: Annotated[Path, typer.Option(help="The folder to make.", metavar="DIR")],
    seed: Annotated[int, typer.Option(help="Another seed, another log.", min=0)] = 1,
    strength: Annotated[float, typer.Option(help="Of the fault, up to 1.")] = 1.0,
    answers: Annotated[int, typer.Option(help="Rows; 0: as the seed says.")] = 0,
) -> None:
    """Make one incident: log.parquet, question.yml and truth.json."""
    with ending():
        known(scenario)
        if out.exists():
            raise InputError(f"--out: {str(out)!r} is there already; remove it or name another")
        incident = Incident(scenario, strength, seed, answers)
        if incident.family == "platform" and not answers:
            incident = Incident(scenario, strength, seed, defaults.ANSWERS)
        incident.write(out)
        print(f"{out}: {json.loads((out / 'truth.json').read_text('utf-8'))}")


@app.command()
def ask(
    folder: Annotated[Path, typer.Argument(help="What make made.", metavar="DIR")],
    history: Annotated[bool, typer.Option(help="Ask with the history, if there is one.")] = True,
) -> None:
    """Print what the kit says of an incident's folder, as JSON."""
    with ending():
        question = params.load(folder / "question.yml", [] if history else ["history=null"])
        print(json.dumps(answer_of(log.count(question), question), indent=2, ensure_ascii=False))
