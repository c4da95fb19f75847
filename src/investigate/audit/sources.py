"""The notebooks that a run executes: numbered, in order, read once."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from investigate.errors import InputError

NUMBERED = re.compile(r"(\d+)_.*\.ipynb")


@dataclass(frozen=True)
class Source:
    """A notebook as read: what is hashed is what runs."""

    path: Path
    text: str
    cells: int

    @property
    def name(self) -> str:
        """Its file name without the ending."""
        return self.path.stem

    def digest(self) -> dict[str, str | int]:
        """SHA-256 and size of the text."""
        data = self.text.encode()
        return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def numbered(folder: Path) -> list[Source]:
    """The notebooks ``1_….ipynb`` and on in `folder`, by number.

    Raises `InputError` where there is none, or one is no notebook.
    """
    try:
        names = [path for path in folder.iterdir() if NUMBERED.fullmatch(path.name)]
    except OSError as error:
        raise InputError(f"{folder}: cannot read the notebooks: {error.strerror}") from error
    if not names:
        raise InputError(f"{folder}: no notebook here is called 1_….ipynb, 2_….ipynb and on")
    return [read(path) for path in sorted(names, key=lambda path: (_number(path), path.name))]


def _number(path: Path) -> int:
    match = NUMBERED.fullmatch(path.name)
    assert match is not None
    return int(match[1])


def read(path: Path) -> Source:
    """The notebook at `path`. Raises `InputError` where it is none."""
    try:
        text = path.read_bytes().decode("utf-8")
        cells = json.loads(text)["cells"]
        return Source(path, text, len(cells))
    except OSError as error:
        raise InputError(f"{path}: cannot read the notebook: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: this is no Jupyter notebook of format 4") from error
