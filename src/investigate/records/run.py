"""A run, from a params file to a record, in one function."""

import shutil
import time
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from investigate.counts.table import Counts
from investigate.errors import RunError
from investigate.log.cache import Cache
from investigate.log.progress import listening
from investigate.paths import AUDIT, notebooks_folder
from investigate.question import params
from investigate.question.question import Question
from investigate.records.counting import counted
from investigate.records.environment import code, environment, hashed
from investigate.records.findings_file import dumps
from investigate.records.job import INTERRUPTED, Outcome
from investigate.records.processes import (
    ignore_signals,
    interruptible,
    signals_kept,
    warm_up,
)
from investigate.records.progress import ProgressBar
from investigate.records.record import RecordFolder, check_writable
from investigate.records.secrets import LeakError, Secrets
from investigate.records.sources import OWN, Source, all_of, answering
from investigate.records.workers import Settings, Spare, run_notebooks
from investigate.rendering import one_line, plain, utc


class Clock:
    """Seconds spent in each named part, and since the start."""

    def __init__(self) -> None:
        self.started = time.time()
        self._start = time.perf_counter()
        self._parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add what happens within to the part called `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._parts[name] = self._parts.get(name, 0.0) + time.perf_counter() - start

    def now(self) -> float:
        """The moment, in seconds since 1970."""
        return time.time()

    def seconds(self) -> dict[str, float]:
        """Seconds by part, to the millisecond, and ``total``."""
        parts = {**self._parts, "total": time.perf_counter() - self._start}
        return {name: round(seconds, 3) for name, seconds in parts.items()}


ANSWER = "answer"


def answer(outcomes: Iterable[Outcome], own: Collection[str] = ()) -> dict[str, Any]:
    """The document of ``findings.json``, which the last finding called "answer" carries.

    ``own`` are the names of an analyst's own notebooks, which may show answers to other
    questions. Raises `RunError` where a notebook failed, or none of the others gave an answer.
    """
    outcomes = list(outcomes)
    failed = [outcome for outcome in outcomes if outcome.status != "succeeded"]
    if failed:
        more = f" (so did {len(failed) - 1} more of the notebooks)" if failed[1:] else ""
        raise RunError(failed[0].failure + more)
    for outcome in reversed([outcome for outcome in outcomes if outcome.name not in own]):
        for finding in reversed(outcome.findings):
            if finding.get("name") == ANSWER:
                return _document(finding, outcome.name)
    raise RunError("no notebook gave an answer")


def _document(finding: dict[str, Any], notebook: str) -> dict[str, Any]:
    document = finding.get("detail", {}).get("findings")
    if not isinstance(document, dict):
        raise RunError(f"{notebook}.ipynb: its answer carries no findings")
    return document


@dataclass(frozen=True)
class Answer:
    """What a run leaves that succeeded: findings, where they are, seconds by part."""

    findings: dict[str, Any]
    record: Path
    seconds: dict[str, float]


def run(
    asked: Path | Question,
    overrides: Sequence[str] = (),
    *,
    tables: Mapping[str, Any] | None = None,
    audit: Path = AUDIT,
    notebooks: Path | None = None,
    further: Sequence[str] = (),
    settings: Settings | None = None,
    console: Console | None = None,
    secret: Sequence[str] = (),
    cache: Cache | None = None,
    prepared: Path | None = None,
) -> Answer:
    """Answer a question and leave a record of how, under `audit`.

    `asked` is a params file, with ``overrides`` that are ``name=value`` pairs, or a question,
    with the `tables` in memory that it names, by their hash. ``notebooks`` is the folder whose
    notebooks replace the kit's, ``further`` are added to those that the question names; a
    progress bar goes to `console`; ``secret`` names environment variables whose values are kept
    out of the record, besides those that the question names; counts that `cache` holds of the
    same question of the same rows are not counted again, and what the folder ``prepared`` holds
    of the log for several runs is not read again. Raises `InputError` before
    anything is written, and `RunError` for a run that failed; once there is a record, it says
    why.
    """
    clock, outcomes, settings = Clock(), dict[str, Outcome](), settings or Settings()
    params_file = asked if isinstance(asked, Path) else None
    question = params.load(asked, overrides) if isinstance(asked, Path) else asked
    if further:
        question = question.model_copy(update={"notebooks": (*question.notebooks, *further)})
    secrets = Secrets.known(question, secret)
    secrets.refuse(question)
    sources = all_of(notebooks or notebooks_folder(), question.notebooks)
    if settings.answer_alone:
        sources = answering(sources)
    check_writable(audit)
    # A run of a batch has its parent of notebooks already.
    if Spare.kept is None:
        warm_up()
    with interruptible(), ProgressBar(console) as bar:
        with clock.part("counts"), secrets.redacting(), listening(bar.counting):
            counts, inputs, kept = counted(
                question,
                tables,
                lambda: hashed(question, params_file, sources),
                cache,
                secrets,
                prepared,
            )
        with clock.part("record"), signals_kept() as stopped:
            facts = _facts(question, overrides, settings)
            facts |= {"inputs": inputs, "started": utc(clock.started)}
            facts |= {"counts": "kept of an earlier run"} if kept else {}
            record = RecordFolder.create(audit, facts, secrets)
            record.begin()
        try:
            if stopped:
                raise KeyboardInterrupt
            with clock.part("record"):
                record.write(record.paths.question, params_text(question))
                _keep(counts, record)
            with clock.part("notebooks"):
                run_notebooks(question, sources, record, settings, bar, outcomes)
            own = [source.name for source in sources if source.role == OWN]
            findings = answer((outcomes[source.name] for source in sources), own)
            with clock.part("record"), ignore_signals():
                record.write(record.paths.findings, dumps(secrets.redacted(findings)))
                record.finish("succeeded", None, **_results(clock, sources, outcomes))
                unentered = record.enter()
        except BaseException as error:
            with ignore_signals():
                raise _failed(error, record, _results(clock, sources, outcomes)) from error
    if unentered:
        raise RunError(f"{unentered} (record: {record.paths.folder})")
    return Answer(findings, record.paths.folder, clock.seconds())


def _facts(question: Question, overrides: Sequence[str], settings: Settings) -> dict[str, Any]:
    return {
        "case": question.case,
        "parameters": question.parameters(),
        "overrides": list(overrides),
        "fingerprint": question.fingerprint(),
        "settings": asdict(settings),
        "code": code(),
        "environment": environment(),
    }


def _results(
    clock: Clock, sources: Sequence[Source], outcomes: Mapping[str, Outcome]
) -> dict[str, Any]:
    pending = {"status": "not run"}
    return {
        "notebooks": [
            outcomes[s.name].to_json() if s.name in outcomes else {"name": s.name, **pending}
            for s in sources
        ],
        "finished": utc(clock.now()),
        "seconds": clock.seconds(),
    }


def params_text(question: Question) -> str:
    """The question as the text of a params file, which loads back equal."""
    return params.as_yaml(question)


def _keep(counts: Counts, record: RecordFolder) -> None:
    # Whole or not at all, as every file of a record.
    part = record.paths.folder / ".counts.part"
    try:
        record.secrets.check_counts(counts)
        counts.save(part)
        part.rename(record.paths.counts)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _failed(error: BaseException, record: RecordFolder, results: dict[str, Any]) -> RunError:
    message = record.secrets.redact(_reason(error, results))
    expected = isinstance(error, RunError | OSError | KeyboardInterrupt)
    try:
        if not expected:
            record.write(record.paths.traceback, "".join(traceback.format_exception(error)))
    except (OSError, LeakError) as failure:
        message += f"; its traceback could not be kept: {one_line(failure)}"
    try:
        try:
            record.finish("failed", message, **results)
        except LeakError as leak:
            message = str(leak)
            record.finish("failed", message)
    except OSError as failure:
        record.let_go()
        message += f"; its record could not be finished: {one_line(failure)}"
    else:
        message += f"; {unentered}" if (unentered := record.enter()) else ""
    return RunError(f"{message} (record: {record.paths.folder})")


def _reason(error: BaseException, results: dict[str, Any]) -> str:
    if not isinstance(error, KeyboardInterrupt):
        return plain(str(error)) if isinstance(error, RunError) else one_line(error)
    stopped = [e for e in results["notebooks"] if e.get("error") == INTERRUPTED]
    return INTERRUPTED + "".join(f", in {e['name']}.ipynb, cell {e['cell']}" for e in stopped)
