"""What became of one notebook."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Outcome:
    """Status and times of a notebook's run; ``cell`` is the number in ``In [cell]``.

    ``findings`` are the JSON documents of the findings that the notebook showed, in
    order; they are kept in the executed notebook, so the record leaves them out.
    """

    name: str
    status: Literal["succeeded", "failed"]
    started: float
    finished: float
    error: str | None = None
    cell: int | None = None
    cell_seconds: tuple[float, ...] = ()
    page_seconds: float = 0.0
    findings: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """The record's entry."""
        entry = asdict(self)
        del entry["findings"]
        entry["started"], entry["finished"] = utc(self.started), utc(self.finished)
        entry["seconds"] = round(self.finished - self.started, 3)
        return entry

    @property
    def failure(self) -> str:
        """Where and why it failed, in one line."""
        place = f"{self.name}.ipynb" + (f", cell {self.cell}" if self.cell else "")
        return f"{place}: {self.error}"


def utc(moment: float) -> str:
    """A moment, given in seconds since 1970, as UTC time to the millisecond."""
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def one_line(error: BaseException) -> str:
    """An exception as one line of text."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return plain(f"{type(error).__name__}: {error}")


def plain(text: str, limit: int = 400) -> str:
    """The first line of `text` without control characters, cut where it is very long."""
    first = next((line for line in text.splitlines() if line.strip()), "").strip()
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in first)
    return line if len(line) <= limit else line[: limit - 1] + "…"
