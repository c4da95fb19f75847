"""Whether a record is what its ledger says, and who signed it off: what a page tells of that.

The same parts as `investigate verify`, one record at a time, so that a record which nobody
touched since its last check keeps that check's result.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from investigate.ledger.chain import Trouble
from investigate.ledger.entry import Entry
from investigate.ledger.review import Review, reviewed
from investigate.ledger.verify import Pruned, Statements, differences
from investigate.records.documents import lines, words

NOT_ENTERED, REMOVED = "not in the ledger", "removed"
MOST_TROUBLES = 50


class RecordCheck(BaseModel):
    """What hashing every file of a record found.

    ``state``: whole, altered, removed, not in the ledger or unfinished; ``files``: how many
    files the ledger tells of; ``troubles``: where and what, ``more`` those left out.
    """

    model_config = ConfigDict(frozen=True)

    state: str
    files: int = 0
    troubles: tuple[tuple[str, str], ...] = ()
    more: int = 0


class Signed(BaseModel):
    """A sign-off, or in ``refused`` why it is none. ``who`` is empty where nobody checked."""

    model_config = ConfigDict(frozen=True)

    n: int
    verdict: str = ""
    note: str = ""
    key: str = ""
    claimed: str = ""
    who: str = ""
    refused: str = ""


@dataclass(frozen=True)
class LedgerSays:
    """What a ledger tells of a record besides the hashes of its files.

    ``gone`` is what was pruned, by path; ``begun`` the number of the entry of its start, where
    none tells of its end.
    """

    gone: Mapping[str, Pruned]
    begun: int | None


def check(case: Path, name: str, statements: Statements, ledger_says: LedgerSays) -> RecordCheck:
    """Hash the files of the record called `name`; `statements` is what the ledger says of them."""
    started = {} if ledger_says.begun is None else {name: ledger_says.begun}
    found = list(differences(case, [name], statements, ledger_says.gone, started))
    return RecordCheck(
        state=_state(found, bool(statements), ledger_says.begun is not None),
        files=len(statements),
        troubles=tuple((words(t.where), words(t.what)) for t in found[:MOST_TROUBLES]),
        more=max(len(found) - MOST_TROUBLES, 0),
    )


def check_key(statements: Statements, ledger_says: LedgerSays) -> str:
    """Changes with what the ledger says of a record."""
    digest = hashlib.sha256(repr(ledger_says.begun).encode())
    for path, hashes in sorted(statements.items()):
        digest.update(repr((path, sorted(hashes.items()), ledger_says.gone.get(path))).encode())
    return digest.hexdigest()


def sign_off(entry: Entry, runs: Mapping[str, Entry], allowed: Path | None) -> Signed:
    """What the sign-off in `entry` comes to; ``runs`` are the entries of records by name."""
    review, wrong = reviewed(entry, dict(runs), allowed)
    if review is None or wrong:
        return Signed(n=entry.n, refused=words("; ".join(trouble.what for trouble in wrong)))
    return _signed(review)


def sign_off_key(entry: Entry, runs: Mapping[str, Entry], allowed: bytes | None) -> str:
    """Changes with all that decides whether the sign-off in `entry` holds."""
    run = runs.get(entry.of or "")
    parts = (entry.line(), run.line() if run else b"", b"" if allowed is None else b"+" + allowed)
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _state(found: list[Trouble], entered: bool, started: bool) -> str:
    if not found:
        return "unfinished" if started or not entered else "whole"
    if found[0].what.startswith("removed") and "/" not in found[0].where:
        return REMOVED
    if entered:
        return "altered"
    return "unfinished" if "run goes on or was killed" in found[0].what else NOT_ENTERED


def _signed(review: Review) -> Signed:
    return Signed(
        n=review.n,
        verdict=str(review.verdict),
        note=lines(review.note),
        key=words(review.key, 200),
        claimed=words(review.claimed, 256),
        who=words(review.who, 256),
    )
