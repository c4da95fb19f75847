"""The counts of a run: from the log, or those that are kept of the same question of it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from investigate import log
from investigate.counts.table import Counts
from investigate.log.cache import Cache, key
from investigate.log.prepared import Prepared
from investigate.question.question import Question
from investigate.records.environment import Inputs, check_unchanged
from investigate.records.secrets import LeakError, Secrets


def counted(
    question: Question,
    tables: Mapping[str, Any] | None,
    inputs: Callable[[], Inputs],
    cache: Cache | None,
    secrets: Secrets,
    prepared: Path | None = None,
) -> tuple[Counts, Inputs, bool]:
    """The counts of `question`, what was read, and whether the counts had been kept.

    ``inputs`` hashes all that is read; it must find the same once the log is counted. The folder
    ``prepared`` holds rows for several runs over one log. Raises `InputError` and `RunError` as
    these do.
    """
    before = inputs()
    data = [(entry["path"], entry["sha256"]) for entry in before if entry["role"] == "data"]
    known = key(question, data) if cache is not None else None
    rows = Prepared(prepared, data) if prepared is not None else None
    if cache is None or known is None:
        return _read(question, tables, inputs, before, rows), before, False
    with cache.alone(known):
        if (found := cache.find(known, question)) is not None:
            return found, before, True
        counts = _read(question, tables, inputs, before, rows)
        # What a record may not hold is kept nowhere; the record says why.
        with suppress(LeakError):
            secrets.check_counts(counts)
            cache.keep(known, counts)
    return counts, before, False


def _read(
    question: Question,
    tables: Mapping[str, Any] | None,
    inputs: Callable[[], Inputs],
    before: Inputs,
    rows: Prepared | None,
) -> Counts:
    counts = log.count(question, tables, prepared=rows) if rows else log.count(question, tables)
    check_unchanged(before, inputs())
    return counts
