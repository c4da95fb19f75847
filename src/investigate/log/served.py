"""What a server's table held when it was read: its rows, and a checksum that its engine computes.

No file has a hash there. The checksum is a sum over rows of the first 60 bits of MD5 of what the
question's columns say, so the order of rows has no say; each engine writes values in its own way,
so checksums of two engines are not alike. Names and addresses are recorded as the question writes
them, with the names of environment variables in place of passwords.
"""

import hashlib
from collections.abc import Collection
from typing import Any

from investigate.log.files import Files, find
from investigate.log.rows import wanted
from investigate.log.servers import opening
from investigate.question.question import Question


def served(question: Question) -> list[dict[str, Any]]:
    """Each server's table of `question`: ``part``, ``name``, ``rows``, ``sha256`` of the checksum.

    Raises `InputError` where one cannot be read.
    """
    asked = [("log", question.log, wanted(question))]
    if question.outcomes is not None:
        asked.append(("outcomes", question.outcomes.log, _parts(question.outcomes.columns)))
    if question.history is not None:
        names = _parts(question.history.columns)
        asked.append(("history", question.history.log, names))
        asked += [
            (f"replay.arms[{number}].history", arm.history, names)
            for number, arm in enumerate(question.replay.arms)
        ]
    found = []
    for part, source, columns in asked:
        files = find(source, part)
        if files.address:
            rows, total = checksum(files, columns)
            text = f"{files.kind} {rows} {total}"
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            found.append({"part": part, "name": name(files), "rows": rows, "sha256": sha256})
    return found


def name(files: Files) -> str:
    """A server's table as messages name it."""
    return f"{files.address} {files.table or files.path}"


def checksum(files: Files, columns: Collection[str] | None = None) -> tuple[int, int]:
    """The rows of a server's table, and the sum over `columns` that it has, or over all."""
    backend = opening.connected(files)
    try:
        table = opening.opened(backend, files)
        names = [n for n in table.columns if columns is None or n in columns]
        return backend.checksum(table, names)
    except Exception as error:
        if failure := opening.failed(error, files):
            raise failure from None
        raise
    finally:
        backend.disconnect()


def _parts(columns: Any) -> list[str]:
    return list(columns.parts().values())
