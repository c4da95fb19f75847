"""Groups too small to be shown on their own, which are counted together.

Few rows may be few people. Nothing is left out, so that sums still hold; and where what is
counted together is itself too small, it is counted with the next smallest group, the host,
since it would follow from the total.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass

import pandas as pd

from investigate.counts.table import OTHER


@dataclass(frozen=True)
class Together:
    """The labels that are counted together, without those of the ``host``, if there is one."""

    labels: pd.Index
    host: Hashable | None = None


def small(sizes: pd.Series, least: int, beyond: pd.Index | None = None) -> Together:
    """What is counted together of the labels in the index of `sizes`, in rows.

    Those with fewer than `least` rows, and those in `beyond`; with a host where all these
    have fewer.
    """
    ordered = sizes.sort_index().sort_values(kind="stable")
    together = (ordered < least).to_numpy()
    if beyond is not None:
        together = together | ordered.index.isin(beyond)
    rows, alone = int(ordered[together].sum()), ordered.index[~together]
    host = alone[0] if 0 < rows < least and len(alone) else None
    return Together(ordered.index[together], host)


def hosting(label: str, taken: Collection[str] = ()) -> str:
    """The label of a host and the small groups counted with it; none of those `taken`."""
    own = label if label.endswith(_HOSTS) else label + _HOSTS
    return OTHER if label == OTHER or own in taken else own


_HOSTS = " and others"
