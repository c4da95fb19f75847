"""A group that grew and may hold the rows of before under another name, or without their input.

A look-up that fails writes one value into a cohort column, and the score loses what was looked
up. By the shares of groups alone that is a population mix; a fault must not be its own alibi.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from investigate.analyses.score_tiers import follows_score
from investigate.analyses.suspects.hosts import NOTEWORTHY
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.rates import FEWEST, Rates, rates
from investigate.analyses.suspects.rows_a_day import as_many
from investigate.analyses.wording import percent
from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.question.question import Question

GREW = 0.1
"""A group whose share of the rows grew by less explains little."""
ONE_SCORE = 0.9
"""So large a part of a group's rows with one score says that the score knows nothing of them."""
SHIFT = 0.02
"""Shares of groups are as before where no more of the rows than this would have to move."""
OTHERS = 1 / 2
"""A group is of other people when so much smaller a part of its rows is of known clusters."""


@dataclass(frozen=True)
class Doubt:
    """Why a group's growth clears nothing: `evidence` is a sentence."""

    cohort: dict[str, str]
    grew: float
    evidence: str


@remembered
def doubtful(counts: Counts, question: Question, by: str) -> Doubt | None:
    """Why the group of the cohort column ``by`` that grew most clears nothing; else `None`."""
    # Groups that are cut from the score itself say nothing of rows.
    if by == "system" or by not in counts.groupings() or follows_score(counts, by):
        return None
    rows = rows_by_group(counts, by)
    share = rows / rows.sum()
    grown = (share[1] - share[0]).sort_values(ascending=False, kind="stable")
    value, grew = str(grown.index[0]), float(grown.iloc[0])
    if grew < GREW or other_people(counts, Scope(by, "", value, int(rows[1][value]))):
        return None
    shares = (
        f"{percent(share[1][value])} of the incident's rows have {by} {value}, "
        f"{percent(share[0][value])} before"
    )
    if _one_score(counts, by, value):
        return Doubt(
            {by: value},
            grew,
            f"{shares}, nearly all of them with one score: they may be other rows, or rows whose "
            f"input is missing; look at what writes {value}.",
        )
    if _the_same_rows(counts, question, by, rows.drop(value)):
        return Doubt(
            {by: value},
            grew,
            f"{shares}, and all other groups of {by} shrank alike, while rows a day, the outcome "
            "rate and other columns stayed as they were: they may be the same rows under another "
            f"name, as after a look-up that fails, or other rows; look at what writes {value}.",
        )
    if exchanged := _exchanged(counts, question, by, rows):
        told = "; ".join(f"{by} {group}: {its.sentence()}" for group, its in exchanged)
        return Doubt(
            {by: value},
            grew,
            f"{shares}, but at the same scores outcomes rose in one group and fell in another "
            f"({told}): groups do not hold the rows that they held, as where an input that tells "
            f"them changed; look at what writes {by}.",
        )
    return None


def other_people(counts: Counts, scope: Scope) -> bool:
    """Whether far fewer of a group's rows, than of the rest's, are of clusters of both windows."""
    facts = counts.facts[counts.facts["window"] == 1]
    if "returning" not in facts or not counts.meta["clustered"]:
        return False
    own = facts[
        (facts["by"] == scope.by)
        & (facts["system"] == scope.system)
        & (facts["cohort"] == scope.cohort)
    ]
    everyone = facts[facts["by"] == "all"]
    known, rows = int(own["returning"].sum()), int(own["rows"].sum())
    rest = int(everyone["rows"].sum()) - rows
    if not rest:
        return False
    usual = (int(everyone["returning"].sum()) - known) / rest
    return known / rows < OTHERS * usual


def rows_by_group(counts: Counts, by: str) -> pd.DataFrame:
    """Rows by group (index) and window (columns 0 and 1)."""
    own = counts.facts[counts.facts["by"] == by]
    own = own.assign(group=own["cohort"].where(own["cohort"] != "", own["system"]))
    table = own.pivot_table(
        index="group", columns="window", values="rows", aggfunc="sum", fill_value=0
    )
    return table.reindex(columns=[0, 1], fill_value=0).sort_index()


def _one_score(counts: Counts, by: str, value: str) -> bool:
    own = grouping(counts, by)
    entries = own.entries(own.keys.index(("", value)))
    entries = entries[own.window[entries] == 1]
    rows = np.bincount(own.bin[entries], (own.positives + own.negatives)[entries])
    return bool(rows.max(initial=0.0) >= ONE_SCORE * rows.sum() > 0)


def _exchanged(
    counts: Counts, question: Question, by: str, rows: pd.DataFrame
) -> list[tuple[str, Rates]]:
    """The groups in which outcomes surely rose and fell furthest at the same scores, if both did.

    Rows that went to another group of a column took their outcomes with them. Other rows of the
    same groups bring none of it, labels that changed in one group move that one alone, and a
    season moves all one way. Each is sure beside as many groups as there are (Bonferroni).
    """
    share = rows / rows.sum()
    groups = share.index[(share >= NOTEWORTHY).all(axis=1) & (rows >= FEWEST).all(axis=1)]
    sure = 1 - (1 - question.thresholds.confidence) / max(len(groups), 1)
    best: dict[bool, tuple[float, str, Rates]] = {}
    for group in groups:
        its = rates(counts, Scope(by, "", str(group), int(rows[1][group])), sure)
        if its.apart.low is None or its.apart.high is None:
            continue
        for rose, beyond in ((True, its.apart.low - its.far), (False, -its.apart.high - its.far)):
            if beyond > 0 and (rose not in best or beyond > best[rose][0]):
                best[rose] = beyond, str(group), its
    return [best[rose][1:] for rose in (True, False)] if len(best) > 1 else []


def _the_same_rows(counts: Counts, question: Question, by: str, others: pd.DataFrame) -> bool:
    """Whether nothing but one group's share changed: nothing that other rows would bring."""
    everyone = counts.facts[counts.facts["by"] == "all"].set_index("window")["rows"]
    if len(others) < 2 or not as_many(counts, question):
        return False
    columns = [c for c in counts.groupings() if "*" not in c and c not in ("all", by)]
    if not all(
        _as_before(table) for table in (others, *(rows_by_group(counts, c) for c in columns))
    ):
        return False
    shift = rates(counts, Scope("all", "", "", int(everyone[1])), question.thresholds.confidence)
    moved = shift.outcome
    return moved.low is None or moved.high is None or moved.low <= 0 <= moved.high


def _as_before(rows: pd.DataFrame) -> bool:
    """Whether groups have the shares of before, but for chance or for very few rows."""
    kept = rows[rows.sum(axis=1) > 0]
    if len(kept) < 2 or not kept.sum().all():
        return True
    share = kept / kept.sum()
    if float((share[1] - share[0]).clip(lower=0).sum()) <= SHIFT:
        return True
    from scipy.stats import chi2_contingency  # here: its import takes a second

    return bool(chi2_contingency(kept.to_numpy()).pvalue > 1 / 20)
