"""Who serves the same items: a system that took them over, or two that take turns.

Only items of both windows count, so that neither new items nor new people look like it.
"""

import pandas as pd

from investigate.analyses.suspects.items import ItemEvidence
from investigate.analyses.suspects.narrowing import NEARLY_ALL
from investigate.analyses.wording import percent
from investigate.counts.memory import remembered, remembered_of
from investigate.counts.table import OTHER, Counts

TURNS = 0.1
"""Systems take turns at an item when each serves at least this share of its rows."""
MOST = 0.5
"""Share of the rows, beyond the baseline's, whose items must be taken in turns."""
TAKEN = 0.15
"""A system took over when its share of the same items' rows grew by this much."""


def took_over(counts: Counts, cohort: dict[str, str] | None) -> str | None:
    """The system whose share of the rows grew most, if by much."""
    facts = counts.facts
    if cohort:
        ((column, value),) = cohort.items()
        own = facts[(facts["by"] == f"system*{column}") & (facts["cohort"] == value)]
    else:
        own = facts[facts["by"] == "system"]
    if not cohort and not counts.items.empty:
        own = _common(counts)
    rows = own.pivot_table(index="system", columns="window", values="rows", aggfunc="sum")
    share = rows.reindex(columns=[0, 1]).fillna(0)
    share = share / share.sum()
    grew = share[1] - share[0]
    if not cohort:
        # What grew because more rows of its own cohorts came took nothing over.
        for within in _within_cohorts(counts):
            other = within.reindex(grew.index).fillna(0.0)
            grew = grew.where(grew < other, other)
    return str(grew.idxmax()) if len(grew) > 1 and grew.max() > TAKEN else None


@remembered
def _within_cohorts(counts: Counts) -> tuple["pd.Series[float]", ...]:
    """How much each system's share grew within the values of each cohort column.

    By the incident's rows of the values that both windows have, where these are most.
    """
    facts = counts.facts
    pairs = facts[facts["by"].str.startswith("system*")]
    found = []
    for _, own in pairs.groupby("by", sort=True):
        rows = own.pivot_table(
            index="cohort", columns=["window", "system"], values="rows", aggfunc="sum", fill_value=0
        )
        totals = rows.T.groupby(level="window").sum().T.reindex(columns=[0, 1], fill_value=0)
        known = (totals > 0).all(axis=1)
        if totals.loc[known, 1].sum() <= MOST * totals[1].sum():
            continue
        weight = totals.loc[known, 1] / totals.loc[known, 1].sum()
        before, now = (
            rows.loc[known].reindex(columns=[window], level="window").droplevel(0, axis=1)
            for window in (0, 1)
        )
        shares = (
            side.div(totals.loc[known, w], axis=0).mul(weight, axis=0).sum()
            for w, side in enumerate((before, now))
        )
        then, after = shares
        found.append(after.sub(then, fill_value=0))
    return tuple(found)


@remembered_of("items")
def take_turns(counts: Counts) -> bool:
    """Whether two systems or more now serve most items in turn, and did not before."""
    if counts.items.empty:
        return False
    rows = _common(counts).pivot_table(
        index=["window", "item"], columns="system", values="rows", aggfunc="sum", fill_value=0
    )
    total = rows.sum(axis=1)
    turns = (rows.ge(TURNS * total, axis=0).sum(axis=1) > 1) & (total > 0)
    share = (total * turns).groupby("window").sum() / total.groupby("window").sum()
    return bool(share.get(1, 0.0) - share.get(0, 0.0) > MOST)


def may_answer(counts: Counts, seen: ItemEvidence, system: str) -> bool:
    """Whether a system's values may have gone wild by answering those of others, unseen.

    Systems that correct the same error twice overshoot, more with each write: values vary more
    and more. Who serves in the end has written last. Without a history the log shows no more.
    """
    if counts.meta.get("replay") is not None or took_over(counts, None) != system:
        return False
    wilder = seen.scatter.low is not None and seen.scatter.low > 1
    return wilder and share_of(counts, system)[1] >= NEARLY_ALL


def answering(counts: Counts, system: str) -> str:
    """What is known of a system that `may_answer` others, as one sentence more."""
    before, now = share_of(counts, system)
    return (
        f" {system} has the last word in {percent(now)} of the rows, {percent(before)} before: it "
        "may have spoilt these values alone, or by answering what others wrote."
    )


@remembered_of("items")
def _common(counts: Counts) -> pd.DataFrame:
    own = counts.items[(counts.items["by"] == "system") & (counts.items["item"] != OTHER)]
    both = own.groupby("item")["window"].nunique()
    return own[own["item"].isin(both.index[both == 2])]


def released(counts: Counts) -> str | None:
    """The system that took rows over and serves nearly all of them now, as a new release does."""
    taken = took_over(counts, None)
    return taken if taken and share_of(counts, taken)[1] >= NEARLY_ALL else None


def served_told(counts: Counts, system: str | None) -> str:
    """The share of the rows that a system serves, as a sentence to add; nothing without one."""
    if system is None:
        return ""
    before, now = (percent(share) for share in share_of(counts, system))
    return f" {system} served {now} of the incident's rows, {before} before."


def share_of(counts: Counts, system: str) -> tuple[float, float]:
    """The share of the rows that a system served in each window."""
    own = counts.facts[counts.facts["by"] == "system"]
    rows, window = own["rows"].to_numpy(float), own["window"].to_numpy()
    its = (own["system"] == system).to_numpy()
    before, now = (rows[its & (window == w)].sum() / rows[window == w].sum() for w in (0, 1))
    return float(before), float(now)
