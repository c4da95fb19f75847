"""A ledger as read: its entries, where its chain of hashes is broken, and the head.

A chain alone doesn't show that its last entries are gone. So number and hash of the last
one are in a file of their own, the head. It is written after the entry, so it may be one
behind.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from investigate.ledger.entry import GENESIS, Entry
from investigate.ledger.files import LedgerPaths, reading

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


REPAIRED = "repaired"
"""What an entry's body says of torn bytes and of a head that did not fit."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and where in the folder of the case; whether the next append mends it."""

    where: str
    what: str
    mends: bool = False


@dataclass(frozen=True)
class Chain:
    """The lines of a ledger that are entries, in their order, and what is wrong with it."""

    entries: tuple[Entry, ...]
    troubles: tuple[Trouble, ...]


def read(case: Path) -> Chain:
    """The ledger of the folder `case`, which need not have one; writes nothing.

    Raises `OSError` where it is there and cannot be read.
    """
    paths = LedgerPaths(case)
    there = os.path.lexists(paths.entries)
    if there and (paths.entries.is_symlink() or not paths.entries.is_file()):
        return Chain((), (Trouble(paths.entries.name, "it is a link or device, no plain file"),))
    with reading(paths) as file:
        try:
            data = paths.entries.read_bytes()
        except FileNotFoundError:
            data = b""
        head = None if file is None else Head.read(file)
    return _chain(data, head, paths.entries.name)


def _chain(data: bytes, head: Head | None, name: str) -> Chain:
    lines = _lines(data)
    entries, troubles = [], list[Trouble]()
    for number, line in enumerate(lines, 1):
        try:
            entries.append(Entry.parse(line))
        except ValueError as error:
            torn = number == len(lines)
            what = f"the last line is torn: {error}" if torn else str(error)
            troubles.append(Trouble(f"{name} line {number}", what, mends=torn))
    troubles += [Trouble(f"{name} entry {n}", what) for n, what in _order(entries)]
    troubles += [Trouble(f"{name} entry {n}", what) for n, what in _links(entries)]
    for entry in entries:
        repaired = entry.body.get(REPAIRED)
        if isinstance(repaired, dict) and (found := repaired.get("head")):
            what = f"as it was written, something was wrong: {found}"
            troubles.append(Trouble(f"{name} entry {entry.n}", what))
    last = Last.of(entries[-1]) if entries else Last()
    if found := disagreement(head, last):
        troubles.append(Trouble(name, found))
    return Chain(tuple(entries), tuple(troubles))


def _lines(data: bytes) -> list[bytes]:
    *whole, rest = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def _order(entries: list[Entry]) -> Iterator[tuple[int, str]]:
    """Numbers that are missing, are there twice, or come after a higher one."""
    numbers = [entry.n for entry in entries]
    there = Counter(numbers)
    # A number out of all proportion would name millions of others as missing.
    highest = max((n for n in there if n <= 2 * len(numbers) + 1000), default=0)
    yield from ((n, "it is missing") for n in range(1, highest) if n not in there)
    yield from ((n, f"it is there {times} times") for n, times in there.items() if times > 1)
    before = 0
    for n in numbers:
        if n < before:
            yield n, f"it stands after entry {before}"
        before = max(n, before)


def _links(entries: list[Entry]) -> Iterator[tuple[int, str]]:
    """Entries that another holds the hash of and that hash to something else."""
    by_number = {entry.n: entry for entry in entries}
    for n, entry in sorted(by_number.items()):
        before = by_number.get(n - 1)
        expected = before.sha256() if before else GENESIS
        if (before or n == 1) and entry.prev != expected:
            where = n - 1 or n
            what = f"entry {n} holds another hash of it" if before else "it does not begin a chain"
            yield where, what
