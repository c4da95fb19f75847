"""What became of a run of a batch: one row of its summary."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from investigate.paths import RecordPaths
from investigate.records.documents import mapping, number, words
from investigate.records.findings_file import StoredNumber, findings_of

NOT_RUN = "not run"


@dataclass(frozen=True)
class BatchResult:
    """Exit status of a run, its record, and the first of what it found.

    ``before``, ``after``, ``change``, ``low`` and ``high`` are AUC; ``cause`` is the first part of
    the account; ``error`` says in a line why there are no findings.
    """

    status: int
    error: str = ""
    record: str = ""
    kind: str = ""
    badge: str = ""
    sentence: str = ""
    before: float | None = None
    after: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    cause: str = ""
    since: str = ""
    seconds: float | None = None

    @classmethod
    def of(cls, record: Path, seconds: float) -> Self:
        """That of a run that succeeded and left `record`."""
        document = json.loads(RecordPaths(record).findings.read_text("utf-8"))
        found = findings_of(document, StoredNumber)
        causes = [part for part in found.account if part.is_cause]
        first = causes[0] if causes else None
        where = f": {first.where}" if first and first.where else ""
        return cls(
            status=0,
            record=record.as_posix(),
            kind=found.verdict.kind,
            badge=found.verdict.badge,
            sentence=found.sentence,
            before=found.baseline.value,
            after=found.incident.value,
            change=found.change.value,
            low=found.change.low,
            high=found.change.high,
            cause=f"{first.badge}{where}" if first else "",
            since=found.began[0] if found.began else "",
            seconds=round(seconds, 3),
        )

    @classmethod
    def read(cls, stored: Any) -> Self:
        """From JSON, whatever it holds."""
        document, values = mapping(stored), {}
        for field in fields(cls):
            if field.name == "status":
                continue
            value = document.get(field.name)
            values[field.name] = number(value) if "float" in str(field.type) else words(value)
        # A path as it is: with two spaces made one it would be another.
        record, status = document.get("record"), document.get("status")
        values["record"] = record if isinstance(record, str) else ""
        return cls(status=status if status in (0, 1, 2) else 1, **values)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Any]:
        """As JSON, which `read` reads."""
        return asdict(self)
