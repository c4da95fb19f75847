"""A case as a monitor opens it and people close it, at times that are made up."""

from pathlib import Path
from typing import Any

import ledgers
from updates.cases import AT, FIRST, SECOND, record, stored

from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import read
from investigate.updates.draft import drafted
from investigate.updates.rhythm import Rhythm
from investigate.updates.trail import Update, enter

ALERT: dict[str, Any] = {
    "alert": "a1", "stream": "all", "measure": "auc", "since": "2024-02-09", "day": "2024-02-11",
    "value": 0.61, "expected": 0.74, "joined": False,
}  # fmt: skip
END: dict[str, Any] = {"alert": "a1", "day": "2024-03-08", "value": 0.742, "expected": 0.74}
TIMES = (
    "2024-02-12T06:00:00Z", "2024-02-22T08:16:00Z", "2024-02-22T09:00:00Z", "2024-02-22T12:00:00Z",
    "2024-02-23T10:00:00Z", "2024-03-09T06:00:00Z",
)  # fmt: skip


def make(case: Path) -> Path:
    """Alert, run, update, sign-off that nobody signed, rerun and the alert's end."""
    case.mkdir(parents=True)
    append(case, EntryDraft("alert", None, {}, ALERT))
    record(case, FIRST, stored("system_fault"))
    draft = drafted(case, "engineers", at=AT, rhythm=Rhythm())
    enter(case, Update(draft, draft.text))
    append(case, EntryDraft("sign-off", FIRST, {}, {"verdict": "approve"}))
    append(case, EntryDraft("rerun", FIRST, {}, {"record": SECOND, "agrees": True}))
    append(case, EntryDraft("alert-end", None, {}, END))
    timed(case, *TIMES)
    return case


def timed(case: Path, *times: str) -> None:
    """Give the entries of a ledger other times, in a chain that is whole."""
    entries = read(case).entries
    pairs = zip(entries, times, strict=True)
    ledgers.rewrite(case, [entry.model_copy(update={"time": time}) for entry, time in pairs])
