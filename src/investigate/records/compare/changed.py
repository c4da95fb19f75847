"""What can differ between two records, called A and B."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["equal", "changed", "added", "removed"]
"""Added is what B alone has, removed what A alone has."""


@dataclass(frozen=True)
class Changed:
    """A value by its dotted name, in A and in B; `None` where it is absent."""

    name: str
    a: object
    b: object


@dataclass(frozen=True)
class Number:
    """A number of the findings by its path; ``change`` is B less A, where both have it."""

    path: str
    a: float | int | None
    b: float | int | None
    change: float | None
    kind: Kind

    @property
    def equal(self) -> bool:
        """Whether it is the same to the last bit."""
        return self.kind == "equal"


@dataclass(frozen=True)
class Cell:
    """A cell as text: its source and what it put out, where a picture is a word.

    ``pictures`` are hashes of the pictures, ``data`` one of all that is put out beside text.
    """

    type: str
    id: str
    source: str
    output: str = ""
    pictures: tuple[str, ...] = ()
    data: str = ""


@dataclass(frozen=True)
class CellChange:
    """A cell that is not the same; ``position`` counts from 1, in B, or in A where removed.

    ``what`` differs, of source, output, picture and data; a picture's bytes are not told.
    """

    position: int
    status: Literal["added", "removed", "changed"]
    a: Cell | None
    b: Cell | None
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotebookChange:
    """A notebook whose bytes differ, and its cells that do.

    ``note`` says where only one record has it, or why its cells are not told.
    """

    name: str
    cells: tuple[CellChange, ...] = ()
    note: str = ""
