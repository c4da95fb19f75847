"""A stream: one measure of one group of rows, followed over time."""

from dataclasses import dataclass

from investigate.monitor.charts.measures import AUC, Measure

EVERYTHING = "all"


@dataclass(frozen=True)
class Stream:
    """``by`` is the grouping (all, system or a cohort's column), ``label`` the group's value."""

    measure: Measure
    by: str
    label: str

    @property
    def of(self) -> str:
        """The rows that it is of: ``all``, or ``column: value``."""
        return EVERYTHING if self.by == EVERYTHING else f"{self.by}: {self.label}"

    @property
    def overall(self) -> bool:
        """Whether it is AUC of all rows, which people care for most."""
        return self.measure == AUC and self.by == EVERYTHING
