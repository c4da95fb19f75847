"""What was computed from counts, remembered on the counts themselves and gone with them."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from investigate.counts.table import Counts

P = ParamSpec("P")
R = TypeVar("R")
SHARED: dict[Path, Counts] = {}
"""Counts by their folder that the parent of a run's kernels has read, and only that."""


def remembered(
    function: Callable[Concatenate[Counts, P], R],
) -> Callable[Concatenate[Counts, P], R]:
    """`function` of counts and hashable arguments, computed once for each of these.

    Nothing is kept outside the counts, so that a long session holds no more than the counts
    that it still uses.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def once(counts: Counts, /, *args: P.args, **kwargs: P.kwargs) -> R:
        known: dict[Any, Any] = counts.memory
        key = (name, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(counts, *args, **kwargs)
        return known[key]

    return once
