"""The notebooks that a run executes: the kit's, numbered and in order, and further ones."""

import glob
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from investigate.errors import InputError

KIT, OWN = "notebook", "own notebook"
NUMBERED = re.compile(r"(\d+)_.*\.ipynb")
ANSWERS = re.compile(r"\b(?:analyses|found)\.answer\(")
"""What a notebook has that asks for the answer."""


@dataclass(frozen=True)
class Source:
    """A notebook as read: what is hashed is what runs; ``role`` is what its record calls it."""

    path: Path
    text: str
    cells: int
    role: str = KIT

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


def all_of(kit: Path, own: Sequence[str]) -> list[Source]:
    """The numbered notebooks in the folder `kit`, then those that `own` names, as listed there.

    Each of `own` is a path, a folder, or a pattern such as ``my/*.ipynb``. Raises `InputError`
    where one names nothing, or two notebooks would have one name in the record.
    """
    found = numbered(kit)
    known = {source.path.resolve() for source in found}
    for path in (path for named in own for path in _named(named)):
        if path.resolve() not in known:
            known.add(path.resolve())
            found.append(replace(read(path), role=OWN))
    names: dict[str, Source] = {}
    for source in found:
        # Some file systems do not tell capitals apart.
        same = names.setdefault(source.name.casefold(), source)
        if same is not source:
            raise InputError(
                f"notebooks: {same.path} and {source.path} would have one name in the record; "
                "rename one of them"
            )
    return found


def answering(sources: Sequence[Source]) -> list[Source]:
    """Those that ask for the answer, and an analyst's own; all of them where none of these asks.

    The answer is made of all analyses, so that it is the same without the notebooks on each.
    """
    asks = [source for source in sources if source.role == KIT and ANSWERS.search(source.text)]
    own = [source for source in sources if source.role == OWN]
    return [*asks, *own] if asks else list(sources)


def _named(named: str) -> list[Path]:
    path = Path(named)
    try:
        if path.is_dir():
            found = sorted(path.glob("*.ipynb"))
        elif path.exists() or not glob.has_magic(named):
            return [path]
        else:
            place = Path(path.anchor or ".")
            found = sorted(place.glob(path.relative_to(path.anchor).as_posix()))
    except OSError as error:
        raise InputError(f"notebooks: {named}: cannot read it: {error.strerror}") from error
    found = [path for path in found if path.suffix == ".ipynb" and path.is_file()]
    if not found:
        raise InputError(f"notebooks: {named}: there is no notebook (.ipynb) here")
    return found
