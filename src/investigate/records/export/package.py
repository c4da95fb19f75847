"""What a zip holds: the record, the ledger of its case, sums, signatures, a README."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from investigate.errors import InputError
from investigate.ledger.chain import Trouble
from investigate.ledger.entry import SIGN_OFF, Entry
from investigate.ledger.files import LedgerPaths, contents
from investigate.ledger.review import Body
from investigate.records.export.readme import Signature, readme
from investigate.records.export.sums import sums

UNSAFE = set('":\\')
OWN = {"README.md", "SHA256SUMS", "ledger-SHA256SUMS", "signatures"}


@dataclass(frozen=True)
class Evidence:
    """A record, called `name`, in the folder `case`, and what its ledger holds of it.

    ``run`` is the record's own entry, and ``troubles`` what is wrong.
    """

    case: Path
    name: str
    entries: Sequence[Entry]
    run: Entry
    troubles: Sequence[Trouble]


def package(evidence: Evidence) -> dict[str, bytes]:
    """The files of the zip for `evidence`, by path.

    Raises `InputError` for a name that a zip cannot carry safely, and `OSError` where a
    file cannot be read.
    """
    case, name, run = evidence.case, evidence.name, evidence.run
    paths = LedgerPaths(case)
    files = {path: (case / path).read_bytes() for path in contents(case, name).files}
    for path in files:
        _check(path)
    for file in (paths.entries, paths.head):
        if file.is_file() and not file.is_symlink():
            files[file.name] = file.read_bytes()
    signatures = []
    for entry in evidence.entries:
        if entry.kind == SIGN_OFF and entry.of == name and (said := _body(entry)) is not None:
            signatures.append(
                Signature(entry.n, str(said.verdict), said.note, said.identity, entry.time)
            )
            signature = said.signature.encode("ascii", "replace")
            files |= {
                f"signatures/{entry.n}.statement": entry.statement(),
                f"signatures/{entry.n}.sig": signature,
            }
    # What the record's entry says, not what is there: sha256sum compares the two.
    stated = sums({path: sha for path, sha in run.files.items() if path.startswith(f"{name}/")})
    files["ledger-SHA256SUMS"] = stated.encode()
    lines = [line + b"\n" for line in files[paths.entries.name].split(b"\n")[:-1]]
    last = hashlib.sha256(lines[-1]).hexdigest().encode()
    counted = last in files.get(paths.head.name, b"")
    text = readme(name, run, lines, counted, signatures, evidence.troubles)
    files["README.md"] = text.encode()
    return {**files, "SHA256SUMS": sums(_hashes(files)).encode()}


def _body(entry: Entry) -> Body | None:
    try:
        return Body.model_validate(entry.body)
    except ValidationError:
        return None


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


def _check(path: str) -> None:
    # Names on other systems: a drive, a folder above, a control character on a terminal.
    if not path.isprintable() or not UNSAFE.isdisjoint(path) or path.split("/")[0] in OWN:
        raise InputError(
            f"{path!a}: a file of this name cannot be exported safely; it has a quote, a "
            "colon, a backslash, a character that does not print, or the name of the zip's own"
        )
