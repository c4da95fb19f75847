"""A record as one zip, which plain tools verify where the kit is not installed."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from investigate.errors import InputError, RunError
from investigate.ledger.chain import Trouble, read
from investigate.ledger.entry import SIGN_OFF, Entry
from investigate.ledger.files import LedgerPaths, contents
from investigate.ledger.place import no_record, record_at
from investigate.ledger.review import SignOffBody
from investigate.ledger.verify import altered, entered, refuse, verify
from investigate.rendering import one_line, plain

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can tell."""

READABLE = 0o100644


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of `files` by path: sorted, dated 1980, readable by all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = READABLE << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def keep(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all; one that has these bytes already is left.

    Raises `InputError` where another file is there, and `RunError` where it cannot be
    written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            part.write_bytes(data)
            # Unlike a rename, a link never takes the place of a file.
            path.hardlink_to(part)
        except FileExistsError:
            if not path.is_file() or path.read_bytes() != data:
                raise InputError(
                    f"{path}: something else is there, and is not overwritten; "
                    "name another file with --out"
                ) from None
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{path}: it cannot be written: {one_line(error)}") from error


ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def sums(hashes: Mapping[str, str]) -> str:
    """A line for each path in `hashes`, sorted; odd names are escaped as sha256sum does."""
    return "".join(_line(path, sha256) for path, sha256 in sorted(hashes.items()))


def _line(path: str, sha256: str) -> str:
    escaped = "".join(ESCAPES.get(c, c) for c in path)
    # A backslash before the hash says that the name is escaped.
    return f"{'' if escaped == path else chr(92)}{sha256}  {escaped}\n"


@dataclass(frozen=True)
class Signature:
    """A sign-off: number of its entry, what it says, who signed as they say, and when."""

    n: int
    verdict: str
    note: str
    identity: str | None
    time: str


HARMLESS = str.maketrans("`<>[", "'‹›(")

FILES = """\
# A record of `investigate`
Record: {name}

This folder holds the record, the ledger of its case (`ledger.jsonl`, an entry a line) and
what is needed to verify them. Nothing but a shell, sha256sum and ssh-keygen is used.
{troubles}
## Verify
In this folder, with `sh -eu`, where the first line that fails ends it:

```sh
{commands}
```

Where there is no sha256sum, as on macOS, `shasum -a 256` does the same.

- `SHA256SUMS` holds the hash of every file here. Whoever alters a file can alter it too, so
  the rest does not rest on it.
- `ledger-SHA256SUMS` holds the hashes that the record's own entry, line {line} of the ledger,
  states. The second part looks for each of them in that line.
- Each line of the ledger holds, as `prev`, the SHA-256 of the line before, so none can be
  altered, added or taken out below a hash that is known from elsewhere.
{signed}
## Read
Open `html/*.html` of the record in a browser, offline, or `notebooks/*.ipynb` in Jupyter.
`findings.json` is the answer for programs; `ro-crate-metadata.json` describes the files as
an RO-Crate (profile Process Run Crate 0.5).

## Run again
`question.yml` is the question as it was run. `record.json` tells the version and commit of
the kit, the packages, and path and hash of every input; the inputs themselves are not here.
With the kit and the inputs in their places: `investigate run question.yml`.
"""
ALTERED = """
## Altered
This was exported although it is not what its ledger says, so the commands below may fail:

{lines}
"""
UNSIGNED = """
## Sign-offs
This record is unsigned: nobody vouches for it, and the hashes show no more than that the
files belong together.

"""
SIGNED = """
## Sign-offs
{lines}

What was signed is `signatures/N.statement`; it holds the hash of the record's entry as
`entry` and that of the line before its own as `prev`, which the commands above compare.
`check-novalidate` shows that the signature was made of that text, and prints the key, whoever
has it. Whose key it is, only a list of your own can say: a file with a line
`NAME namespaces="investigate" KEY-TYPE PUBLIC-KEY` for each signer you trust, taken from them
and not from here. Then, with NAME and the number N:

    ssh-keygen -Y verify -f allowed_signers -I NAME -n investigate -s signatures/N.sig < signatures/N.statement

"""  # noqa: E501
CHECKS = """\
sha256sum -c --quiet SHA256SUMS
sha256sum -c --quiet ledger-SHA256SUMS
# The record's entry states these hashes.
sed 's/^\\([0-9a-f]*\\)  \\(.*\\)$/"\\2":"\\1"/' ledger-SHA256SUMS | while IFS= read -r stated; do
  sed -n {line}p ledger.jsonl | grep -qF -e "$stated"
done
# Each line of the ledger holds the hash of the one before.
before={genesis}
while IFS= read -r entry; do
  printf '%s\\n' "$entry" | grep -qF -e "\\"prev\\":\\"$before\\",\\"time\\":"
  before=$(printf '%s\\n' "$entry" | sha256sum | cut -c 1-64)
done < ledger.jsonl"""
SIGNATURE = """\
# Sign-off {n}: of this text, of this record, of this ledger.
ssh-keygen -Y check-novalidate -n investigate -s signatures/{n}.sig < signatures/{n}.statement
grep -qF -e "\\"entry\\":\\"$(sed -n {line}p ledger.jsonl | sha256sum | cut -c 1-64)\\"" signatures/{n}.statement
grep -qF -e "\\"prev\\":\\"$(sed -n {before}p ledger.jsonl | sha256sum | cut -c 1-64)\\"" signatures/{n}.statement"""  # noqa: E501
HEAD = """\
# The ledger ends where its head says.
grep -qF -e "$before" ledger.head"""


def readme(
    name: str,
    run: Entry,
    lines: Sequence[bytes],
    counted: bool,
    signatures: Sequence[Signature],
    troubles: Sequence[Trouble],
) -> str:
    """The README for the record called `name`, whose entry is `run`.

    ``lines`` are those of the ledger, and ``counted`` says whether its head tells of all.
    """
    line = _place(run.line(), lines)
    commands = [CHECKS.format(line=line, genesis="0" * 64)]
    commands += [HEAD] if counted else []
    commands += [SIGNATURE.format(n=s.n, line=line, before=s.n - 1) for s in signatures]
    trouble_lines = "\n".join(
        f"- {safe(trouble.where)}: {safe(trouble.what)}" for trouble in troubles
    )
    signature_lines = "\n".join(_signature_line(signature) for signature in signatures)
    return FILES.format(
        name=safe(name),
        troubles=ALTERED.format(lines=trouble_lines) if troubles else "",
        commands="\n".join(commands),
        line=line,
        signed=SIGNED.format(lines=signature_lines) if signatures else UNSIGNED,
    )


def safe(text: str) -> str:
    """`text` as one line that is no markup, whoever wrote it."""
    return plain(text, 300).translate(HARMLESS)


def _signature_line(signature: Signature) -> str:
    who = "no name" if signature.identity is None else f"the name {safe(signature.identity)}"
    note = f": {safe(' '.join(signature.note.split()))}" if signature.note else ""
    return f"- {signature.n}, {safe(signature.time)}: {signature.verdict}, under {who}{note}"


def _place(wanted: bytes, lines: Sequence[bytes]) -> int:
    return lines.index(wanted) + 1


UNSAFE = set('":\\')
OWN = {"README.md", "SHA256SUMS", "ledger-SHA256SUMS", "signatures"}


@dataclass(frozen=True)
class ExportEvidence:
    """A record, called `name`, in the folder `case`, and what its ledger holds of it.

    ``run`` is the record's own entry, and ``troubles`` what is wrong.
    """

    case: Path
    name: str
    entries: Sequence[Entry]
    run: Entry
    troubles: Sequence[Trouble]


def package(evidence: ExportEvidence) -> dict[str, bytes]:
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
        if entry.kind == SIGN_OFF and entry.of == name and (body := _body(entry)) is not None:
            signatures.append(
                Signature(entry.n, str(body.verdict), body.note, body.identity, entry.time)
            )
            signature = body.signature.encode("ascii", "replace")
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


def _body(entry: Entry) -> SignOffBody | None:
    try:
        return SignOffBody.model_validate(entry.body)
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


def export(record: Path, out: Path | None = None, anyway: bool = False) -> tuple[Path, int]:
    """Write the record in the folder `record` as the zip `out`; where that is, and its bytes.

    Without `out` it is ``<case>-<record>.zip`` in the current folder. Raises `InputError`
    where there is no such record, it is altered (unless `anyway`), `out` lies in no folder, or
    another file is there, and `RunError` where it cannot be read or written.
    """
    place = record_at(record)
    if place is None:
        raise no_record(record)
    if out is not None and not out.parent.is_dir():
        raise InputError(f"{out}: there is no folder {str(out.parent)!r}; make it first")
    case, name = place
    try:
        report, chain = verify(case, name), read(case)
        run = entered(chain).get(name)
        if run is None:
            raise InputError(f"{record}: it is not in the ledger, so nothing vouches for it")
        if not anyway:
            refuse(report, "exported; --even-if-altered does so and says what is altered")
        data = packed(package(ExportEvidence(case, name, chain.entries, run, altered(report))))
    except OSError as error:
        raise RunError(f"{record}: it cannot be exported: {one_line(error)}") from error
    path = out or Path(f"{case.resolve().name}-{name}.zip")
    keep(path, data)
    return path, len(data)
