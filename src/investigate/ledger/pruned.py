"""What entries say was pruned: pages that went, and notebooks that lost their pictures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from investigate.ledger.chain import Trouble
from investigate.ledger.entry import Entry, Inside, Sha256
from investigate.ledger.kinds import PRUNE

PAGE = re.compile(r"[^/]+/html/[^/]+\.html")
NOTEBOOK = re.compile(r"[^/]+/notebooks/[^/]+\.ipynb")


class Change(BaseModel):
    """The hash of a file before it was pruned, and after; none where it went."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    was: Sha256
    now: Sha256 | None


class Body(BaseModel):
    """What a prune entry says, by path below the folder of the case."""

    model_config = ConfigDict(extra="ignore")

    pruned: dict[Inside, Change]


@dataclass(frozen=True)
class Pruned:
    """A change that an entry tells of, by that entry's number."""

    n: int
    change: Change

    def explains(self, stated: Iterable[str], sha256: str | None) -> bool:
        """Whether a file that others have `stated` may now have this hash, or be gone."""
        return set(stated) == {self.change.was} and sha256 == self.change.now


def pruned(entries: Iterable[Entry]) -> tuple[dict[str, Pruned], list[Trouble]]:
    """What went, by path, and prune entries that speak of what must be kept."""
    found, troubles = dict[str, Pruned](), []
    for entry in entries:
        if entry.kind != PRUNE:
            continue
        where = f"ledger.jsonl entry {entry.n}"
        try:
            body = Body.model_validate(entry.body)
        except ValidationError:
            troubles.append(Trouble(where, "it does not say what was pruned"))
            continue
        for path, change in sorted(body.pruned.items()):
            whole = PAGE if change.now is None else NOTEBOOK
            if whole.fullmatch(path):
                found.setdefault(path, Pruned(entry.n, change))
            else:
                troubles.append(Trouble(where, f"it prunes what must be kept: {path}"))
    return found, troubles
