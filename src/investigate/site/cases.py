"""The cases under ``audit/`` as the site tells of them: runs, ledger, troubles."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from investigate.errors import InputError
from investigate.ledger.chain import Chain, Trouble, read
from investigate.ledger.entry import SIGN_OFF, Entry
from investigate.ledger.files import LedgerPaths
from investigate.ledger.unfinished import begun
from investigate.ledger.verify import Statements, entered, first_told, pruned, stated, top
from investigate.paths import RecordPaths
from investigate.records.documents import instant, moment, words
from investigate.rendering import one_line
from investigate.site.alerts import alert_text, alerts, ends, sentence
from investigate.site.checked import (
    LedgerSays,
    RecordCheck,
    Signed,
    check,
    check_key,
    sign_off,
    sign_off_key,
)
from investigate.site.facts import Facts, facts
from investigate.site.folder import slug
from investigate.site.memory import Known, Memory, stamp


@dataclass(frozen=True)
class ShownRun:
    """A record, or what a ledger tells of one. ``path``: of its pages; ``when``: UTC or empty."""

    folder: Path
    path: str
    case: str
    name: str
    when: str
    stamp: str
    entry: int | None
    sound: bool
    facts: Facts
    checked: RecordCheck
    signed: tuple[Signed, ...] = ()

    @property
    def state(self) -> str:
        """Whether record and ledger, and ledger and chain, agree, in a few words."""
        if self.checked.state == "whole" and not self.sound:
            return "whole, ledger damaged"
        return self.checked.state


@dataclass(frozen=True)
class Case:
    """A case: its runs, newest first, the entries of its ledger and what is wrong there.

    ``signed``: what sign-offs come to, by their place among the entries, from 0.
    """

    path: str
    name: str
    runs: tuple[ShownRun, ...]
    entries: tuple[Entry, ...]
    signed: Mapping[int, Signed]
    troubles: tuple[tuple[str, str], ...]

    @property
    def going(self) -> tuple[str, ...]:
        """What each alert says that is not over, in the order raised."""
        bodies = alerts(self.entries)
        return tuple(
            sentence(alert_text(bodies[place])) or "It does not say on what."
            for place, end in ends(self.entries).items()
            if end is None
        )


def cases(audit: Path, allowed: Path | None, before: Memory, after: Memory) -> list[Case]:
    """Every case under `audit`, by name; what `before` knows still goes over into `after`.

    Raises `InputError` where `audit` cannot be read, or a signature not be checked.
    """
    try:
        folders = sorted(
            (path for path in audit.iterdir() if path.is_dir() and not path.is_symlink()),
            key=os.fsencode,
        )
        signers = None if allowed is None else allowed.read_bytes()
    except OSError as error:
        raise InputError(f"{one_line(error)}: cannot be read") from error
    return [
        _case(folder, allowed, signers, before, after) for folder in folders if _is_case(folder)
    ]


def _case(
    folder: Path, allowed: Path | None, signers: bytes | None, before: Memory, after: Memory
) -> Case:
    own = LedgerPaths(folder)
    try:
        listed = {path.name for path in folder.iterdir()} - {own.entries.name, own.head.name}
        chain = read(folder)
    except OSError as error:
        listed, chain = set(), Chain((), (Trouble(own.entries.name, one_line(error)),))
    statements, runs = _by_top(stated(chain.entries)), entered(chain)
    started, (gone, misplaced) = begun(chain.entries), pruned(chain.entries)
    signed = _signed(chain, runs, allowed, signers, before, after)
    by_record: dict[str | None, list[int]] = defaultdict(list)
    for place in signed:
        by_record[chain.entries[place].of].append(place)
    path = f"cases/{slug(folder.name)}"
    found, troubles = [], [(words(t.where), words(t.what)) for t in [*chain.troubles, *misplaced]]
    for name in sorted(listed | set(statements) | started.keys(), key=os.fsencode):
        known = _known(
            folder / name,
            f"{path}/{slug(name)}",
            statements.get(name, {}),
            LedgerSays(gone, started.get(name)),
            before,
        )
        if name in runs or _is_record(folder / name):
            after.records[f"{path}/{slug(name)}"] = known
            mine = tuple(signed[place] for place in by_record.get(name, ()))
            entry = runs.get(name)
            found.append(_run(folder / name, path, known, entry, not chain.troubles, mine))
        else:
            troubles += known.checked.troubles
    told = first_told(chain.entries)
    # Runs of a batch may begin within one second, and the rest of a name is chance.
    ordered = sorted(found, key=lambda run: (run.when, *told(run.name)), reverse=True)
    return Case(
        path, words(folder.name, 100), tuple(ordered), chain.entries, signed, tuple(troubles)
    )


def _known(
    record: Path, path: str, statements: Statements, ledger_says: LedgerSays, before: Memory
) -> Known:
    now, old = stamp(record), before.records.get(path)
    key = check_key(statements, ledger_says)
    same = old is not None and old.stamp == now
    return Known(
        stamp=now,
        said=key,
        facts=old.facts if old and same else facts(record),
        checked=old.checked if old and same and old.said == key else check(
            record.parent, record.name, statements, ledger_says
        ),
    )  # fmt: skip


def _run(
    record: Path,
    case_path: str,
    known: Known,
    entry: Entry | None,
    sound: bool,
    signed: tuple[Signed, ...],
) -> ShownRun:
    name = words(record.name, 100)
    begun = instant(record.name.split("-")[0])
    fallback = f"{begun:%Y-%m-%d %H:%M:%S}" if begun else moment(entry.time if entry else None)
    return ShownRun(
        folder=record,
        path=f"{case_path}/{slug(record.name)}",
        case=words(record.parent.name, 100),
        name=name,
        when=known.facts.started or fallback,
        stamp=known.stamp,
        entry=entry.n if entry else None,
        sound=sound,
        facts=known.facts,
        checked=known.checked,
        signed=signed,
    )


def _signed(
    chain: Chain,
    runs: Mapping[str, Entry],
    allowed: Path | None,
    signers: bytes | None,
    before: Memory,
    after: Memory,
) -> dict[int, Signed]:
    found = {}
    for place, entry in enumerate(chain.entries):
        if entry.kind == SIGN_OFF:
            key = sign_off_key(entry, runs, signers)
            after.signed[key] = before.signed.get(key) or sign_off(entry, runs, allowed)
            found[place] = after.signed[key]
    return found


def _by_top(statements: Statements) -> dict[str, Statements]:
    parts: dict[str, Statements] = defaultdict(dict)
    for path, hashes in statements.items():
        parts[top(path)][path] = hashes
    return parts


def _is_record(path: Path) -> bool:
    return not path.is_symlink() and path.is_dir() and os.path.lexists(RecordPaths(path).record)


def _is_case(folder: Path) -> bool:
    own = LedgerPaths(folder)
    if os.path.lexists(own.entries) or os.path.lexists(own.head):
        return True
    try:
        return any(_is_record(path) for path in folder.iterdir())
    except OSError:
        return False


def before_each(case: Case) -> Iterator[tuple[ShownRun, ShownRun | None]]:
    """Every run of a case with the one before it, which is none for the first."""
    yield from pairwise((*case.runs, None))
