"""The place whose scores no longer follow from the history, while all others still do.

Where a log names an ability, a row's score is what the formula makes of it and of the difficulty
in force. Scores that were changed afterwards no longer are, one by one, whatever AUC says of them.
"""

import numpy as np
import pandas as pd

from investigate.analyses.replay.refusal import FEWEST, FOLLOWED, spoilt
from investigate.analyses.suspects.narrowing import NEARLY_ALL, Scope
from investigate.analyses.wording import percent
from investigate.counts.memory import remembered
from investigate.counts.table import Counts

HELD = 0.9
"""A place holds so large a part of the scores that ceased to follow."""
REST = 0.05
"""Elsewhere no larger part of the scores ceased to follow."""


@remembered
def unfollowed(counts: Counts) -> Scope | None:
    """The smallest group that holds nearly all scores which ceased to follow, if there is one."""
    table = _table(counts)
    if table is None:
        return None
    now = table[table["stretch"] == 1].reset_index(drop=True)
    checked = now["checked"].to_numpy(dtype=np.int64)
    lost = checked - now["following"].to_numpy(dtype=np.int64)
    of_system = (now["by"] == "system").to_numpy()
    rows, gone = checked[of_system].sum(), lost[of_system].sum()
    others = rows - checked
    # A cohort of nearly all rows leaves too few others; a system is one of few.
    few = ~of_system & (others < (1 - NEARLY_ALL) * rows)
    held = (lost >= HELD * gone) & (lost >= (1 - FOLLOWED) * checked)
    quiet = (others >= FEWEST) & (gone - lost <= REST * others)
    found = now[held & quiet & ~few]
    if found.empty:
        return None
    own = found.sort_values(["checked", "by", "system", "cohort"]).iloc[0]
    by, system, cohort = (str(own[name]) for name in ("by", "system", "cohort"))
    facts = counts.facts[(counts.facts["window"] == 1) & (counts.facts["by"] == by)]
    its = facts[(facts["system"] == system) & (facts["cohort"] == cohort)]["rows"]
    return Scope(by, system, cohort, int(its.sum())) if its.sum() else None


def told(counts: Counts, place: Scope) -> str:
    """How many scores follow there and elsewhere, a clause with its full stop."""
    table = _table(counts)
    assert table is not None
    now = table[(table["stretch"] == 1) & (table["by"] == place.by)]
    inside = (now["system"] == place.system) & (now["cohort"] == place.cohort)
    shares = [
        percent(own["following"].sum() / own["checked"].sum())
        for own in (now[inside], now[~inside])
    ]
    where = place.cohort or place.system
    follow = f"{shares[0]} of the scores since follow from the history"
    return f"in {where} {follow}, elsewhere {shares[1]}."


def _table(counts: Counts) -> pd.DataFrame | None:
    """Scores that follow by group and stretch, where those of the incident surely ceased to."""
    meta = counts.meta.get("replay")
    if not meta or not meta["coverage"].get("followed") or not spoilt(meta["coverage"]):
        return None
    table = pd.DataFrame(meta["coverage"]["followed"])
    return table if (table["stretch"] == 1).any() else None
