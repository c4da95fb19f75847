"""All that the page of a run shows besides its facts, read from the record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from investigate.paths import RecordPaths
from investigate.records.documents import (
    UnreadableError,
    document,
    mapping,
    number,
    plain_files,
    words,
)
from investigate.records.findings_file import (
    StoredGroup,
    StoredNumber,
    StoredSuspect,
    findings_of,
    groups_of,
)
from investigate.records.run_record import RunRecord
from investigate.rendering import columns_of, title_of, utc
from investigate.site.folder import slug

MOST_GROUPS = 12


@dataclass(frozen=True)
class GroupTable:
    """The groups of one column, those of the largest part first; ``more`` are left out."""

    name: str
    groups: list[StoredGroup]
    more: int


@dataclass(frozen=True)
class Notebook:
    """An executed notebook: its page, how it ended, after how many seconds."""

    name: str
    page: str
    status: str
    seconds: float | None
    error: str


@dataclass(frozen=True)
class Detail:
    """Tables of a page; names and values are in pairs."""

    groupings: list[GroupTable] = field(default_factory=list)
    account: tuple[StoredSuspect[StoredNumber], ...] = ()
    suspects: tuple[StoredSuspect[StoredNumber], ...] = ()
    mechanism: list[tuple[str, StoredNumber]] = field(default_factory=list)
    notebooks: list[Notebook] = field(default_factory=list)
    question: list[tuple[str, str]] = field(default_factory=list)
    inputs: list[tuple[str, str, str, int | None]] = field(default_factory=list)
    made_with: list[tuple[str, str]] = field(default_factory=list)
    packages: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def detail(record: Path) -> Detail:
    """The tables of the record in the folder `record`; those that cannot be read are empty."""
    paths = RecordPaths(record)
    run, findings = RunRecord.of(_document(paths.record)), _document(paths.findings)
    found = findings_of(findings, StoredNumber)
    return Detail(
        groupings=[_grouping(findings, column) for column, _ in _named(findings.get("by"), 30)],
        account=found.account,
        suspects=found.suspects,
        mechanism=[
            (words(name, 60), StoredNumber.of(one))
            for name, one in _named(findings.get("mechanism_intervals"), 10)
        ],
        notebooks=list(_notebooks(paths, run.notebooks)),
        question=list(_flat(run.parameters, "")),
        inputs=[(entry.role, entry.path, entry.sha256, entry.bytes) for entry in run.inputs[:200]],
        made_with=list(_made_with(run)),
        packages=[
            (words(name, 80), words(version, 60))
            for name, version in _named(run.environment.get("distributions"), 1000)
        ],
        left_out=[
            (words(why), words(left)) for why, left in _named(findings.get("excluded_rows"), 30)
        ],
    )


def notebook_page(name: str) -> str:
    """Where the page of the notebook of that name lies, from the page of its run."""
    return f"notebooks/{slug(name)}.html"


def _document(path: Path) -> dict[str, Any]:
    try:
        return document(path)
    except UnreadableError:
        return {}


def _named(stored: Any, limit: int) -> list[tuple[str, Any]]:
    return list(mapping(stored).items())[:limit]


def _grouping(findings: dict[str, Any], column: str) -> GroupTable:
    found = groups_of(findings, column)
    title = " × ".join(words(part, 80) for part in columns_of(column))
    return GroupTable(title, found[:MOST_GROUPS], max(len(found) - MOST_GROUPS, 0))


def _notebooks(paths: RecordPaths, stored_rows: Sequence[dict[str, Any]]) -> Iterator[Notebook]:
    rows_by_name = {str(row.get("name")): row for row in stored_rows}
    files = {path.stem: path for path in plain_files(paths.notebooks, ".ipynb")}
    for name in [*files, *(name for name in rows_by_name if name not in files)]:
        row = rows_by_name.get(name, {})
        yield Notebook(
            name=words(title_of(name), 100),
            page=notebook_page(name) if name in files else "",
            status=words(row.get("status"), 40) or "not in record.json",
            seconds=number(row.get("seconds")),
            error=words(row.get("error")),
        )


def _flat(stored: Any, before: str) -> Iterator[tuple[str, str]]:
    for name, value in _named(stored, 200):
        path = f"{before}{words(name, 100)}"
        if isinstance(value, dict) and value and before.count(".") < 6:
            yield from _flat(value, f"{path}.")
        else:
            yield path, words(value) or "–"


def _utc(moment: datetime | None) -> str:
    return "" if moment is None else utc(moment.timestamp())


def _made_with(run: RunRecord) -> Iterator[tuple[str, str]]:
    code, environment = run.code, run.environment
    dirty = " with changes" if code.get("dirty") is True else ""
    spent = [(words(name, 40), number(value)) for name, value in list(run.seconds.items())[:20]]
    pairs = [
        ("kit", words(environment.get("investigate"), 60)),
        ("commit", words(code.get("commit"), 80) + dirty if code.get("commit") else ""),
        ("Python", words(environment.get("python"), 60)),
        ("platform", words(environment.get("platform"), 200)),
        ("overrides", run.overrides),
        ("started", _utc(run.started)),
        ("finished", _utc(run.finished)),
        ("seconds", ", ".join(f"{name} {s:.1f}" for name, s in spent if s is not None)),
        ("fingerprint", run.fingerprint),
    ]
    yield from ((name, value) for name, value in pairs if value)
