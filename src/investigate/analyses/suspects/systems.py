"""Systems and labels: what replay says, where it has a say, and what the log alone says."""

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.replayed import OTHERS, replayed
from investigate.analyses.suspects.silence import with_silence
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts
from investigate.question import Question

CLOSE = 0.8
"""A replay that recovers less than this of what the log tells of a system covers fewer rows."""
TELLS = 0.5
"""Replay overrules the log alone when it recovers at least this part of what the log tells."""


def systems(counts: Counts, question: Question) -> list[Suspect]:
    """`system_fault`, `system_interaction` and `outcome_fault`, each heard where it has a say."""
    by_replay = replayed(counts, question)
    by_log = with_silence(counts, faults(counts, question))
    best = max((s.points.value or 0.0 for s in by_replay if s.stands), default=0.0)
    together = any(s.kind == "system_interaction" and s.stands for s in by_replay)
    own = {s.system: s.points.value or 0.0 for s in by_replay if s.stands}

    def overruled(suspect: Suspect) -> bool:
        told = suspect.points.value or 0.0
        if suspect.kind == "outcome_fault":
            return best >= TELLS * told
        if suspect.kind not in ("system_fault", "system_interaction"):
            return False
        # A replay that accuses the same system and recovers less covers fewer of its rows.
        agrees = OTHERS * told <= own.get(suspect.system, 0.0) < CLOSE * told
        return best >= TELLS * told and (together or not agrees)

    kept = [s for s in by_log if not overruled(s)]
    # What the log tells of a system stands for it where items without an old value hide the loss.
    systems = {s.system for s in kept if s.kind == "system_fault"}
    return [*(s for s in by_replay if s.kind != "system_fault" or s.system not in systems), *kept]
