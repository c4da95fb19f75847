"""What was computed from counts, remembered on the counts themselves and gone with them."""

from collections.abc import Callable, Collection
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from investigate.counts.table import Counts

P = ParamSpec("P")
R = TypeVar("R")
SHARED: dict[Path, Counts] = {}
"""Counts by their folder that the parent of a run's kernels has read, and only that."""
_TABLES: dict[str, tuple[str, ...]] = {}
"""The tables that a function reads, where these are not all."""


def remembered(
    function: Callable[Concatenate[Counts, P], R],
) -> Callable[Concatenate[Counts, P], R]:
    """`function` of counts and hashable arguments, computed once for each of these.

    Nothing is kept outside the counts, so that a long session holds no more than the counts
    that it still uses.
    """
    name = _name(function)

    @wraps(function)
    def once(counts: Counts, /, *args: P.args, **kwargs: P.kwargs) -> R:
        known: dict[Any, Any] = counts.memory
        key = (name, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(counts, *args, **kwargs)
        return known[key]

    return once


def remembered_of(
    *tables: str,
) -> Callable[[Callable[Concatenate[Counts, P], R]], Callable[Concatenate[Counts, P], R]]:
    """As `remembered`, of a function that reads no more than these `tables` of the counts.

    What it made of them is taken over by other counts with the same tables; see `take_over`.
    """

    def decorated(
        function: Callable[Concatenate[Counts, P], R],
    ) -> Callable[Concatenate[Counts, P], R]:
        _TABLES[_name(function)] = tables
        return remembered(function)

    return decorated


def take_over(counts: Counts, others: Counts) -> None:
    """Have `counts` remember what was made of tables of `others` that are its own as well."""
    for key, kept in list(others.memory.items()):
        tables = _TABLES.get(key[0])
        if tables and all(getattr(counts, one) is getattr(others, one) for one in tables):
            counts.memory.setdefault(key, kept)


def handed_on(counts: Counts, known: Collection[Any]) -> dict[Any, Any]:
    """What is remembered beside ``known``, for another process.

    What says ``stays_here`` is left out: it is made anew sooner than it is sent.
    """
    return {
        key: kept
        for key, kept in counts.memory.items()
        if key not in known and not getattr(kept, "stays_here", False)
    }


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
