"""What a program hands in beside questions and tables: paths and numbers, of the right type."""

import math
import os
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from investigate.errors import InputError


def path(value: Any, place: str, what: str) -> Path:
    """`value` as a path; `place` and `what` name the call and what the path is of.

    Raises `InputError` where it is none.
    """
    # A path may be given as bytes elsewhere, but pathlib takes none.
    if isinstance(value, str | os.PathLike) and isinstance(text := os.fspath(value), str):
        return Path(text)
    raise InputError(f"{place}: expected the path of {what}, got {shown(value)}")


def whole(value: Any, least: int) -> bool:
    """Whether `value` is a whole number of `least` or more; a truth value is none."""
    number = isinstance(value, Integral) and not isinstance(value, bool)
    return number and int(value) >= least


def positive(value: Any) -> bool:
    """Whether `value` is a finite number above 0."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and 0 < float(value) < math.inf


def plain(value: Any) -> Any:
    """An array or column of one dimension as a list; whatever else it is, as it is."""
    return value.tolist() if getattr(value, "ndim", 0) == 1 and hasattr(value, "tolist") else value


def shown(value: Any) -> str:
    """A number or a short text as it is, of anything else its type."""
    plain = value is None or isinstance(value, bool | int | float)
    plain = plain or (isinstance(value, str) and len(value) <= 40)
    return repr(value) if plain else f"a {type(value).__name__}"
