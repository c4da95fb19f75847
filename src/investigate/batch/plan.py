"""What a batch runs: each params file with each combination of swept values, and its key."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from investigate import __version__, log
from investigate.batch.sweeps import Axis, grid, moved
from investigate.errors import InputError
from investigate.ledger.files import digest
from investigate.log.prepared import reading_key
from investigate.paths import PACKAGE
from investigate.question import params
from investigate.question.question import Question
from investigate.records.sources import all_of, answering

ELSEWHERE = (
    *("batch", "cli", "ledger", "monitor", "proposal", "simulator", "site", "updates"),
    "workplace",
)
"""Packages that no finding depends on."""


@dataclass(frozen=True)
class PlannedRun:
    """A run of a batch: its params file and overrides, and the swept ``values`` among them.

    ``key`` is equal for two runs that give the same findings; without one, ``error`` says in a
    line why there can be no run. ``reading`` is equal for two that read the same of their logs.
    """

    params: Path
    overrides: tuple[str, ...]
    values: tuple[str, ...]
    case: str = ""
    key: str = ""
    error: str = ""
    reading: str = ""

    @property
    def name(self) -> str:
        """The params file and what is swept, in a line."""
        return " ".join([self.params.name, *self.values])


def planned(
    files: Sequence[Path],
    overrides: Sequence[str],
    axes: Sequence[Axis],
    notebooks: tuple[Path, Sequence[str]],
    answer_alone: bool = False,
) -> list[PlannedRun]:
    """Every run of a batch, in order: files first, then combinations.

    `notebooks` are the folder of those that each run executes, and further ones; ``answer_alone``
    as in `Settings`. Where the start of a window is swept and its end is not, the window moves as
    a whole. Raises `InputError` for
    too many runs, or where none of them can be.
    """
    combinations = grid(axes)
    known = partial(key, notebooks=notebooks, answer_alone=answer_alone, hashes={})
    found = [
        _planned(path, tuple(overrides), _swept_texts(axes, values), values, known)
        for path in files
        for values in combinations
    ]
    if all(one.error for one in found):
        raise InputError(found[0].error)
    return found


def _swept_texts(axes: Sequence[Axis], values: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{one.name}={value}" for one, value in zip(axes, values, strict=True))


def _planned(
    path: Path,
    overrides: tuple[str, ...],
    swept: tuple[str, ...],
    values: tuple[str, ...],
    key_of: Callable[[Question], str],
) -> PlannedRun:
    every = (*overrides, *swept)
    try:
        every = (*every, *_ends(path, overrides, swept))
        question = params.load(path, every)
        if question.in_memory():
            raise InputError(f"{path}: a table in memory is in no file; a batch reads files")
        known = key_of(question)
    except InputError as error:
        return PlannedRun(path, every, values, error=_blaming(str(error), swept))
    reading = reading_key(question) or ""
    return PlannedRun(path, every, values, question.case, known, reading=reading)


def _blaming(message: str, swept: Sequence[str]) -> str:
    """`message` about an override that was swept, as the option that was written."""
    for override in swept:
        name = override.partition("=")[0]
        message = message.replace(f"-p {name}", f"--sweep {name}")
    return message


def _ends(path: Path, overrides: Sequence[str], swept: Sequence[str]) -> list[str]:
    """Overrides that move the end of each window of which the start alone is swept."""
    named = {override.partition("=")[0].strip() for override in (*overrides, *swept)}
    ends = []
    for override in swept:
        name, _, value = override.partition("=")
        window, _, part = name.partition(".")
        if window not in ("baseline", "incident") or part != "start" or f"{window}.end" in named:
            continue
        end = moved(getattr(params.load(path, overrides), window), value)
        ends += [f"{window}.end={end}"] if end else []
    return ends


def key(
    question: Question,
    notebooks: tuple[Path, Sequence[str]],
    hashes: dict[Path, str],
    answer_alone: bool = False,
) -> str:
    """What the findings of a run depend on, as one hash: runs with the same key are the same.

    The question and its case, the content of every file that is read and of every notebook, and
    the kit's own code. How many run side by side, for how long, and where the record goes have no
    part in it. `hashes` keeps those of files that several runs read. Raises `InputError` where a
    file cannot be read.
    """
    sources = all_of(notebooks[0], (*question.notebooks, *notebooks[1]))
    sources = answering(sources) if answer_alone else sources
    data = []
    for path in log.inputs(question):
        try:
            if path not in hashes:
                hashes[path] = str(digest(path)["sha256"])
        except OSError as error:
            raise InputError(f"{path}: cannot read it: {error.strerror}") from error
        data.append([str(path), hashes[path]])
    data += [[table["name"], table["sha256"]] for table in log.server_tables(question)]
    parts: list[Any] = [question.fingerprint(), question.case, data]
    parts += [[source.name, source.text] for source in sources]
    return _hash([parts, __version__, _code()])


def _hash(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


@cache
def _code() -> str:
    files = sorted(PACKAGE.rglob("*.py"))
    names = {path: path.relative_to(PACKAGE) for path in files}
    parts = [
        [name.as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()]
        for path, name in names.items()
        if name.parts[0] not in ELSEWHERE
    ]
    return _hash(parts)
