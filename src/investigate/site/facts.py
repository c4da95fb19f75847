"""What the index shows of a run, read from its record."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from investigate.kinds import kind
from investigate.paths import RecordPaths
from investigate.records.documents import (
    UnreadableError,
    count,
    document,
    mapping,
    number,
    plain_files,
    rows,
    words,
)
from investigate.records.run_record import RunRecord
from investigate.site.curve import Curve, curve

MOST_SYSTEMS = 50


class Level(BaseModel):
    """A number with its interval; none where it does not exist."""

    model_config = ConfigDict(frozen=True)

    value: float | None = None
    low: float | None = None
    high: float | None = None
    rows: int | None = None

    @classmethod
    def of(cls, said: Any, value: str = "value", low: str = "low", high: str = "high") -> "Level":
        """The number that a JSON object holds under these names."""
        found = mapping(said)
        ends = {"low": number(found.get(low)), "high": number(found.get(high))}
        return cls(value=number(found.get(value)), rows=count(found.get("rows")), **ends)


class Facts(BaseModel):
    """A run at a glance. ``status``: succeeded, failed, running, unreadable or other text."""

    model_config = ConfigDict(frozen=True)

    status: str
    error: str = ""
    started: str = ""
    kind: str = ""
    either: bool = False
    part_broken: bool = False
    sentence: str = ""
    baseline: Level = Level()
    incident: Level = Level()
    change: Level = Level()
    onset: str = ""
    systems: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    curve: Curve = Curve()

    @property
    def short(self) -> str:
        """The verdict's first clause, or why there is none."""
        first = self.sentence.split(";")[0].strip() or self.error
        return first if len(first) <= 160 else first[:159].rstrip() + "…"


def part_broken(findings: dict[str, Any]) -> bool:
    """Whether a part of the drop, beside the verdict's own, is surely something broken."""
    parts = rows(findings.get("account"), MOST_SYSTEMS)
    return any(
        kind(words(row.get("kind"), 40)).broken and (number(row.get("low")) or 0.0) > 0
        for row in parts
    )


def facts(record: Path) -> Facts:
    """The facts of the record in the folder `record`; what cannot be read says so."""
    paths = RecordPaths(record)
    notebooks = plain_files(paths.notebooks, ".ipynb")
    named = tuple(words(path.stem, 100) for path in notebooks)
    try:
        run = RunRecord.of(document(paths.record))
    except UnreadableError as error:
        return Facts(status="unreadable", error=f"record.json: {error}", notebooks=named)
    # What the kit's notebooks showed is the answer to the question.
    notebooks = sorted(notebooks, key=lambda path: path.stem in run.own)
    status = run.status or "unreadable"
    said: dict[str, Any] = {
        "status": status,
        "error": run.error,
        "started": "" if run.started is None else f"{run.started:%Y-%m-%d %H:%M:%S}",
        "notebooks": named,
    }
    if status == "unreadable":
        said["error"] = "record.json: it holds no status"
    try:
        findings = document(paths.findings)
    except UnreadableError as error:
        if status == "succeeded":
            said["error"] = f"findings.json: {error}"
        return Facts(**said)
    verdict, auc = mapping(findings.get("verdict")), mapping(findings.get("auc"))
    by_system = rows(mapping(findings.get("by")).get("system"), MOST_SYSTEMS)
    systems = {words(row.get("group"), 100) for row in by_system}
    systems.add(words(verdict.get("system"), 100))
    return Facts(
        **said,
        kind=words(verdict.get("kind"), 40),
        either=verdict.get("either") is True,
        part_broken=part_broken(findings),
        sentence=words(verdict.get("sentence"), 1200),
        baseline=Level.of(auc.get("baseline")),
        incident=Level.of(auc.get("incident")),
        change=Level.of(auc.get("change")),
        onset=words(mapping(findings.get("onset")).get("date"), 40),
        systems=tuple(sorted(systems - {""})),
        curve=curve(run.parameters, findings, notebooks),
    )
