"""One cluster that floods a window, as a robot's or a test's rows do, and AUC without it.

By the jackknife over clusters, what one cluster did to AUC is never sure: without its fold there is
no drop. So its rows are left out of both windows, and the jackknife runs over the other folds.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses import whole as windows
from investigate.analyses.certificate import certificate, within
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.wording import level, percent, signed
from investigate.counts.auc import auc
from investigate.counts.jackknife import estimate
from investigate.counts.replicates import Replicates
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate
from investigate.question.question import Question


def flooded(counts: Counts, question: Question) -> list[Suspect]:
    """`flood`, where leaving out the clusters that flood a window surely raises the change."""
    floods = counts.meta.get("floods")
    if not floods:
        return []
    rows = pd.concat([pd.DataFrame(one) for one in floods], ignore_index=True)
    whole = windows.whole(counts)
    rest = without(whole.counts, rows)
    areas = auc(rest.positives, rest.negatives)
    confidence, clustered = question.thresholds.confidence, counts.jackknifed
    others = whole.counts.used.copy()
    others[rows["fold"].unique()] = False
    gained = (areas[1] - areas[0]) - whole.change
    points = estimate(gained, confidence, others, most=windows.windows_allow(counts)[1])
    ends = [windows.level(rest, w, clustered, confidence) for w in (0, 1)]
    change = windows.difference(rest, clustered, confidence)
    shares = [
        rows.loc[rows["window"] == w, ["positives", "negatives"]].to_numpy().sum()
        / whole.counts.rows[w]
        for w in (0, 1)
    ]
    many = f"{len(floods)} clusters have" if floods[1:] else "One cluster has"
    name = question.columns.cluster
    return [
        Suspect(
            kind="flood",
            points=points,
            evidence=(
                f"{many} {percent(shares[1])} of the incident's rows and {percent(shares[0])} of "
                f"the baseline's; without {'them' if floods[1:] else 'it'} AUC goes from "
                f"{level(ends[0])} to {level(ends[1])}, a change of {signed(change)}. No record "
                f"holds an id: count the rows by {name} to see whose they are."
                f"{_left(counts, question, change)}"
            ),
            supported=recovers(points),
        )
    ]


def _left(counts: Counts, question: Question, change: Estimate) -> str:
    """What the other rows surely lost beyond the tolerance, as sentences; else nothing.

    In the counts of groups a flood cannot be left out, so that no kind is asked about the others.
    """
    if change.high is None or change.high >= -question.thresholds.tolerance:
        return ""
    found = certificate(counts, question)
    inside = within(found.detail["fell"], len(found.table))
    return (
        f" The flood does not explain the fall that is left, {level(-change)}: leave its rows out "
        f"of the log and ask again.{f' {inside}' if inside else ''}"
    )


def without(table: Replicates, rows: pd.DataFrame) -> Replicates:
    """`table`, of every bin, without `rows`: ``window``, ``fold``, ``bin`` and the outcomes."""
    sides = []
    for name in ("positives", "negatives"):
        left: NDArray[np.int64] = getattr(table, name).copy()
        window, fold, place = (rows[key].to_numpy() for key in ("window", "fold", "bin"))
        # Without a cluster's own fold it was not there.
        for replicate in range(1 + FOLDS):
            there = fold != replicate - 1
            np.subtract.at(
                left, (window[there], replicate, place[there]), rows[name].to_numpy()[there]
            )
        sides.append(np.maximum(left, 0))
    return Replicates(sides[0], sides[1], table.bins, table.used)
