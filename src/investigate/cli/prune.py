"""``investigate prune``: what a policy takes from every case, shown first."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate.errors import InputError, RunError
from investigate.ledger.place import cases_at
from investigate.records.prune import Plan, carry_out, load, plan
from investigate.rendering import one_line, plain


def prune_at(audit: Path, policy_file: Path | None, console: Console, apply: bool) -> None:
    """Show what goes of the cases at `audit`; with `apply`, let it go.

    Raises `InputError` for a policy that is none and a folder without cases, and
    `RunError` where something could not be done.
    """
    policy, now = load(policy_file), datetime.now(UTC)
    plans = []
    for case, record in cases_at(audit):
        if record is not None:
            raise InputError(f"{audit}: this is a record; name its case or the folder of all")
        try:
            plans.append(plan(case, policy, now))
            if apply:
                carry_out(plans[-1], policy)
        except OSError as error:
            raise RunError(f"{case}: it could not be pruned: {one_line(error)}") from error
    console.print(_table(plans, apply))
    for found in plans:
        for name, why in found.kept.items():
            line = Text(f"stays: {found.case / name}: {plain(why)}")
            console.print(line, soft_wrap=True)
    if not apply:
        console.print("nothing was touched; add --apply to let it go", highlight=False)


def _table(plans: list[Plan], done: bool) -> Table:
    table = Table("case", "records", "pages", "notebooks' pictures", "freed" if done else "to free")
    for column in table.columns[1:]:
        column.justify = "right"
    for found in plans:
        changes = [*found.changes.values(), *found.left.values()]
        pages = sum(change.now is None for change in changes)
        counts = (len(found.records), pages, len(changes) - pages)
        size = f"{found.freed / 1e6:,.1f} MB"
        table.add_row(Text(found.case.name), *(f"{count:,}" for count in counts), size)
    return table
