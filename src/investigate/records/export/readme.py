"""The README of an exported record: what is in the zip and how plain tools verify it."""

from collections.abc import Sequence
from dataclasses import dataclass

from investigate.ledger.chain import Trouble
from investigate.ledger.entry import Entry
from investigate.rendering import plain


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
sed 's/^\\([0-9a-f]*\\)  \\(.*\\)$/"\\2":"\\1"/' ledger-SHA256SUMS | while IFS= read -r said; do
  sed -n {line}p ledger.jsonl | grep -qF -e "$said"
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
    line = _line(run.line(), lines)
    commands = [CHECKS.format(line=line, genesis="0" * 64)]
    commands += [HEAD] if counted else []
    commands += [SIGNATURE.format(n=s.n, line=line, before=s.n - 1) for s in signatures]
    told = "\n".join(f"- {safe(trouble.where)}: {safe(trouble.what)}" for trouble in troubles)
    said = "\n".join(_said(signature) for signature in signatures)
    return FILES.format(
        name=safe(name),
        troubles=ALTERED.format(lines=told) if troubles else "",
        commands="\n".join(commands),
        line=line,
        signed=SIGNED.format(lines=said) if signatures else UNSIGNED,
    )


def safe(text: str) -> str:
    """`text` as one line that is no markup, whoever wrote it."""
    return plain(text, 300).translate(HARMLESS)


def _said(signature: Signature) -> str:
    who = "no name" if signature.identity is None else f"the name {safe(signature.identity)}"
    note = f": {safe(' '.join(signature.note.split()))}" if signature.note else ""
    return f"- {signature.n}, {safe(signature.time)}: {signature.verdict}, under {who}{note}"


def _line(wanted: bytes, lines: Sequence[bytes]) -> int:
    return lines.index(wanted) + 1
