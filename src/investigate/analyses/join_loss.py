"""Where rows lost their outcomes in a join: more than before, and more than the rest did.

A row without an outcome is left out, so a join that fails for some rows changes which rows are
ranked. A group fails when its share of lost rows rose by more than chance and by more than that
of the other groups of its column, which also lose what is merely late. All rows fail when theirs
rose so. A day on which it began is where lost rows of before and after differ most (the split of
greatest likelihood).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy

from investigate.analyses.wording import day, percent
from investigate.counts.memory import remembered
from investigate.counts.table import Counts, label
from investigate.errors import InputError
from investigate.finding import Finding
from investigate.question.question import Question

WORSE, SURELY = 0.05, 4.0
"""A share of lost rows must have risen by so much, and by so many standard errors."""
MOST = 0.5
"""A day is missing where more of its rows have no outcome."""
NAMED = 3
"""Groups that the sentence names."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """Rows of a group, and those without an outcome, in baseline and incident.

    usual: the share that the incident would have lost without the failure. fails: whether it did.
    """

    by: str
    system: str
    cohort: str
    rows: tuple[int, int]
    lost: tuple[int, int]
    usual: float
    fails: bool

    @property
    def shares(self) -> tuple[float, float]:
        """Lost rows over rows, in baseline and incident."""
        before, after = (
            lost / max(rows, 1) for rows, lost in zip(self.rows, self.lost, strict=True)
        )
        return before, after

    @property
    def name(self) -> str:
        """The group as sentences write it; empty for all rows."""
        return self.system or (f"{self.by} {self.cohort}" if self.cohort else "")


@remembered
def join_loss(counts: Counts, question: Question, by: str = "group") -> Finding:
    """Lost rows of all, of each system and of each cohort, or by ``day`` of those that fail."""
    if by not in ("group", "day"):
        raise InputError(f"by: must be 'group' or 'day', got {by!r}")
    if counts.join_days.empty:
        return Finding(name="join loss", claim="The question joins no table of outcomes.")
    found = losses(counts)
    order = sorted(found, key=lambda one: (one.by != "all", -one.lost[1], one.by, one.name))
    since = {id(one): began(counts, question, one) if one.fails else None for one in order}
    days = _days(counts, question, order)
    groups = tuple(
        {
            "by": one.by,
            "group": label(one.system, one.cohort),
            "rows": one.rows[1],
            "lost": one.lost[1],
            "share": one.shares[1],
            "share before": one.shares[0],
            "fails": one.fails,
            "since": since[id(one)],
        }
        for one in order
    )
    return Finding(
        name="join loss",
        claim=_claim(order, since, _dark(counts, question, order[0])),
        table=groups if by == "group" else tuple(days),
        caveats=(
            "Lost: rows with a score and without an outcome, as their key has none, or two that "
            "differ. They are left out of AUC.",
            "Fails: the share rose surely, and by more than that of the other groups.",
        ),
        detail={"days": days},
    )


@remembered
def losses(counts: Counts) -> tuple[Loss, ...]:
    """All rows, then every group of the system and of each cohort, in order."""
    windows = counts.join_days.groupby(["by", "system", "cohort", "window"], sort=True)
    sizes = pd.DataFrame(windows[["rows", "lost"]].sum().unstack("window", fill_value=0))
    rows_lost = sizes.reindex(columns=[(n, w) for n in ("rows", "lost") for w in (0, 1)])
    values = rows_lost.fillna(0).to_numpy(np.int64).reshape(-1, 2, 2)
    table = dict(zip(sizes.index.tolist(), values, strict=True))
    found, none = [], np.zeros((2, 2), dtype=np.int64)
    for by in counts.groupings():
        own = {key: value for key, value in table.items() if key[0] == by}
        total = sum(own.values(), none)
        first = [_loss(key, mine, total - mine) for key, mine in own.items()]
        # Once more beside the groups that do not fail: what they lost is usual.
        quiet = sum((own[key] for key, one in zip(own, first, strict=True) if not one.fails), none)
        found += [
            _loss(key, mine, quiet) if one.fails and quiet[0].min() > 0 else one
            for (key, mine), one in zip(own.items(), first, strict=True)
        ]
    return tuple(found)


def _loss(key: tuple[str, str, str], own: NDArray[Any], rest: NDArray[Any]) -> Loss:
    """Of the rows and lost rows, each by window: (2, 2), of a group and of the rest of its column.

    Whether the group fails.
    """
    rows, lost = ((int(before), int(after)) for before, after in own)
    before, after = (gone / max(size, 1) for size, gone in zip(rows, lost, strict=True))
    # What the other groups lost more than before is no failure of this one.
    others = rest[1] / np.maximum(rest[0], 1)
    general = max(float(others[1] - others[0]), 0.0) if rest[0].min() > 0 else 0.0
    usual = min(before + general, 1.0)
    share = sum(lost) / max(sum(rows), 1)
    spread = share * (1 - share) * sum(1 / max(size, 1) for size in rows)
    if rest[0].min() > 0:
        other = rest[1].sum() / rest[0].sum()
        spread += other * (1 - other) * float((1 / rest[0]).sum())
    rise = after - usual
    # A group that is all rows, such as the one system of a log, is no place.
    there = min(rows) > 0 and (key[0] == "all" or rest[0].min() > 0)
    fails = there and rise > WORSE and rise > SURELY * float(np.sqrt(spread))
    return Loss(*key, rows, lost, usual, bool(fails))


def began(counts: Counts, question: Question, loss: Loss) -> str | None:
    """The day from which on a group loses more rows, as a text; `None` where there is none."""
    own = _of(counts, loss)
    rows, lost = (own[name].to_numpy(float) for name in ("rows", "lost"))
    if len(own) < 2:
        return None
    before, gone = np.cumsum(rows)[:-1], np.cumsum(lost)[:-1]
    after, later = rows.sum() - before, lost.sum() - gone
    # Only a rise counts: the join failed, it was not mended.
    rose = later / np.maximum(after, 1) > gone / np.maximum(before, 1)
    likelihood = np.where(rose, _fit(before, gone) + _fit(after, later), -np.inf)
    if not np.isfinite(likelihood).any():
        return None
    first = pd.Timestamp(own["start"].iloc[int(np.argmax(likelihood)) + 1])
    return day(first.tz_convert(question.timezone).to_pydatetime())


def _fit(rows: Array, lost: Array) -> Array:
    """Log likelihood of ``lost`` of ``rows`` at their own share."""
    share = lost / np.maximum(rows, 1)
    return np.asarray(xlogy(lost, share) + xlogy(rows - lost, 1 - share))


def _of(counts: Counts, loss: Loss) -> pd.DataFrame:
    days = counts.join_days
    own = days[
        (days["by"] == loss.by) & (days["system"] == loss.system) & (days["cohort"] == loss.cohort)
    ]
    return own.groupby("start", as_index=False)[["rows", "lost"]].sum()


def _days(counts: Counts, question: Question, order: list[Loss]) -> list[dict[str, Any]]:
    """All rows by bucket, and those of the groups that fail."""
    return [
        {
            "group": label(one.system, one.cohort),
            "start": day(start.tz_convert(question.timezone).to_pydatetime()),
            "rows": int(rows),
            "lost": int(lost),
            "share": float(lost / max(rows, 1)),
        }
        for one in order
        if one.by == "all" or one.fails
        for start, rows, lost in _of(counts, one).itertuples(index=False)
    ]


def _dark(counts: Counts, question: Question, whole: Loss) -> list[str]:
    """Days of the incident on which most rows, and surely more than before, have no outcome."""
    days = counts.join_days
    days = days[(days["by"] == "all") & (days["window"] == 1)]
    days = days.groupby("start", as_index=False)[["rows", "lost"]].sum()
    rows = days["rows"].clip(lower=1)
    before = whole.shares[0]
    # A share of 0 has an error too: that of one row more.
    error = np.sqrt((before + 1 / rows) * (1 - before) / rows)
    rise = days["lost"] / rows - before
    dark = days[(days["lost"] > MOST * days["rows"]) & (rise > SURELY * error)]
    return [
        f"{day(start.tz_convert(question.timezone).to_pydatetime())} "
        f"({percent(lost / size)} of {int(size):,} rows)"
        for start, size, lost in dark.itertuples(index=False)
    ]


def _claim(order: list[Loss], since: dict[int, str | None], dark: list[str]) -> str:
    whole = order[0]
    before, after = whole.shares
    text = (
        f"{percent(after)} of the incident's rows find no outcome, and {percent(before)} of the "
        "baseline's"
    )
    failing = [one for one in order if one.fails and one.by != "all"]
    if not failing and dark and not whole.fails:
        others = f" and {len(dark) - NAMED} days more" if len(dark) > NAMED else ""
        names = f"{', '.join(dark[:NAMED])}{others}"
        them = "that day" if len(dark) == 1 else "these days"
        return f"{text}; most are missing on {names}, and AUC says nothing of {them}."
    if not failing:
        rise = "too small a rise to count as a failed join" if after > before else "no rise"
        if after - before > WORSE and not whole.fails:
            rise = "a rise that so few rows do not make sure"
        return f"{text}; {'no group lost more than others' if whole.fails else rise}."
    names = "; ".join(_group(one, whole, since[id(one)]) for one in failing[:NAMED])
    more = len(failing) - NAMED
    return f"{text}; more than others: {names}{f'; and {more} more' if more > 0 else ''}."


def _group(one: Loss, whole: Loss, since: str | None) -> str:
    before, after = one.shares
    dated = f" from {since} on," if since else ""
    return (
        f"{one.name} ({percent(after)}, before {percent(before)},{dated} "
        f"{percent(one.lost[1] / max(whole.lost[1], 1))} of all lost rows)"
    )


def failing(counts: Counts) -> Iterator[Loss]:
    """The groups that fail, those that lost most rows first; all rows where no group does."""
    found = [one for one in losses(counts) if one.fails] if len(counts.join_days) else []
    groups = [one for one in found if one.by != "all"]
    return iter(sorted(groups or found, key=lambda one: (-one.lost[1], one.by, one.name)))
