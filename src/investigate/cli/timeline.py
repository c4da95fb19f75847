"""What ``investigate timeline`` does: a case on the terminal, or as a notebook and a page."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from investigate.cli.app import say
from investigate.cli.tables import print_table
from investigate.errors import InputError
from investigate.ledger.files import LedgerPaths
from investigate.paths import notebooks_folder
from investigate.records.alone import run_alone
from investigate.records.environment import shown
from investigate.records.secrets import Secrets
from investigate.records.workers import Settings
from investigate.updates.story import checked, ledger_line, story

NOTEBOOK = Path("case") / "timeline.ipynb"


def timeline_at(
    path: Path, console: Console, out: Path | None = None, *, settings: Settings | None = None
) -> None:
    """Print the moments and times of the case at `path`; with `out`, make its page there.

    Raises `InputError` where there is no case, for altered evidence, and where `out` holds a
    timeline already or lies in a case; `RunError` where the notebook fails.
    """
    found = story(path)
    if out is not None:
        _refuse(path, out)
        made = run_alone(
            notebooks_folder() / NOTEBOOK,
            {"case": shown(path)},
            out,
            settings=settings,
            console=console,
        )
        for file in made:
            say(console, str(file))
        return
    secrets = Secrets.known()

    def clean(rows: Iterable[Sequence[str]]) -> list[list[str]]:
        return [[secrets.clean(cell, "the timeline") for cell in row] for row in rows]

    say(console, secrets.clean(found.title + ", times in UTC", "the timeline"))
    print_table(console, ["time", "kind", "what", "record"], clean(found.rows))
    print_table(console, ["", "took", "counted"], clean(found.took))
    say(console, secrets.clean(ledger_line(checked(path)), "the timeline"))


def _refuse(case: Path, out: Path) -> None:
    """A folder of a case holds what its ledger tells of, and nothing else."""
    full = Path(os.path.realpath(out))
    for folder in (full, *full.parents):
        own = LedgerPaths(folder)
        if folder == case.resolve() or os.path.lexists(own.entries) or os.path.lexists(own.head):
            raise InputError(f"{out}: it lies in a case, which holds evidence alone; name another")
