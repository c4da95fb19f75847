"""A plan carried out: told by an entry first, so that a kill in between loses nothing."""

from contextlib import suppress

from investigate.ledger.append import Draft, append
from investigate.ledger.entry import PRUNE
from investigate.ledger.files import write
from investigate.records.prune.plan import Plan
from investigate.records.prune.policy import Policy


def carry_out(plan: Plan, policy: Policy) -> None:
    """Enter what goes in the ledger of the case, then let it go.

    Raises `OSError`; what was not done then is done the next time.
    """
    if plan.changes:
        changes = {path: change.model_dump() for path, change in plan.changes.items()}
        said = {"policy": policy.model_dump(mode="json"), "pruned": changes}
        append(plan.case, Draft(PRUNE, None, {}, said))
    for path, change in {**plan.left, **plan.changes}.items():
        file = plan.case / path
        if change.now is None:
            file.unlink()
            with suppress(OSError):
                file.parent.rmdir()
        else:
            write(file, plan.texts[path], durable=True)
