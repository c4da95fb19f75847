"""Environment variables that a question names in place of what must not be written down."""

import os
import re

from investigate.errors import InputError

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""How a question names one: ``${NAME}``."""

PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s:@]*:([^/?#\s@]+)@")
"""The password in a URL such as ``scheme://user:password@host``."""


def named(text: str) -> list[str]:
    """The variables that `text` names, in order."""
    return NAMED.findall(text)


def filled(text: str, part: str) -> str:
    """`text` with each ``${NAME}`` replaced by the variable's value.

    Raises `InputError` that tells of `part`, a key of the question, where one is not set.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if not found:
            raise InputError(f"{part}: the environment variable {match[1]} is not set; set it")
        return found

    return NAMED.sub(value, text)


def without_password(text: str) -> str:
    """`text`, a path or URL, as it is.

    Raises `ValueError`, which does not repeat it, where it holds a password.
    """
    match = PASSWORD.search(text)
    if match and not NAMED.fullmatch(match[1]):
        raise ValueError(
            "a password stands here, which would be written into every record; "
            "put it into an environment variable and write ${ITS_NAME} in its place"
        )
    return text
