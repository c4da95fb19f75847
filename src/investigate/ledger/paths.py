"""The files of a ledger."""

import re
from dataclasses import dataclass
from pathlib import Path

OWN = re.compile(r"ledger\.(jsonl|head|torn-\d+(-\d+)?)")


@dataclass(frozen=True)
class LedgerPaths:
    """The files of the ledger of the case whose folder is `case`."""

    case: Path

    @property
    def entries(self) -> Path:
        """The entries, one a line."""
        return self.case / "ledger.jsonl"

    @property
    def head(self) -> Path:
        """Number and hash of the last entry; whoever appends holds a lock on it."""
        return self.case / "ledger.head"

    def torn(self, n: int, again: int = 1) -> Path:
        """The bytes of a line that was cut before entry `n`; ``again`` counts such cuts."""
        return self.case / (f"ledger.torn-{n}" + (f"-{again}" if again > 1 else ""))

    def all_torn(self, n: int) -> list[Path]:
        """Every such file that is there."""
        return sorted([*self.case.glob(f"ledger.torn-{n}"), *self.case.glob(f"ledger.torn-{n}-*")])
