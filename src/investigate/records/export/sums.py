"""Hashes in the form that ``sha256sum -c`` reads."""

from collections.abc import Mapping

ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def sums(hashes: Mapping[str, str]) -> str:
    """A line for each path in `hashes`, sorted; odd names are escaped as sha256sum does."""
    return "".join(_line(path, sha256) for path, sha256 in sorted(hashes.items()))


def _line(path: str, sha256: str) -> str:
    escaped = "".join(ESCAPES.get(c, c) for c in path)
    # A backslash before the hash says that the name is escaped.
    return f"{'' if escaped == path else chr(92)}{sha256}  {escaped}\n"
