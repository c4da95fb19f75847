"""Distances in errors that are partly learnt, on the scale of errors that are known."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST = 5.0
"""Degrees of freedom from which on what is far off is seen, however little is known."""


def as_normal(off: Floats, known: Floats, learnt: Floats, told: Floats) -> Floats:
    """What `off`, a distance in errors, would be in errors that are known for sure.

    ``known`` and ``learnt`` are parts of the error's variance, ``told`` the independent values
    from which the second was learnt: fewer than steps, since noise may stay for days. It may
    be more than it seems by an error of its own. Student's t with the degrees of freedom of
    Welch (1947), on the scale of the normal by Wallace's formula (1959).
    """
    told = np.maximum(told, FEWEST)
    learnt = learnt + (known + learnt) * np.sqrt(2 / told)
    return normal_of_t(off, told * ((known + learnt) / learnt) ** 2)


def normal_of_t(t: Floats, freedom: Floats) -> Floats:
    """The normal deviate that is as rare as Student's `t` with so many degrees of freedom."""
    scale = (8 * freedom + 1) / (8 * freedom + 3)
    return np.asarray(np.sign(t) * scale * np.sqrt(freedom * np.log1p(t**2 / freedom)))
