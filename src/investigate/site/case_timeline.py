"""Entries of a ledger as a timeline tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from investigate.ledger.chain import REPAIRED
from investigate.ledger.entry import (
    ALERT,
    ALERT_END,
    PRUNE,
    RERUN,
    RUN,
    SIGN_OFF,
    SIGNATURE,
    STARTED,
    VERIFICATION,
    Entry,
)
from investigate.records.documents import count, lines, listed, mapping, moment, words
from investigate.site.alerts import alerts, ended, raised, withdrawn
from investigate.site.cases import Case
from investigate.site.checked import Signed


@dataclass(frozen=True)
class TimelineEntry:
    """One entry: its number, when, kind and text; ``run`` is the path of the run's pages."""

    n: int
    when: str
    kind: str
    of: str
    run: str
    text: str
    tone: str = "none"
    note: str = ""
    signed: Signed | None = None


def timeline(case: Case) -> list[TimelineEntry]:
    """Every entry of the case's ledger, the last one first."""
    pages = {run.folder.name: run.path for run in case.runs}
    monitored = alerts(case.entries)
    found = []
    for place, entry in enumerate(case.entries):
        signed = case.signed.get(place)
        text, tone = _text(entry, signed, monitored.get(place, {}))
        found.append(
            TimelineEntry(
                n=entry.n,
                when=moment(entry.time),
                kind=entry.kind.replace("-", " "),
                of=words(entry.of, 100),
                run=pages.get(entry.of or "", ""),
                text=text,
                tone=tone,
                note=_repaired(entry.body),
                signed=signed,
            )
        )
    return found[::-1]


def _text(entry: Entry, signed: Signed | None, monitored: Mapping[str, Any]) -> tuple[str, str]:
    body = mapping(entry.body)
    if entry.kind == SIGN_OFF and signed is not None:
        if signed.refused:
            return f"refused: {signed.refused}", "bad"
        return signed.verdict, {"approve": "good", "reject": "bad"}.get(signed.verdict, "none")
    if entry.kind == STARTED:
        return "its run began", "none"
    if entry.kind == RUN:
        status = words(body.get("status"), 40) or "ended"
        return status, "bad" if status == "failed" else "none"
    if entry.kind == VERIFICATION:
        found = [": ".join(words(part) for part in listed(trouble)) for trouble in _troubles(body)]
        looked = f"{count(body.get('files')) or 0:,} files looked at"
        if found:
            more = f" (and {len(found) - 1} more)" if found[1:] else ""
            return f"{looked}; wrong: {found[0]}{more}", "bad"
        return f"{looked}; whole", "good"
    if entry.kind == RERUN:
        return _rerun(body), "good" if body.get("agrees") is True else "bad"
    if entry.kind == PRUNE:
        return f"{len(mapping(body.get('pruned'))):,} pages and pictures went", "none"
    if entry.kind == ALERT:
        return raised(monitored), "bad"
    if entry.kind == ALERT_END:
        return ended(monitored), "none" if withdrawn(body) else "good"
    rest = {name: value for name, value in body.items() if name not in (SIGNATURE, REPAIRED)}
    return lines(rest, 300), "none"


def _rerun(body: Mapping[str, Any]) -> str:
    numbers, notebooks = mapping(body.get("numbers")), mapping(body.get("notebooks"))
    fields = ((numbers, "equal"), (numbers, "within_tolerance"), (numbers, "different"))
    equal, within, other = (count(where.get(name)) or 0 for where, name in fields)
    same = len(listed(notebooks.get("equal_bytes")))
    different = len(listed(notebooks.get("different")))
    agrees = "agrees" if body.get("agrees") is True else "does not agree"
    conditions = "the same" if body.get("same_conditions") is True else "other"
    return (
        f"{words(body.get('record'), 100)} {agrees}, under {conditions} conditions: "
        f"{equal:,} numbers equal, {within:,} within the tolerance, {other:,} different; "
        f"{same} notebooks equal byte by byte, {different} different"
    )


def _troubles(body: Mapping[str, Any]) -> list[Any]:
    return [trouble for trouble in listed(body.get("troubles")) if isinstance(trouble, list)]


def _repaired(body: Mapping[str, Any]) -> str:
    repaired = mapping(body.get(REPAIRED))
    parts = []
    if torn := listed(repaired.get("torn")):
        parts.append(f"A line that was cut before it is kept in {words(torn, 200)}.")
    if found := words(repaired.get("head")):
        parts.append(f"As it was written, something was wrong: {found}.")
    return " ".join(parts)
