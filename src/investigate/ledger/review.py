"""A sign-off as an entry of the ledger, signed by ``ssh-keygen -Y``, and whether it holds.

Keys are those that engineers have; signatures are made and checked offline. See ssh-keygen(1)
and, for the files that say who may sign, its section ALLOWED SIGNERS.
"""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from investigate.errors import InputError
from investigate.ledger.chain import Trouble
from investigate.ledger.entry import Entry
from investigate.rendering import plain

PROGRAM = "ssh-keygen"
NAMESPACE = "investigate"
"""Signed with the text, so that nobody passes off a signature that was made for another use."""

GOOD = re.compile(r'Good "[^"]*" signature with (\S+ key \S+)')


class BadSignatureError(Exception):
    """A signature is none of its text, or of nobody who may sign."""


def sign(text: bytes, key: Path) -> str:
    """The signature of `text` with the private `key`; its passphrase is asked for.

    Raises `InputError` where the key or ssh-keygen is missing or cannot be used.
    """
    if not key.is_file():
        raise InputError(
            f"{key}: there is no such key; name one with --key or make one with {PROGRAM}"
        )
    done = _run("sign", "-f", str(key), "-n", NAMESPACE, text=text)
    if done.returncode:
        raise InputError(f"{key}: {PROGRAM} cannot sign with it: {_last_line(done)}")
    return done.stdout.decode()


def key_of(text: bytes, signature: str) -> str:
    """Type and fingerprint of the key that made `signature` of `text`, whoever has it.

    Raises `BadSignatureError` where it is none of that text.
    """
    with tempfile.NamedTemporaryFile(suffix=".sig") as file:
        _fill(file.name, signature)
        done = _run("check-novalidate", "-n", NAMESPACE, "-s", file.name, text=text)
    match = GOOD.search(done.stdout.decode(errors="replace"))
    if done.returncode or not match:
        raise BadSignatureError("its signature is not one of this text")
    return match[1]


def signer(text: bytes, signature: str, allowed: Path, identity: str | None, when: str) -> str:
    """Whose `signature` this is, of those in the file `allowed`, at the moment `when` (UTC).

    Raises `BadSignatureError` where it is nobody's, or not that of the `identity` named.
    """
    try:
        # A key may have run out since; ssh-keygen reads the moment as local time.
        moment = datetime.fromisoformat(when).astimezone()
    except (ValueError, OverflowError) as error:
        raise BadSignatureError("its time is none") from error
    at = f"-Overify-time={moment:%Y%m%d%H%M%S}"
    with tempfile.NamedTemporaryFile(suffix=".sig") as file:
        _fill(file.name, signature)
        files = ["-s", file.name, "-f", str(allowed)]
        if identity is None:
            found = _run("find-principals", at, *files, text=b"").stdout.decode(errors="replace")
            identity = next(iter(found.splitlines()), None)
        if identity is None:
            raise BadSignatureError(f"its key is none of {allowed}")
        done = _run("verify", at, *files, "-I", identity, "-n", NAMESPACE, text=text)
    if done.returncode:
        raise BadSignatureError(f"its signature is not one of {identity} in {allowed}")
    return identity


def _fill(path: str, signature: str) -> None:
    Path(path).write_text(signature, encoding="ascii", errors="replace")


def _run(action: str, *arguments: str, text: bytes) -> "subprocess.CompletedProcess[bytes]":
    program = shutil.which(PROGRAM)
    if program is None:
        raise InputError(f"{PROGRAM} is missing; it comes with OpenSSH: install openssh-client")
    return subprocess.run(
        [program, "-Y", action, *arguments], input=text, capture_output=True, check=False
    )


def _last_line(done: "subprocess.CompletedProcess[bytes]") -> str:
    lines = done.stderr.decode(errors="replace").splitlines()
    return plain(next((line for line in reversed(lines) if line.strip()), "it says no reason"))


class Verdict(StrEnum):
    """What a reviewer says of a record."""

    APPROVE = "approve"
    REJECT = "reject"
    COMMENT = "comment"


class SignOffBody(BaseModel):
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
        sign_off = SignOffBody.model_validate(entry.body)
    except ValidationError:
        return None, [Trouble(where, "this sign-off is not signed or not complete")]
    run = runs.get(entry.of or "")
    if run is None or run.sha256() != sign_off.entry:
        return None, [Trouble(where, "what it signed is not the record's entry as it stands here")]
    try:
        key, who = key_of(entry.statement(), sign_off.signature), None
        if sign_off.identity is not None and not sign_off.identity.isprintable():
            raise BadSignatureError("its identity is no name")
        if allowed is not None:
            who = signer(
                entry.statement(), sign_off.signature, allowed, sign_off.identity, entry.time
            )
    except BadSignatureError as error:
        return None, [Trouble(where, f"this sign-off is refused: {error}")]
    assert entry.of is not None
    review = Review(entry.n, entry.of, sign_off.verdict, sign_off.note, key, sign_off.identity, who)
    return review, []
