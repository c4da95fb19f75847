"""Runs and records for notebooks and programs: `investigate.run` and `investigate.load`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from investigate.api import given
from investigate.api.investigation import Investigation
from investigate.api.opening import PARAMS
from investigate.api.opening import open as opened
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.paths import AUDIT, RecordPaths
from investigate.question import params
from investigate.question.question import Question
from investigate.records.documents import mapping_in
from investigate.records.run import run as run_question
from investigate.records.workers import Settings


@dataclass(frozen=True)
class Record:
    """What a run left behind; `investigate.run` and `investigate.load` give one.

    Parameters
    ----------
    folder : pathlib.Path
        Where it lies.

    Examples
    --------
    >>> import investigate, json, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     record = {"status": "failed", "error": "a kernel was killed", "case": "demo"}
    ...     _ = pathlib.Path(folder, "record.json").write_text(json.dumps(record))
    ...     investigate.load(folder).status
    'failed'
    """

    folder: Path

    @property
    def paths(self) -> RecordPaths:
        """Its files."""
        return RecordPaths(self.folder)

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """``record.json``: status, hashes of inputs and outputs, environment, times."""
        return _document(self.paths.record)

    @property
    def status(self) -> str:
        """``succeeded``, ``failed``, or ``running`` where the run never ended."""
        return str(self.document.get("status"))

    @cached_property
    def question(self) -> Question:
        """The question as run."""
        return params.load(self.paths.question)

    @cached_property
    def counts(self) -> Counts:
        """The counts that its notebooks read."""
        if not (self.paths.counts / "meta.json").is_file():
            raise InputError(f"{self.folder}: the record holds no counts")
        return Counts.load(self.paths.counts)

    @cached_property
    def findings(self) -> Mapping[str, Any]:
        """``findings.json``: the answer with its numbers."""
        return _document(self.paths.findings)

    @property
    def verdict(self) -> Mapping[str, Any]:
        """The explanation that the run named: ``kind``, ``sentence``, ``points`` and more."""
        verdict = self.findings.get("verdict")
        return verdict if isinstance(verdict, Mapping) else {}

    def open(self) -> Investigation:
        """The question with the counts of the record, to be asked further; no log is read."""
        return Investigation(self.question, self.counts)

    def __repr__(self) -> str:
        return f"Record {str(self.folder)!r}: {self._sentence()}"

    def _repr_html_(self) -> str:
        return (
            f'<p class="claim" style="font-size:1.3em;font-weight:600">'
            f"{escape(self._sentence())}</p>\n<p>{escape(self.status)}: "
            f"<code>{escape(str(self.folder))}</code></p>"
        )

    def _sentence(self) -> str:
        if self.status != "succeeded":
            return f"{self.status}: {self.document.get('error') or 'it did not end'}"
        return str(self.verdict.get("sentence"))


def load(folder: str | Path) -> Record:
    """The record that a run left in `folder`.

    Parameters
    ----------
    folder : str or path
        A record, such as ``audit/demo/20240301T120000Z-1a2b3c``.

    Returns
    -------
    Record
        Its files are read when they are asked for.

    Raises
    ------
    InputError
        Where no record lies there.

    Examples
    --------
    >>> import investigate
    >>> investigate.load("nowhere")
    Traceback (most recent call last):
    investigate.errors.InputError: nowhere: no record lies here; name the folder of a run
    """
    record = Record(given.path(folder, "investigate.load", "a record"))
    if not record.paths.record.is_file():
        raise InputError(f"{folder}: no record lies here; name the folder of a run")
    _document(record.paths.record)
    return record


def run(
    question: Any,
    *,
    audit: str | Path = AUDIT,
    notebooks: str | Path | None = None,
    jobs: int | None = None,
    timeout: float = 600.0,
    **asked: Any,
) -> Record:
    """Answer a question by the notebooks of the kit, and leave a record of how.

    Parameters
    ----------
    question : Investigation, Question, table, mapping, str or path
        What `investigate.open` accepts. A log in memory is recorded by its hash.
    audit : str or path
        Where the record goes, in a folder of its own below that of its case.
    notebooks : str or path, optional
        A folder of other notebooks to execute.
    jobs : int, optional
        How many notebooks run at once; as many as there are cores where left out.
    timeout : float
        Seconds that a cell may take.
    **asked
        Further keywords of `investigate.open`.

    Returns
    -------
    Record
        With the findings of the run.

    Raises
    ------
    InputError
        For a question or a log that cannot be used; nothing is written then.
    RunError
        For a run that failed; its record says why.

    Examples
    --------
    >>> import investigate, tempfile
    >>> found = investigate.open(
    ...     investigate.example_log(), time="time", outcome="outcome", score="score",
    ...     system="system", item="exercise", cluster="student", cohorts=["country"],
    ...     baseline=("2024-01-01", "2024-01-29"), incident=("2024-01-29", "2024-02-12"),
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     record = investigate.run(found, audit=folder)
    ...     record.verdict["system"]
    'rules'
    """
    place = "investigate.run"
    audit = given.path(audit, f"{place}: audit", "a folder")
    if notebooks is not None:
        notebooks = given.path(notebooks, f"{place}: notebooks", "a folder of notebooks")
    if jobs is not None and not given.whole(jobs, 1):
        wanted = "expected a whole number of 1 or more"
        raise InputError(f"{place}: jobs: {wanted}, got {given.shown(jobs)}")
    if not given.positive(timeout):
        wanted = "expected seconds, a number above 0"
        raise InputError(f"{place}: timeout: {wanted}, got {given.shown(timeout)}")
    settings = Settings(timeout=timeout) if jobs is None else Settings(timeout=timeout, jobs=jobs)
    file = Path(question) if isinstance(question, str | Path) and not asked else None
    if file is not None and file.suffix.lower() in PARAMS:
        # As from the command line, so that the record holds the hash of the params file.
        answer = run_question(file, audit=audit, notebooks=notebooks, settings=settings)
        return Record(answer.record)
    asking = isinstance(question, Investigation) and not asked
    found = question if asking else opened(question, **asked)
    answer = run_question(
        found.question,
        tables=found.tables,
        audit=audit,
        notebooks=notebooks,
        settings=settings,
    )
    return Record(answer.record)


def _document(path: Path) -> Mapping[str, Any]:
    document = mapping_in(path)
    if document is None:
        raise InputError(f"{path}: cannot read it: there is no such file")
    return document
