"""What the index shows of a run, read from its record."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from investigate.kinds import kind
from investigate.paths import RecordPaths
from investigate.records.documents import UnreadableError, document, plain_files, words
from investigate.records.findings_file import StoredNumber, findings_of, groups_of
from investigate.records.run_record import RunRecord
from investigate.site.curve import Curve, curve

MOST_SYSTEMS = 50


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
    baseline: StoredNumber = StoredNumber()
    incident: StoredNumber = StoredNumber()
    change: StoredNumber = StoredNumber()
    onset: str = ""
    systems: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    curve: Curve = Curve()

    @property
    def short(self) -> str:
        """The verdict's first clause, or why there is none."""
        first = self.sentence.split(";")[0].strip() or self.error
        return first if len(first) <= 160 else first[:159].rstrip() + "…"


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
    values: dict[str, Any] = {
        "status": status,
        "error": run.error,
        "started": "" if run.started is None else f"{run.started:%Y-%m-%d %H:%M:%S}",
        "notebooks": named,
    }
    if status == "unreadable":
        values["error"] = "record.json: it holds no status"
    try:
        findings = document(paths.findings)
    except UnreadableError as error:
        if status == "succeeded":
            values["error"] = f"findings.json: {error}"
        return Facts(**values)
    found = findings_of(findings, StoredNumber)
    chief = found.verdict
    systems = {words(group.name, 100) for group in groups_of(findings, "system")[:MOST_SYSTEMS]}
    return Facts(
        **values,
        kind=chief.kind,
        either=chief.either,
        part_broken=found.part_broken,
        sentence=found.sentence,
        baseline=found.baseline,
        incident=found.incident,
        change=found.change,
        onset=found.began[0] if found.began else "",
        systems=tuple(sorted({*systems, words(chief.system, 100)} - {""})),
        curve=curve(run.parameters, findings, notebooks),
    )


TONES = {"broken": "bad", "innocent": "good", "open": "open"}


def verdict(facts: Facts) -> tuple[str, str]:
    """What a run came to, in a word or two, and its tone: bad, good, open or none."""
    if facts.status == "running":
        return "unfinished", "none"
    if facts.status != "succeeded":
        return facts.status, "none"
    if not facts.kind:
        return "no verdict", "none"
    # What may be the scores or the labels is shown as that, in words and in tone.
    known = kind(facts.kind)
    # What may be a drop or none, or has a broken part as well, is no all-clear.
    clears = known.state == "innocent" and not facts.either and not facts.part_broken
    tone = "open" if known.state == "innocent" and not clears else TONES[known.state]
    return known.words_for(facts.either).badge, tone


def state_tone(state: str) -> str:
    """The tone of a record's state, by how alarming it is."""
    return {"whole": "good", "unfinished": "none"}.get(state, "bad")
