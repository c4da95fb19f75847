"""Arrays as people hand them in, checked: each mistake is a `ValueError` that names the array."""

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from investigate.counts.weighting import FEWEST_UNITS, units

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXACT = 2**53
"""Whole numbers up to which floats tell all apart."""


def scores(values: ArrayLike) -> Floats:
    """Scores as finite floats (n,) in the same order; ranks where floats would round them."""
    from sklearn.utils import check_array

    plain = np.asarray(values)
    if plain.dtype.kind in "iu" and plain.size and max(-int(plain.min()), int(plain.max())) > EXACT:
        values = np.unique(plain, return_inverse=True)[1].reshape(plain.shape)
    array = check_array(values, ensure_2d=False, dtype="float64", input_name="y_score")
    # Adding zero makes -0.0 the 0.0 that it equals.
    return np.asarray(_flat(array, "y_score") + 0.0)


def outcomes(values: ArrayLike) -> Ints:
    """Outcomes as 0 and 1 (n,)."""
    return _two(values, "y_true", ((0, 1), (-1, 1)), "0 and 1, truths, or -1 and 1")


def windows(values: ArrayLike) -> Ints:
    """Windows as 0 and 1 (n,), both of which occur."""
    found = _two(values, "window", ((0, 1),), "0 for the baseline and 1 for the incident")
    if len(np.unique(found)) < 2:
        raise ValueError("window: all rows lie in one window; both 0 and 1 must occur")
    return found


def _two(values: ArrayLike, name: str, known: tuple[tuple[int, int], ...], expected: str) -> Ints:
    array = _flat(np.asarray(values), name)
    if array.dtype == object or array.dtype.kind in "US":
        array = _numeric(array, name, expected)
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"{name} contains NaN; leave those rows out of all arrays")
    found = set(np.unique(array).tolist())
    for low, high in known:
        if found <= {low, high}:
            return (array == high).astype(np.int64)
    shown = ", ".join(str(value) for value in sorted(found)[:5])
    raise ValueError(f"{name}: expected {expected}, got {shown}")


def _numeric(array: NDArray[Any], name: str, expected: str) -> NDArray[Any]:
    missing = pd.isna(array)
    if missing.any():
        raise ValueError(f"{name} contains NaN; leave those rows out of all arrays")
    if array.dtype.kind in "US" or any(isinstance(value, str) for value in array):
        raise ValueError(f"{name}: expected {expected}, got text such as {array[0]!r}")
    return array.astype(float)


def weights(values: ArrayLike) -> Floats:
    """Weights (n,) that can be weights: finite, none below zero, and not all zero.

    Raises `ValueError` where one is negative or not finite, or where all are zero.
    """
    array = _flat(np.asarray(values), "sample_weight")
    array = _numeric(array, "sample_weight", "numbers of at least 0")
    if not np.isfinite(array).all():
        raise ValueError("sample_weight contains NaN or infinite numbers; leave those rows out")
    if (array < 0).any():
        raise ValueError(f"sample_weight: expected none below 0, got {array.min():g}")
    if not array.any():
        raise ValueError("sample_weight: all weights are 0, so that nothing counts")
    return array


def labels(values: ArrayLike, name: str) -> NDArray[Any]:
    """Labels as text (n,), whole floats as integers, as a log's groups are written."""
    array = _flat(np.asarray(values), name)
    if pd.isna(array).any():
        raise ValueError(f"{name} contains NaN or nothing; name such rows, or leave them out")
    if array.dtype.kind == "f" and (array == np.round(array)).all():
        array = array.astype(np.int64)
    return array.astype(str)


def _flat(array: NDArray[Any], name: str) -> NDArray[Any]:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(f"{name}: expected shape (n,), got {array.shape}")
    return array


def require_same_length(**arrays: NDArray[Any]) -> None:
    """Raise `ValueError` unless all `arrays` have one length."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listing = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"arrays of different lengths: {listing}")


def require_both(outcome: Ints, name: str) -> None:
    """Raise `ValueError` unless both outcomes occur."""
    if len(np.unique(outcome)) < 2:
        raise ValueError(f"{name}: outcomes of both kinds must occur, else there is no AUC")


def require_weighed(outcome: Ints, weight: Floats, name: str) -> None:
    """Raise `ValueError` where the weights of one outcome are nothing beside the largest.

    `weight` (n,) as of `exact_weights`.
    """
    unit = float(np.ldexp(1.0, -units(float(weight.sum()))))
    for value in (0, 1):
        if not weight[outcome == value].sum() >= FEWEST_UNITS * unit:
            raise ValueError(
                f"{name}: all weights of rows with outcome {value} are next to nothing beside the "
                "largest, so there is no AUC; look for one that is far too large"
            )


def require_confidence(confidence: float) -> None:
    """Raise `ValueError` unless it lies between 0 and 1."""
    if not isinstance(confidence, Real) or not 0 < float(confidence) < 1:
        raise ValueError(f"confidence: expected a number between 0 and 1, got {confidence!r}")
