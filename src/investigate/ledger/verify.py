"""Whether the records of a case are what its ledger says, but for what entries say was pruned."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from investigate.errors import InputError
from investigate.ledger.chain import Chain, Trouble, read
from investigate.ledger.entry import PRUNE, RUN, SIGN_OFF, STARTED, Entry, Inside, Sha256
from investigate.ledger.files import LedgerPaths, contents
from investigate.ledger.review import Review, reviewed
from investigate.ledger.unfinished import NONE_BEGUN, Unfinished, begun, says_running, unfinished

PAGE = re.compile(r"[^/]+/html/[^/]+\.html")
NOTEBOOK = re.compile(r"[^/]+/notebooks/[^/]+\.ipynb")


class PrunedHash(BaseModel):
    """The hash of a file before it was pruned, and after; none where it went."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    was: Sha256
    now: Sha256 | None


class PruneBody(BaseModel):
    """What a prune entry says, by path below the folder of the case."""

    model_config = ConfigDict(extra="ignore")

    pruned: dict[Inside, PrunedHash]


@dataclass(frozen=True)
class Pruned:
    """A change that an entry tells of, by that entry's number."""

    n: int
    change: PrunedHash

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
            body = PruneBody.model_validate(entry.body)
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


Statements = dict[str, dict[str, list[int]]]
"""By path and hash, the numbers of the entries that say so."""

NOTHING: Mapping[str, Pruned] = {}


def stated(entries: Iterable[Entry]) -> Statements:
    """What `entries` say of files. Where two disagree, a file cannot be what both say."""
    found: Statements = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        for path, sha256 in entry.files.items():
            found[path][sha256].append(entry.n)
    return found


def top(path: str) -> str:
    """The record, or the file of the ledger's own, that `path` lies in."""
    return path.split("/", 1)[0]


def differences(
    case: Path,
    names: Sequence[str],
    statements: Statements,
    gone: Mapping[str, Pruned] = NOTHING,
    started: Mapping[str, int] = NONE_BEGUN,
) -> Iterator[Trouble]:
    """What was altered, added or removed of `names`, the records and files in `case`.

    ``gone`` is what was pruned, by path, and ``started`` are the records of which an entry
    tells that they began, and none that they ended; neither is a difference.
    """
    within: dict[str, set[str]] = defaultdict(set)
    for path in statements:
        within[top(path)].add(path)
    for name in names:
        if name not in within:
            yield from _unentered(case, name, started.get(name))
        elif not os.path.lexists(case / name):
            entries = _numbers(
                n for path in within[name] for ns in statements[path].values() for n in ns
            )
            yield Trouble(name, f"removed: {entries} told of it")
        else:
            yield from _inside(case, name, within[name], statements, gone)


def _unentered(case: Path, name: str, n: int | None) -> Iterator[Trouble]:
    """What is wrong with a record, or file, of whose files no entry tells."""
    if n is not None and not os.path.lexists(case / name):
        yield Trouble(name, f"removed: entry {n} told that its run began")
    elif unfinished(case, name, n) is None:
        more = ": its run goes on or was killed" if says_running(case / name) else ""
        if n is not None:
            more = f": entry {n} tells that its run began, none how it ended"
        yield Trouble(name, f"not in the ledger{more}")


def _inside(
    case: Path, name: str, paths: set[str], statements: Statements, gone: Mapping[str, Pruned]
) -> Iterator[Trouble]:
    found = contents(case, name)
    owner = {sha256: path for path in paths for sha256 in statements[path]}
    for path in sorted({*paths, *found.files, *found.odd}):
        sha256, others = found.files.get(path), statements.get(path, {})
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


@dataclass(frozen=True)
class Report:
    """What was looked at in a case, what is wrong there, and who signed off what.

    ``files`` is how many files the ledger tells of, ``unfinished`` are runs that go on or
    were killed.
    """

    case: Path
    entries: int
    records: tuple[str, ...]
    files: int
    troubles: tuple[Trouble, ...]
    reviews: tuple[Review, ...]
    unfinished: tuple[Unfinished, ...] = ()


def verify(case: Path, record: str | None = None, allowed: Path | None = None) -> Report:
    """Hash every file of the case in the folder `case`, and its chain; writes nothing.

    With `record`, the name of a record, that one's files alone, and the whole chain. With
    `allowed`, a file of allowed signers, the report says whose the signatures are.

    Raises `OSError` where the folder or its ledger cannot be read at all, and `InputError`
    where there are signatures and no ssh-keygen.
    """
    paths = LedgerPaths(case)
    # Listed first: what a run adds and enters while we look is in the ledger then.
    listed = {path.name for path in case.iterdir()} - {paths.entries.name, paths.head.name}
    chain = read(case)
    statements, runs, started = stated(chain.entries), entered(chain), begun(chain.entries)
    if record is not None:
        statements = {path: hashes for path, hashes in statements.items() if top(path) == record}
        started = {name: n for name, n in started.items() if name == record}
    entered_names = {top(path) for path in statements}
    names = sorted(entered_names | started.keys() | (listed if record is None else {record}))
    going = [
        unfinished(case, name, started.get(name)) for name in names if name not in entered_names
    ]
    if any(run and not run.goes_on and run.record in entered(read(case)) for run in going):
        # It ended and was entered after the ledger was read.
        return verify(case, record, allowed)
    gone, misplaced = pruned(chain.entries)
    troubles = [*chain.troubles, *misplaced, *differences(case, names, statements, gone, started)]
    reviews = []
    for entry in chain.entries:
        if entry.kind == SIGN_OFF:
            what, wrong = reviewed(entry, runs, allowed)
            troubles += wrong
            reviews += [what] if what and record in (None, what.record) else []
    records = tuple(name for name in runs if record in (None, name))
    return Report(
        case,
        len(chain.entries),
        records,
        len(statements),
        tuple(troubles),
        tuple(reviews),
        tuple(run for run in going if run),
    )


def entered(chain: Chain) -> dict[str, Entry]:
    """The entries of the records in `chain`, by the record's name; the first one counts."""
    runs: dict[str, Entry] = {}
    for entry in chain.entries:
        if entry.kind == RUN and entry.of is not None:
            runs.setdefault(entry.of, entry)
    return runs


def first_told(entries: Iterable[Entry]) -> Callable[[str], tuple[float, str]]:
    """Where a record stands by the entry that first tells of its run; by name where none does."""
    numbers = dict[str, int]()
    for entry in entries:
        if entry.kind in (STARTED, RUN) and entry.of is not None:
            numbers.setdefault(entry.of, entry.n)
    return lambda name: (numbers.get(name, inf), name)


def altered(report: Report) -> list[Trouble]:
    """What is wrong in `report` that the next append does not mend."""
    return [trouble for trouble in report.troubles if not trouble.mends]


def refuse(report: Report, refused: str) -> None:
    """Raise `InputError` where anything is `altered`; ``refused``: what is not done then."""
    wrong = altered(report)
    if not wrong:
        return
    more = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
    raise InputError(
        f"{report.case / wrong[0].where}: {wrong[0].what}{more}; altered evidence is not {refused}"
    )
