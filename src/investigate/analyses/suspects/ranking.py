"""All suspects of a drop, ranked by the AUC points that each accounts for."""

from investigate.analyses import whole as windows
from investigate.analyses.drop import fell
from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.innocent import innocent
from investigate.analyses.suspects.lateness import lateness
from investigate.analyses.suspects.misalignment import misalignment
from investigate.analyses.suspects.removal import removal
from investigate.analyses.suspects.replayed import OTHERS, replayed
from investigate.analyses.suspects.silence import with_silence
from investigate.analyses.suspects.suspect import BROKEN, Suspect
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question import Question

MATERIAL = 1 / 3
"""A suspect is named when it accounts for at least this share of the drop."""
CLOSE = 0.8
"""Among suspects that account for nearly as much, a specific break goes first."""
TELLS = 0.5
"""Replay overrules the log alone when it recovers at least this part of what the log tells."""
SPECIFIC = (
    "duplicate_rows",
    "late_outcomes",
    "missing_input",
    "system_misalignment",
    "outcome_fault",
    "system_interaction",
    "system_fault",
)


def ranked(counts: Counts, question: Question) -> list[Suspect]:
    """Every suspect, the best explanation first; `unexplained` holds what none recovers.

    Empty when AUC did not fall.
    """
    whole = windows.whole(counts)
    confidence, clustered = question.thresholds.confidence, counts.meta["clustered"]
    change = windows.difference(whole.counts, clustered, confidence)
    if not fell(change, question.thresholds.smallest_drop):
        return []
    suspects = [
        *removal(counts, question, whole, "duplicate_rows"),
        *removal(counts, question, whole, "missing_input"),
        *lateness(counts, question),
        *misalignment(counts, question, whole),
        *_systems(counts, question),
        *innocent(counts, question),
    ]
    lost = -(change.value or 0.0)
    # An undo can raise AUC beyond where it was; what counts is the part of the drop.
    part = {id(s): min(s.points.value or 0.0, lost) / lost for s in suspects}
    named = [s for s in suspects if s.stands and part[id(s)] >= MATERIAL]
    most = max((part[id(s)] for s in named), default=0.0)
    close = [s for s in named if part[id(s)] >= CLOSE * most]
    first = min(close, key=_preference) if close else None
    rest = sorted(
        (s for s in suspects if s is not first),
        key=lambda s: (not s.stands, -(s.points.value or 0.0), s.kind),
    )
    left = Suspect(
        kind="unexplained",
        points=Estimate(max(lost - (first.points.value or 0.0), 0.0) if first else lost),
        evidence="What the best explanation does not recover."
        if first
        else "No explanation that the log allows recovers a third of the drop.",
        stands=first is None,
    )
    return [first, *rest, left] if first else [left, *rest]


def _systems(counts: Counts, question: Question) -> list[Suspect]:
    """What replay says of systems, where it has a say, and what the log alone says beside it."""
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


def _preference(suspect: Suspect) -> tuple[int, float]:
    order = SPECIFIC.index(suspect.kind) if suspect.kind in BROKEN else len(SPECIFIC)
    # A column that explains by its groups what looked like spread is the closer explanation.
    order += suspect.kind == "score_spread"
    return order, -(suspect.points.value or 0.0)
