"""The head of a ledger: a second witness of how far it goes.

A chain alone doesn't show that its last entries are gone. So number and hash of the last
one stand in a file of their own. It is written after the entry, so it may be one behind.
"""

import os
import re
from dataclasses import dataclass
from typing import Self

from investigate.ledger.entry import GENESIS, Entry

FORM = re.compile(rb" *(\d{1,12}) ([0-9a-f]{64})\n")


@dataclass(frozen=True)
class Head:
    """Number and SHA-256 of the last entry; 0 and `GENESIS` before the first."""

    n: int = 0
    sha256: str = GENESIS

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The head of a ledger that ends with `entry`."""
        return cls(entry.n, entry.sha256())

    @classmethod
    def read(cls, file: int) -> Self | None:
        """What an open file says; none where that is no head."""
        match = FORM.fullmatch(os.pread(file, 128, 0))
        return cls(int(match[1]), match[2].decode()) if match else None

    def write(self, file: int) -> None:
        """Overwrite an open file, on the disk when this returns."""
        # Always the same few bytes in one place: a kill leaves the old head or the new one.
        line = f"{self.n:>12} {self.sha256}\n".encode()
        os.pwrite(file, line, 0)
        os.ftruncate(file, len(line))
        os.fsync(file)


@dataclass(frozen=True)
class Last:
    """Number and SHA-256 of the line that a ledger ends with, and of the one before."""

    n: int = 0
    sha256: str = GENESIS
    prev: str = ""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """That line, where it is an entry."""
        return cls(entry.n, entry.sha256(), entry.prev)


def disagreement(head: Head | None, last: Last) -> str | None:
    """How a ledger that ends with `last` is not the one that `head` tells of, if so."""
    if head is None:
        return "ledger.head is missing or cannot be read" if last.n else None
    if not last.n - 1 <= head.n <= last.n:
        return f"ledger.head counts {head.n} entries, the last one here is entry {last.n}"
    counted = last.sha256 if head.n == last.n else last.prev
    return None if head.sha256 == counted else f"ledger.head holds another hash of entry {head.n}"
