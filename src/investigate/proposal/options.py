"""What a person may say beside a log: a name of the case, a time zone."""

import re
from pathlib import Path

from investigate.errors import InputError
from investigate.proposal.names import words
from investigate.question import params


def required(option: str, value: str) -> None:
    """Raises `InputError` where a question cannot have this value of a key."""
    try:
        params.from_values({**_ANY, option: value}, "")
    except InputError as error:
        raise InputError(f"--{option}{str(error).partition(option)[2]}") from error


_ANY = {
    "case": "any",
    "log": "any",
    "columns": {"time": "t", "outcome": "y", "score": "s"},
    "baseline": {"start": "2024-01-01", "end": "2024-02-01"},
    "incident": {"start": "2024-02-01", "end": "2024-03-01"},
}

GENERIC = {"log", "logs", "data", "scores", "predictions", "events", "scored", "export"}
"""Names of files that say nothing of what is in them; the name of their folder does."""


def case_of(source: str, table: str | None = None) -> str:
    """A case's name, from that of a file, or of a table or database of a server."""
    if "://" in source:
        source = table or source.partition("?")[0]
    path = Path(source)
    stem = re.sub(r"(\.(csv|tsv|parquet|pq|duckdb|db|gz))+$", "", path.name.lower())
    if stem in GENERIC and path.parent.name:
        stem = path.parent.name.lower()
    return "-".join(words(stem))[:64].strip("-") or "case"
