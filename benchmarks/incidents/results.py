"""The file of results: one JSON line an incident, each written as soon as it is there."""

import json
from pathlib import Path
from typing import Any

from benchmarks.incidents.incident import Incident
from investigate.errors import InputError


class Results:
    """The results in `path`, by incident; the file is made with the first of them.

    Raises `InputError` where the file holds anything else. A last line that was cut off is
    dropped, and its incident is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[Incident, dict[str, Any]] = {}
        text = path.read_text("utf-8") if path.exists() else ""
        whole, _, torn = text.rpartition("\n")
        self._torn = len(torn.encode())
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                self._take(json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                raise InputError(
                    f"{path}:{number}: this is no result of a benchmark; name another file"
                ) from error

    def add(self, result: dict[str, Any]) -> None:
        """Appends one result, and takes it."""
        line = json.dumps(result, ensure_ascii=False, allow_nan=False) + "\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            if self._torn:
                file.truncate(file.tell() - self._torn)
                self._torn = 0
            file.write(line.encode())
        self._take(result)

    def answered(self, incident: Incident) -> bool:
        """Whether the kit was asked about `incident` and answered."""
        return "error" not in self.found.get(incident, {"error": ""})

    def _take(self, result: dict[str, Any]) -> None:
        self.found[Incident.of(result)] = result
