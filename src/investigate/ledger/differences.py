"""How the files of a case differ from what its entries say of them."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from investigate.ledger.chain import Trouble
from investigate.ledger.contents import contents
from investigate.ledger.entry import Entry
from investigate.ledger.pruned import Pruned
from investigate.ledger.unfinished import NONE_BEGUN, says_running, unfinished

Statements = dict[str, dict[str, list[int]]]
"""By path and hash, the numbers of the entries that say so."""

NOTHING: Mapping[str, Pruned] = {}


def stated(entries: Iterable[Entry]) -> Statements:
    """What `entries` say of files. Where two disagree, a file cannot be what both say."""
    said: Statements = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        for path, sha256 in entry.files.items():
            said[path][sha256].append(entry.n)
    return said


def top(path: str) -> str:
    """The record, or the file of the ledger's own, that `path` lies in."""
    return path.split("/", 1)[0]


def differences(
    case: Path,
    names: Sequence[str],
    said: Statements,
    gone: Mapping[str, Pruned] = NOTHING,
    started: Mapping[str, int] = NONE_BEGUN,
) -> Iterator[Trouble]:
    """What was altered, added or removed of `names`, the records and files in `case`.

    ``gone`` is what was pruned, by path, and ``started`` are the records of which an entry
    tells that they began, and none that they ended; neither is a difference.
    """
    within: dict[str, set[str]] = defaultdict(set)
    for path in said:
        within[top(path)].add(path)
    for name in names:
        if name not in within:
            yield from _untold(case, name, started.get(name))
        elif not os.path.lexists(case / name):
            entries = _numbers(n for path in within[name] for ns in said[path].values() for n in ns)
            yield Trouble(name, f"removed: {entries} told of it")
        else:
            yield from _inside(case, name, within[name], said, gone)


def _untold(case: Path, name: str, n: int | None) -> Iterator[Trouble]:
    """What is wrong with a record, or file, of whose files no entry tells."""
    if n is not None and not os.path.lexists(case / name):
        yield Trouble(name, f"removed: entry {n} told that its run began")
    elif unfinished(case, name, n) is None:
        more = ": its run goes on or was killed" if says_running(case / name) else ""
        if n is not None:
            more = f": entry {n} tells that its run began, none how it ended"
        yield Trouble(name, f"not in the ledger{more}")


def _inside(
    case: Path, name: str, paths: set[str], said: Statements, gone: Mapping[str, Pruned]
) -> Iterator[Trouble]:
    found = contents(case, name)
    owner = {sha256: path for path in paths for sha256 in said[path]}
    for path in sorted({*paths, *found.files, *found.odd}):
        sha256, others = found.files.get(path), said.get(path, {})
        wrong = _numbers(n for other, ns in others.items() if other != sha256 for n in ns)
        if path in found.odd:
            yield Trouble(path, f"altered or added: {found.odd[path]}")
        elif path in gone and gone[path].explains(others, sha256):
            continue
        elif sha256 is None:
            yield Trouble(path, f"removed: {wrong} told of it")
        elif path not in paths:
            yield Trouble(path, "added: no entry tells of it")
        elif wrong:
            swapped = owner.get(sha256, path)
            more = f"; it holds what is said of {swapped}" if swapped != path else ""
            yield Trouble(path, f"altered: its hash is not that in {wrong}{more}")


def _numbers(numbers: Iterable[int]) -> str:
    named = [str(n) for n in sorted(set(numbers))]
    return f"{'entries' if named[1:] else 'entry'} {', '.join(named)}" if named else ""
