"""Cases made by hand, with real ledgers and real keys."""

import hashlib
import subprocess
from pathlib import Path

from investigate.ledger.append import EntryDraft, append
from investigate.ledger.entry import GENESIS, Entry, canonical
from investigate.ledger.files import contents
from investigate.ledger.verify import verify

FILES = {
    "record.json": '{"status": "succeeded"}\n',
    "findings.json": "{}\n",
    "notebooks/1_answer.ipynb": '{"cells": []}\n',
}


def make_record(case: Path, name: str, **more: str) -> Path:
    """A record of three files, and `more`, entered in the ledger as a run's."""
    for path, text in {**FILES, "question.yml": f"case: {name}\n", **more}.items():
        (case / name / path).parent.mkdir(parents=True, exist_ok=True)
        (case / name / path).write_text(text, encoding="utf-8")
    append(case, EntryDraft("run", name, contents(case, name).files, {"status": "succeeded"}))
    return case / name


def make_key(folder: Path, name: str = "key") -> Path:
    """A private key without a passphrase."""
    path = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def allow(file: Path, **keys: Path) -> Path:
    """A file of allowed signers: who may sign with which key."""
    lines = [f"{who} {key.with_suffix('.pub').read_text()}" for who, key in keys.items()]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def lines(case: Path) -> list[bytes]:
    """The lines of the ledger of `case`."""
    return (case / "ledger.jsonl").read_bytes().splitlines(keepends=True)


def write(case: Path, *new: bytes) -> None:
    """Put other lines into the ledger of `case`, and leave its head."""
    (case / "ledger.jsonl").write_bytes(b"".join(new))


def rewrite(case: Path, entries: list[Entry]) -> None:
    """A chain that is whole, head and all, of `entries` in this order: what a forger writes."""
    prev, new = GENESIS, []
    for n, entry in enumerate(entries, 1):
        line = canonical({**entry.model_dump(), "n": n, "prev": prev})
        prev = hashlib.sha256(line).hexdigest()
        new.append(line)
    write(case, *new)
    (case / "ledger.head").write_bytes(b"%12d %s\n" % (len(new), prev.encode()))


def troubles(case: Path, record: str | None = None, allowed: Path | None = None) -> list[str]:
    """What `verify` says, each in one line."""
    return [f"{t.where}: {t.what}" for t in verify(case, record, allowed).troubles]
