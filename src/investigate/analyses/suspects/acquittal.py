"""What a replay excludes: a system whose writes, undone, surely give little of a loss back."""

from investigate.analyses.replay.arms import arms
from investigate.analyses.replay.refusal import OVERRULES, recoverable_share, refusal
from investigate.counts.jackknife import estimate
from investigate.counts.table import Counts
from investigate.finding import Estimate

LITTLE = 1 / 3
"""What undoing a system's writes surely gives back is little below this part of a loss: it takes as
much to be named as its cause."""
COVERED = 0.8
"""Share of the rows for which a replay must speak before it acquits a system."""


def changes_little(counts: Counts, system: str, points: Estimate, confidence: float) -> bool:
    """Whether what a system wrote surely is not what cost ``points``; a replay must be possible."""
    found = arms(counts, "writes")
    if found is None or refusal(counts, found) or not speaks(counts):
        return False
    systems = counts.meta["replay"]["systems"]
    if system not in systems:
        return False
    frozen = len(found.net) - 1 ^ 1 << systems.index(system)
    gained = estimate(found.net[frozen], confidence)
    return is_little(gained, points)


def is_little(gained: Estimate, points: Estimate) -> bool:
    """Whether what undoing a system's writes gained surely is little of a loss."""
    return gained.high is not None and gained.high < LITTLE * (points.value or 0.0)


def speaks(counts: Counts) -> bool:
    """Whether a replay speaks for so many rows, so well, that it can acquit."""
    coverage = counts.meta["replay"]["coverage"]
    return covered(counts) >= COVERED and recoverable_share(coverage) >= OVERRULES


def covered(counts: Counts) -> float:
    """The part of the incident's rows for which a replay speaks."""
    incident = counts.meta["replay"]["coverage"]["incident"]
    return float(incident["covered"] / incident["rows"]) if incident["rows"] else 0.0
