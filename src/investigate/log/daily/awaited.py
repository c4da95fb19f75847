"""Outcomes that are joined by a key and come later: each day's as they were at one age.

A row has the outcome that its key had when its day was over and a set time had passed. So a day
that is new is compared with others as they were at the same age, and what is counted of a day
does not depend on when it is counted.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.log.files import find
from investigate.log.joining import key, observed, require_own_name
from investigate.log.local import UTC_TIME
from investigate.log.rows import DAY, REASONS
from investigate.log.source import Engine, column, readable
from investigate.log.sums import sums
from investigate.log.temporary import beside, keep
from investigate.question.question import Question

Every = Literal["day", "hour"]

KNOWN = "since when the outcome of this row is known"
AGAINST = "since when another outcome stands against it"
SECONDS: dict[Every, int] = {"day": DAY, "hour": 3_600}
_KEY = "the key of this row"
_STEPS, _END = "steps after its end", "the end of its bucket"


def awaited(log: ibis.Table, question: Question, engine: Engine) -> tuple[ibis.Table, list[str]]:
    """`log` with the outcome of each row's key, and the names of what tells since when it is known.

    These are `KNOWN` and `AGAINST` where outcomes say when they were observed. Then the outcome
    is the first that its key had. Else a key with two outcomes has none. Raises `InputError` as
    `observed` does.
    """
    asked = question.outcomes
    if asked is None:
        return log, []
    require_own_name(question)
    dated = asked.columns.observed_at is not None
    outcomes = observed(question, engine, moments=dated)
    outcomes = outcomes.filter(outcomes.key.notnull(), outcomes.outcome.notnull())
    with readable(find(asked.log, "outcomes")):
        by_key = keep(_dated(outcomes) if dated else _alone(outcomes))
    name = asked.columns.outcome
    own = key(column(log, question.columns.key or asked.columns.key, "columns.key"))
    log = log.mutate(**{_KEY: own})
    known = {KNOWN: by_key.known, AGAINST: by_key.against} if dated else {}
    beside_it = by_key.select(**{_KEY: by_key.key, name: by_key.outcome}, **known)
    rows = log.drop(name) if name in log.columns else log
    joined = rows.left_join(beside_it, _KEY).drop(f"{_KEY}_right", _KEY)
    return joined, list(known)


def _alone(outcomes: ibis.Table) -> ibis.Table:
    by_key = outcomes.group_by("key").agg(kinds=_.outcome.nunique(), outcome=_.outcome.min())
    return by_key.mutate(outcome=ibis.ifelse(_.kinds > 1, None, _.outcome))


def _dated(outcomes: ibis.Table) -> ibis.Table:
    """The first outcome of each key and since when it is known, and since when there are two."""
    dated = outcomes.filter(outcomes.seen.notnull())
    first = dated.group_by(["key", "outcome"]).agg(seen=_.seen.min())
    order = ibis.window(group_by="key", order_by=["seen", "outcome"])
    placed = first.mutate(place=ibis.row_number().over(order))
    return placed.group_by("key").agg(
        outcome=_.outcome.max(where=_.place == 0),
        known=_.seen.max(where=_.place == 0),
        against=_.seen.max(where=_.place == 1),
    )


def of_age(rows: ibis.Table, every: Every, timezone: str, wait: timedelta) -> ibis.Table:
    """`rows` with the outcomes that were known `wait` after the end of each row's bucket."""
    ended = _with_ends(rows, every, timezone)
    until = ended[_END] + ibis.interval(seconds=round(wait.total_seconds()))
    unknown = (ended[KNOWN] >= until).fill_null(False) | (ended[AGAINST] < until).fill_null(False)
    nothing = ibis.literal(None, type=ended.outcome.type())
    missing = ibis.literal(REASONS.index("missing outcome"), type=ended.reason.type())
    changed = ended.mutate(
        outcome=ibis.ifelse(unknown, nothing, ended.outcome),
        reason=ibis.ifelse(unknown, missing, ended.reason),
        pending=ended.pending | unknown,
    )
    return keep(changed.drop(_END, KNOWN, AGAINST))


def delays(rows: ibis.Table, every: Every, timezone: str, until: datetime) -> pd.DataFrame:
    """How long outcomes took: ``start`` of the bucket, its ``end``, ``steps``, ``rows``.

    An outcome took so many whole buckets after the end of its own; 0 if it was known before it.
    Those observed before `until` alone.
    """
    known = rows.filter(rows[KNOWN].notnull(), rows[KNOWN] < ibis.literal(until, type=UTC_TIME))
    ended = _with_ends(known, every, timezone)
    behind = (ended[KNOWN].epoch_seconds() - ended[_END].epoch_seconds()).cast("int64")
    steps: Any = ibis.greatest((behind // SECONDS[every]).cast("int64") + 1, 0)
    sizes = sums(ended.mutate(**{_STEPS: steps}), ["start", _STEPS], {"rows": _.count()})
    sizes = sizes.rename(columns={_STEPS: "steps"}).astype({"start": "datetime64[us, UTC]"})
    starts = pd.DatetimeIndex(sizes["start"])
    return sizes.assign(end=ends(starts, every, timezone), steps=sizes["steps"].astype("int64"))


def _with_ends(rows: ibis.Table, every: Every, timezone: str) -> ibis.Table:
    found = sums(rows, ["start"], {"rows": _.count()})
    starts = pd.DatetimeIndex(found["start"].astype("datetime64[us, UTC]"))
    table = pd.DataFrame({"start": starts, _END: ends(starts, every, timezone)})
    return rows.left_join(beside(rows, table), "start").drop("start_right")


def ends(starts: pd.DatetimeIndex, every: Every, timezone: str) -> pd.DatetimeIndex:
    """Where buckets end that begin at `starts` (UTC): the next midnight of `timezone`."""
    if every == "hour":
        return starts + pd.Timedelta(hours=1)
    # A day whose midnight clocks leave out begins a little later.
    local = starts.tz_convert(timezone).tz_localize(None).normalize() + pd.Timedelta(days=1)
    first = np.ones(len(local), dtype=bool)
    following = local.tz_localize(timezone, ambiguous=first, nonexistent="shift_forward")
    return pd.DatetimeIndex(following.tz_convert("UTC").astype("datetime64[us, UTC]"))
