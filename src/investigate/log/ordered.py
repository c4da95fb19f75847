"""Columns of a log's scored rows in files of their own, in the order of scores."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 2_000_000
"""Rows that are put in order together: more take memory, and no time less."""
ENDING = ".npy"


@dataclass(frozen=True)
class Ordered:
    """Columns of all scored rows, as files of their own: ``score``, ``step``, ``fold``, codes.

    Rows of each `AT_ONCE` are in the order of their scores.
    """

    columns: Mapping[str, NDArray[Any]]

    def parts(self) -> Iterator[dict[str, NDArray[Any]]]:
        """The columns of the rows that are in order, one stretch after the other."""
        for first in range(0, len(self.columns["score"]), AT_ONCE):
            yield {name: own[first : first + AT_ONCE] for name, own in self.columns.items()}


def find(folder: Path) -> Ordered | None:
    """What `investigate.log.outside.keep` wrote there; `None` where it wrote nothing."""
    if not folder.is_dir():
        return None
    names = sorted(path.name.removesuffix(ENDING) for path in folder.iterdir())
    return Ordered({name: np.load(folder / f"{name}{ENDING}", mmap_mode="r") for name in names})
