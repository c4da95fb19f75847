"""Keeping: what of old records may go, and what never does.

Pages and pictures can be made again from the question and the log; the ledger, findings,
counts, code cells, texts and every hash stay. What goes is entered first, so that a
verification knows it from what was removed by hand.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import nbformat
from pydantic import Field

from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import read
from investigate.ledger.entry import PRUNE, SIGN_OFF, Entry
from investigate.ledger.files import write
from investigate.ledger.verify import NOTEBOOK, PAGE, Pruned, PrunedHash, entered, pruned, verify
from investigate.question import policies
from investigate.question.fields import Integer, Strict


class Policy(Strict):
    """What goes of which records.

    Those that ended ``older_than_days`` ago go, but for the ``keep_last`` of each case and,
    with ``keep_signed``, those that anybody signed off. ``remove`` says what: ``html`` are
    the pages, ``pictures`` those within executed notebooks.
    """

    older_than_days: Integer = Field(90, ge=0)
    keep_last: Integer = Field(5, ge=0)
    keep_signed: bool = True
    remove: tuple[Literal["html", "pictures"], ...] = ("html",)


def load(path: Path | None) -> Policy:
    """The policy in a YAML file; the built-in one without a file.

    Raises `InputError` with one line that says what is wrong.
    """
    return policies.read(path, Policy, "policy")


def without_pictures(text: str) -> str:
    """The notebook in `text` without them; `text` itself where it has none.

    What else an output holds, numbers and text, stays; so does code.
    """
    notebook = nbformat.reads(text, as_version=4)
    found = False
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in [kind for kind in data if kind.startswith("image/")]:
                found = True
                del data[kind]
                data.setdefault("text/plain", "(a picture that was pruned)")
    return nbformat.writes(notebook) + "\n" if found else text


@dataclass
class Plan:
    """What goes of the case in the folder `case`.

    ``changes``, by path, are listed in a new entry, ``left`` by an earlier one, after
    which it was not done; ``texts`` are what notebooks become, ``freed`` is in bytes;
    ``kept`` says by record why those stay that are old enough.
    """

    case: Path
    changes: dict[str, PrunedHash] = field(default_factory=dict)
    left: dict[str, PrunedHash] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    freed: int = 0
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def records(self) -> list[str]:
        """The records that lose something, by name."""
        return sorted({path.split("/")[0] for path in (*self.changes, *self.left)})


def plan(case: Path, policy: Policy, now: datetime) -> Plan:
    """What goes of the case in the folder `case` by `policy` at the moment `now`.

    Raises `OSError` where the case cannot be read.
    """
    found, chain = Plan(case), read(case)
    gone, _ = pruned(chain.entries)
    signed = {entry.of for entry in chain.entries if entry.kind == SIGN_OFF}
    runs = sorted(entered(chain).items(), key=lambda item: item[1].n)
    for name, entry in runs[: max(len(runs) - policy.keep_last, 0)]:
        if datetime.fromisoformat(entry.time) > now - timedelta(days=policy.older_than_days):
            continue
        if name in signed and policy.keep_signed:
            found.kept[name] = "it is signed off"
        elif troubles := verify(case, name).troubles:
            found.kept[name] = f"{troubles[0].where}: {troubles[0].what}"
        else:
            _record(found, entry, policy, gone)
    return found


def _record(found: Plan, entry: Entry, policy: Policy, gone: dict[str, Pruned]) -> None:
    for path, was in sorted(entry.files.items()):
        file = found.case / path
        known = gone[path].change if path in gone else None
        if known is not None and not file.exists():
            continue
        if "html" in policy.remove and PAGE.fullmatch(path):
            change, size = PrunedHash(was=was, now=None), file.stat().st_size
        elif "pictures" in policy.remove and NOTEBOOK.fullmatch(path):
            before = file.read_text("utf-8")
            after = without_pictures(before)
            if after == before:
                continue
            found.texts[path] = after
            change = PrunedHash(was=was, now=hashlib.sha256(after.encode()).hexdigest())
            size = len(before.encode()) - len(after.encode())
        else:
            continue
        (found.left if known == change else found.changes)[path] = change
        found.freed += size


def carry_out(plan: Plan, policy: Policy) -> None:
    """Enter what goes in the ledger of the case, then let it go.

    Raises `OSError`; what was not done then is done the next time.
    """
    if plan.changes:
        changes = {path: change.model_dump() for path, change in plan.changes.items()}
        body = {"policy": policy.model_dump(mode="json"), "pruned": changes}
        append(plan.case, EntryDraft(PRUNE, None, {}, body))
    for path, change in {**plan.left, **plan.changes}.items():
        file = plan.case / path
        if change.now is None:
            file.unlink()
            with suppress(OSError):
                file.parent.rmdir()
        else:
            write(file, plan.texts[path], durable=True)
