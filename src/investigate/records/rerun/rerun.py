"""A rerun, told in one function."""

import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from investigate.errors import RunError
from investigate.paths import RecordPaths
from investigate.records.compare.comparison import Comparison, compare
from investigate.records.compare.words import count
from investigate.records.notebooks import Settings
from investigate.records.rerun.again import check_inputs, notebooks_again
from investigate.records.rerun.agreement import Agreement, agreement, code_known
from investigate.records.rerun.enter import enter
from investigate.records.rerun.evidence import evidence
from investigate.records.rerun.show import show
from investigate.records.run import run


@dataclass(frozen=True)
class Rerun:
    """A rerun that is over: what was rerun, the new record, and how the two compare.

    ``entry`` is the number of its entry in the ledger of the new record's case.
    """

    original: Path
    record: Path
    comparison: Comparison
    agreement: Agreement
    entry: int


def rerun_at(
    record: Path,
    console: Console,
    *,
    audit: Path | None = None,
    settings: Settings | None = None,
    progress: Console | None = None,
) -> Rerun:
    """Answer the question of `record` again, from the current folder; print how that agrees.

    The new record goes into the same case, or under `audit` where that is named. Raises
    `InputError`, and writes nothing, where `record` is not what its ledger says or its data
    are gone, and `RunError` where the run fails or does not find what was found before.
    """
    before = evidence(record)
    check_inputs(before.paths)
    answer = run(
        before.paths.question,
        audit=before.case.parent if audit is None else audit,
        notebooks=notebooks_again(before.record.document),
        settings=settings,
        console=progress,
    )
    comparison = compare(before.paths.folder, answer.record)
    document = json.loads(RecordPaths(answer.record).record.read_text("utf-8"))
    found = agreement(comparison, code_known(before.record.document, document))
    entry = enter(before, answer.record, comparison, found)
    show(comparison, found, entry.n, console)
    if not found.agrees:
        raise RunError(f"{_disagreement(found)} (record: {answer.record})")
    return Rerun(before.paths.folder, answer.record, comparison, found, entry.n)


def _disagreement(found: Agreement) -> str:
    numbers = found.different + (found.within if found.exact else ())
    parts = [count(len(numbers), "number")] if numbers else []
    parts += [count(len(found.texts), "other finding")] if found.texts else []
    differ = "differs" if len(numbers) + len(found.texts) == 1 else "differ"
    under = "on the same data, code and packages" if found.exact else "beyond the tolerance"
    first = [change.path for change in numbers[:1]] or [text.name for text in found.texts[:1]]
    return f"{' and '.join(parts)} {differ} {under}, such as {first[0]}"
