"""A system that stopped writing: no write is wrong, and its values no longer follow the items."""

from dataclasses import replace

import numpy as np
import pandas as pd

from investigate.analyses.suspects.struck import areas_of
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts

SILENT = 0.2
"""A system went silent when since the freeze it writes at less than this part of its old rate."""
ENOUGH = 30
"""Writes before the freeze that a rate needs."""
PART = 1 / 2
"""Its silence explains a loss if its rows lost at least this part of what the others' lost."""


def silent(counts: Counts) -> dict[str, str]:
    """Each system that went silent, with the evidence as a sentence."""
    meta = counts.meta.get("replay")
    if meta is None:
        return {}
    freeze, end = pd.Timestamp(meta["freeze"]), pd.Timestamp(meta["end"])
    start = counts.writes["start"]
    stretches = (
        start.between(freeze - (end - freeze), freeze, "left"),
        start.between(freeze, end, "left"),
    )
    found = {}
    for system in meta["systems"]:
        own = counts.writes["system"] == system
        before, after = (int(counts.writes.loc[own & s, "writes"].sum()) for s in stretches)
        if before >= ENOUGH and after < SILENT * before:
            found[system] = (
                f"{system} wrote {before:,} values in the time before the freeze and {after:,} "
                "since, while what items' outcomes say moved on."
            )
    return found


def with_silence(counts: Counts, suspects: list[Suspect]) -> list[Suspect]:
    """Lost labels of the whole log become the fault of the one system that went silent."""
    found = silent(counts)
    if len(found) != 1:
        return suspects
    ((system, evidence),) = found.items()
    if _kept(counts, system):
        return suspects
    return [
        replace(s, kind="system_fault", system=system, evidence=evidence, either=False)
        if s.kind in ("outcome_fault", "lost_validity") and s.cohort is None
        else s
        for s in suspects
    ]


def _kept(counts: Counts, system: str) -> bool:
    """Whether its rows are no smaller a share than before, and kept the AUC that others' lost.

    Items whose values it no longer writes keep its old ones, or are another system's rows.
    """
    if "system" not in counts.groupings():
        return False
    found = grouping(counts, "system")
    own = np.array([name == system for name, _ in found.keys], dtype=bool)[found.group]
    rows = found.positives + found.negatives
    before, now = (
        rows[own & (found.window == w)].sum() / max(rows[found.window == w].sum(), 1)
        for w in (0, 1)
    )
    (its, _), (its_now, _) = areas_of(found, own)
    (others, _), (others_now, _) = areas_of(found, ~own)
    # A comparison with what is not known is false: nothing is acquitted by it.
    return bool(now >= before and its - its_now < PART * (others - others_now))
