"""Shares of a whole among players whose effects depend on each other.

A game gives every subset of k players a value; subset ``s`` is the bit mask of who plays.
"""

from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shapley(values: Array) -> Array:
    """What each player adds on average over all orders of joining (Shapley 1953).

    ``values`` (2**k, ...) to (k, ...); the shares sum to ``values[-1] - values[0]``.
    """
    players = len(values).bit_length() - 1
    shares = np.zeros((players, *values.shape[1:]))
    for player in range(players):
        for without in range(len(values)):
            if without >> player & 1:
                continue
            size = without.bit_count()
            weight = factorial(size) * factorial(players - size - 1) / factorial(players)
            shares[player] += weight * (values[without | 1 << player] - values[without])
    return shares


def dividends(values: Array) -> Array:
    """What each subset adds beyond its own subsets (Harsanyi 1963), shape as ``values``.

    The dividends of all subsets sum to the value of the whole; that of two players is
    v(12) - v(1) - v(2) + v(nobody).
    """
    left = values.astype(float).copy()
    for player in range(len(values).bit_length() - 1):
        bit = 1 << player
        for subset in range(len(values)):
            if subset & bit:
                left[subset] -= left[subset ^ bit]
    return left
