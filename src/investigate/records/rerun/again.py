"""What is executed again: the recorded question, with the notebooks that were recorded."""

from pathlib import Path, PurePath
from typing import Any

from investigate import log
from investigate.errors import InputError
from investigate.paths import RecordPaths, notebooks_folder
from investigate.question import params
from investigate.records.run_record import RunRecord
from investigate.records.sources import numbered


def check_inputs(paths: RecordPaths) -> None:
    """Raise `InputError` where the recorded question no longer loads, or its data are gone."""
    question = params.load(paths.question)
    for part, table in question.in_memory().items():
        raise InputError(
            f"{part}: it was a table in memory (SHA-256 {table.in_memory[:12]}…), in no file; "
            f"run it again from Python, investigate.run({paths.question.as_posix()!r}, …), "
            f"with that table as {part}"
        )
    try:
        log.inputs(question)
    except InputError as error:
        raise InputError(
            f"{error}; a rerun looks from the current folder as the first run did: "
            "change to the folder where that was started"
        ) from error


def notebooks_again(document: dict[str, Any]) -> Path:
    """The folder of the notebooks to execute for the record that `document` describes.

    That is where the recorded ones still lie as recorded, or the kit's own where they are
    the same. Else those of the same names as they are now, and the comparison says which of
    them differ. Raises `InputError` where none are.
    """
    recorded = RunRecord.of(document).recorded_notebooks()
    folders = {PurePath(path).parent.as_posix() for path in recorded}
    places = [Path(folder) for folder in sorted(folders)[:1]] + [notebooks_folder()]
    hashes = {PurePath(path).name: sha256 for path, sha256 in recorded.items()}
    there = {place: found for place in places if (found := _hashes(place)) is not None}
    for place, found in there.items():
        if found == hashes:
            return place
    for place, found in there.items():
        if place.as_posix() in folders or found.keys() == hashes.keys():
            return place
    raise InputError(
        f"{sorted(folders)[0] if folders else 'notebooks'}: the recorded notebooks are not there; "
        "change to the folder where the first run was started"
    )


def _hashes(folder: Path) -> dict[str, str] | None:
    try:
        return {source.path.name: str(source.digest()["sha256"]) for source in numbered(folder)}
    except InputError:
        return None
