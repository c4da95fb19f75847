"""What a policy takes from a case, before anything is touched."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from investigate.ledger.chain import read
from investigate.ledger.entry import SIGN_OFF, Entry
from investigate.ledger.verify import NOTEBOOK, PAGE, Change, Pruned, entered, pruned, verify
from investigate.records.prune.pictures import without_pictures
from investigate.records.prune.policy import Policy


@dataclass
class Plan:
    """What goes of the case in the folder `case`.

    ``changes``, by path, are told of by a new entry, ``left`` by an earlier one, after
    which it was not done; ``texts`` are what notebooks become, ``freed`` is in bytes;
    ``kept`` says by record why those stay that are old enough.
    """

    case: Path
    changes: dict[str, Change] = field(default_factory=dict)
    left: dict[str, Change] = field(default_factory=dict)
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
    for name, entry in runs[: len(runs) - policy.keep_last]:
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
            change, size = Change(was=was, now=None), file.stat().st_size
        elif "pictures" in policy.remove and NOTEBOOK.fullmatch(path):
            before = file.read_text("utf-8")
            after = without_pictures(before)
            if after == before:
                continue
            found.texts[path] = after
            change = Change(was=was, now=hashlib.sha256(after.encode()).hexdigest())
            size = len(before.encode()) - len(after.encode())
        else:
            continue
        (found.left if known == change else found.changes)[path] = change
        found.freed += size
