"""Values as a crate holds them: kinds of file, moments, parameters."""

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

UNKNOWN = "application/octet-stream"
FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
"""Media types by the ending of a file's name."""


def encoding_format(path: str) -> str:
    """The media type of the file called `path`."""
    return FORMATS.get(PurePosixPath(path).suffix.lower(), UNKNOWN)


def moment(time: str) -> str:
    """A record's UTC time in the form that the profile asks for, with an offset for ``Z``."""
    return time.removesuffix("Z") + "+00:00"


def flat(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each parameter that was set, by its dotted name; lists as the text of their JSON.

    JSON-LD has no lists with an order, and drops what is null.
    """
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{name}", json.dumps(value, ensure_ascii=False)
        elif value is not None:
            yield f"{prefix}{name}", value
