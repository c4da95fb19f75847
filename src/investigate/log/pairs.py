"""Two columns combined, and their cells that are too small to be shown on their own."""

from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from investigate.counts.table import OTHER
from investigate.log.groups import Groups
from investigate.log.small import Together, hosting, small


@dataclass(frozen=True)
class Pair:
    """Two columns whose groups are combined; ``tiny`` cells, by number, are counted together."""

    first: Groups
    second: Groups
    tiny: Together

    @classmethod
    def of(cls, first: Groups, second: Groups, rows: pd.DataFrame, least: int) -> "Pair":
        """The pair, from the ``rows`` of its cells, which count together below `least`."""
        sizes = rows.groupby([first.code, second.code])["rows"].sum()
        return cls(first, second, small(sizes, least))

    def where(self, frame: pd.DataFrame) -> Any:
        """Which rows of `frame`, still by number, are of such cells."""
        cells = pd.MultiIndex.from_frame(frame[[self.first.code, self.second.code]])
        hosts: list[Any] = [] if self.tiny.host is None else [self.tiny.host]
        return cells.isin([*self.tiny.labels, *hosts])

    def together(self, frame: pd.DataFrame, where: Any, named: list[str]) -> pd.DataFrame:
        """`frame`, its labels in two columns ``named``, with those rows under one label."""
        label = (OTHER, OTHER)
        if self.tiny.host is not None:
            one, other = cast(tuple[int, int], self.tiny.host)
            label = (self.first.labels[one], hosting(self.second.labels[other]))
        frame.loc[where, named] = label
        return frame
