"""A sign-off as an entry of the ledger, and whether it holds."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from investigate.ledger.chain import Trouble
from investigate.ledger.entry import Entry
from investigate.ledger.signing import BadSignatureError, key_of, signer


class Verdict(StrEnum):
    """What a reviewer says of a record."""

    APPROVE = "approve"
    REJECT = "reject"
    COMMENT = "comment"


class Body(BaseModel):
    """What a sign-off says: ``entry`` is the hash of the record's own entry."""

    model_config = ConfigDict(extra="ignore")

    entry: str
    verdict: Verdict
    note: str
    identity: str | None = Field(default=None, min_length=1, max_length=256)
    signature: str


@dataclass(frozen=True)
class Review:
    """A sign-off whose signature is one of it; ``who`` is none where nobody checked whose."""

    n: int
    record: str
    verdict: str
    note: str
    key: str
    claimed: str | None
    who: str | None


def body(run: Entry, verdict: Verdict, note: str, identity: str | None) -> dict[str, Any]:
    """The body, still to be signed, of a sign-off for the record that `run` entered."""
    return {"entry": run.sha256(), "verdict": str(verdict), "note": note, "identity": identity}


def reviewed(
    entry: Entry, runs: dict[str, Entry], allowed: Path | None
) -> tuple[Review | None, list[Trouble]]:
    """What the sign-off in `entry` says, and what is wrong with it.

    ``runs`` are the entries of records by name. What it signs holds the hash of the entry
    before, so a chain that was written anew below it breaks the signature.
    """
    where = f"ledger.jsonl entry {entry.n}"
    try:
        said = Body.model_validate(entry.body)
    except ValidationError:
        return None, [Trouble(where, "this sign-off is not signed or not complete")]
    run = runs.get(entry.of or "")
    if run is None or run.sha256() != said.entry:
        return None, [Trouble(where, "what it signed is not the record's entry as it stands here")]
    try:
        key, who = key_of(entry.statement(), said.signature), None
        if said.identity is not None and not said.identity.isprintable():
            raise BadSignatureError("its identity is no name")
        if allowed is not None:
            who = signer(entry.statement(), said.signature, allowed, said.identity, entry.time)
    except BadSignatureError as error:
        return None, [Trouble(where, f"this sign-off is refused: {error}")]
    assert entry.of is not None
    review = Review(entry.n, entry.of, said.verdict, said.note, key, said.identity, who)
    return review, []
