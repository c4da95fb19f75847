"""A ledger as read: its entries, and where its chain of hashes is broken."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from investigate.ledger.append import REPAIRED
from investigate.ledger.entry import GENESIS, Entry
from investigate.ledger.head import Head, Last, disagreement
from investigate.ledger.lock import reading
from investigate.ledger.paths import LedgerPaths


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
    """Numbers that are missing, are there twice, or stand after a higher one."""
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
