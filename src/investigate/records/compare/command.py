"""``investigate compare``: two records side by side on a terminal."""

from pathlib import Path

from rich.console import Console

from investigate.records.compare.comparison import compare
from investigate.records.compare.show import show


def compare_at(a: Path, b: Path, console: Console, everything: bool = False) -> None:
    """Print how the records in the folders `a` and `b` differ; writes nothing.

    With `everything`, each difference rather than the largest. Raises `InputError` where
    one of them is no record, or holds what no run writes.
    """
    show(compare(a, b), console, everything)
