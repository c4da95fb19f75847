"""Replayed rows as counts: by arm, by arm and group, and what each system wrote."""

from functools import reduce
from math import floor, log2
from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.errors import InputError
from investigate.log.groups import Groups
from investigate.log.local import NO_YEAR, UTC_TIME, day_start, years_of
from investigate.log.pairs import Pair
from investigate.log.replay import arms
from investigate.log.replay.frame import Frame
from investigate.log.replay.placed import with_counts, with_values
from investigate.log.replay.writes import Writes, numbered, raw, usable
from investigate.log.rows import DAY
from investigate.log.source import Engine, hint
from investigate.log.sums import sums
from investigate.log.tables import by_scope
from investigate.log.temporary import keep
from investigate.question.fields import Source
from investigate.question.question import Question

FINENESS = 256
"""The standard deviation of the inner scores holds this many bins, up to twice as many."""
COARSER = 16
"""So many bins are one where groups are replayed."""
FEW_SYSTEMS = 4
"""With more systems arms are many, and their bins eight times as wide."""
BATCH = 32
"""Arms that are counted in one query."""
MICRO = 1_000_000

_OUTCOMES = {"positives": (_.outcome == 1).sum(), "negatives": (_.outcome == 0).sum()}


def width(frame: Frame) -> float:
    """The width of a replay's bins: a power of two, so that engines agree on every edge."""
    rows = frame.rows.filter(_.reason.isnull(), _.stretch == 1)
    spread = rows.agg(sd=_.inner.std()).to_pyarrow().to_pylist()[0]["sd"] or 1.0
    wider = 1 if len(frame.writes.systems) <= FEW_SYSTEMS else 8
    return float(2.0 ** floor(log2(spread / FINENESS))) * wider


def replay(rows: ibis.Table, frame: Frame, question: Question, step: float) -> pd.DataFrame:
    """``method``, ``kept``, ``stretch``, ``fold``, ``bin``, ``positives``, ``negatives``."""
    asked = arms.arms(len(frame.writes.systems), with_moves=not question.precedence)
    frames = []
    for start in range(0, len(asked), BATCH):
        batch = asked[start : start + BATCH]
        inner = [_replayed(arm, frame, question) for arm in batch]
        laid = _laid(rows, inner, step, ["stretch", "fold", "outcome"])
        found = sums(laid, ["arm", "stretch", "fold", "bin"], _OUTCOMES)
        frames.append(_named(found, batch))
    found = pd.concat(frames, ignore_index=True)
    return found.astype(dict.fromkeys(["kept", "stretch", "fold", "bin"], "int64"))


def candidates(
    rows: ibis.Table, frame: Frame, question: Question, step: float, engine: Engine
) -> pd.DataFrame | None:
    """As `replay`, for the arms that the question names, if any; ``kept`` is the arm's number."""
    frames = []
    for number, arm in enumerate(question.replay.arms):
        writes = _replaced(frame.writes, arm.system, arm.history, number, question, engine)
        names = {f"n{j}": j for j in range(len(writes.systems))}
        kept = ["item", "time", "outcome", "fold", "stretch", "inner", "in_force"]
        placed = with_values(with_counts(rows.select(kept), writes, []), writes, names)
        value = arms.in_force(list(names), writes.systems, question.precedence)
        change = frame.formula.difficulty_slope * (value - _.in_force)
        inner = _.inner + change.fill_null(0.0)
        laid = _laid(placed, [inner], step, ["stretch", "fold", "outcome"])
        found = sums(laid, ["arm", "stretch", "fold", "bin"], _OUTCOMES)
        frames.append(_named(found, [arms.ReplayArm("candidate", number)]))
    return pd.concat(frames, ignore_index=True) if frames else None


def slices(
    rows: ibis.Table,
    frame: Frame,
    groups: list[Groups],
    pairs: list[Pair],
    question: Question,
    step: float,
) -> pd.DataFrame:
    """Scope, ``method``, ``kept``, ``bin``, ``positives``, ``negatives`` of the incident.

    The arms are all systems kept, each undone alone, and all undone.
    """
    systems = len(frame.writes.systems)
    everything = (1 << systems) - 1
    chosen = {everything, 0, *(everything ^ (1 << j) for j in range(systems))}
    asked = [a for a in arms.arms(systems, not question.precedence) if a.kept in chosen]
    inner = [_replayed(arm, frame, question) for arm in asked]
    codes = [group.code for group in groups]
    incident = rows.filter(_.stretch == 1)
    laid = keep(_laid(incident, inner, step * COARSER, ["outcome", *codes]))
    return _named(by_scope(laid, groups, pairs, ["arm", "bin"], _OUTCOMES), asked)


def values(frame: Frame, question: Question) -> pd.DataFrame:
    """``item``, ``system`` (empty: in force), ``moment``, ``difficulty``.

    Moments: 0 the placebo's freeze, 1 the incident's, 2 the incident's end.
    """
    systems, table = frame.writes.systems, frame.writes.table
    moments = [frame.placebo.freeze, frame.incident.freeze, frame.incident.end]
    frames = []
    for number, moment in enumerate(moments):
        early = table.filter(_.time < ibis.literal(moment))
        last = early.group_by("item", "system").agg(place=_.place.max())
        found = last.join(early, ["item", "system", "place"])
        own = found.select("item", "system", "place", "difficulty").to_pandas()
        frames.append(pd.concat([own, _in_force(own, systems, question)]).assign(moment=number))
    whole = pd.concat(frames, ignore_index=True)[["item", "system", "moment", "difficulty"]]
    whole = whole.astype({"item": "str", "system": "str", "difficulty": "float64"})
    return whole.sort_values(["system", "item", "moment"], ignore_index=True)


def writes(frame: Frame, seconds: int, question: Question) -> pd.DataFrame:
    """``start`` (UTC), ``system``, ``over``, ``writes``, ``moved`` by bucket.

    ``over`` is the system that wrote the item before, empty at first; ``moved`` the sum of
    absolute steps, in millionths.
    """
    table = frame.writes.table
    if seconds == DAY:
        start = day_start(table.time, question.timezone, years_of(table.time) or NO_YEAR)
    else:
        start = table.time.truncate({3_600: "h", 60: "m"}[seconds]).cast(UTC_TIME)
    size = (_.step.abs().clip(0, 1e6) * MICRO).round().cast("int64")
    sized = table.mutate(start=start, over=_.over.fill_null(""), size=size)
    keys = ["start", "system", "over"]
    found = sums(sized, keys, {"writes": _.count(), "moved": _.size.sum(where=_.place > 1)})
    return found.astype({"start": "datetime64[us, UTC]", "system": "str", "over": "str"})


def _replayed(arm: arms.ReplayArm, frame: Frame, question: Question) -> Any:
    return arms.replayed(arm, frame.writes.systems, question.precedence, frame.formula)


def _laid(rows: ibis.Table, inner: list[Any], step: float, kept: list[str]) -> ibis.Table:
    """Each row once for every inner score, with the number of its ``arm`` and its ``bin``.

    One query for many arms: the rows are read once.
    """
    places = ibis.array([_binned(score, step) for score in inner])
    return rows.select(*kept, bin=places).unnest("bin", offset="arm")


def _named(found: pd.DataFrame, asked: list[arms.ReplayArm]) -> pd.DataFrame:
    """``method`` and ``kept`` instead of the arms' numbers."""
    place = list(found).index("arm")
    numbers = found.pop("arm").tolist()
    found.insert(place, "method", [asked[number].method for number in numbers])
    found.insert(place + 1, "kept", [asked[number].kept for number in numbers])
    return found.astype({"method": "str", "kept": "int64"})


def _binned(inner: Any, step: float) -> Any:
    return (inner / step).clip(-1e9, 1e9).floor().cast("int64")


def _in_force(own: pd.DataFrame, systems: list[str], question: Question) -> pd.DataFrame:
    order = list(question.precedence) or systems
    rank = own["system"].map({name: -i for i, name in enumerate(order)})
    key = rank if question.precedence else own["place"]
    best = own.assign(key=key).sort_values(["item", "key"]).groupby("item").tail(1)
    return best.drop(columns="key").assign(system="")


def _replaced(
    real: Writes, system: str, source: Source, number: int, question: Question, engine: Engine
) -> Writes:
    part = f"replay.arms[{number}]"
    if system not in real.systems:
        raise InputError(
            f"{part}.system: the history has no {system!r}; {hint(system, real.systems)}"
        )
    repaired = raw(source, f"{part}.history", question, engine)
    # A file may hold the writes of all systems, corrected.
    repaired = repaired.filter(_.system.isnull() | (_.system == system))
    repaired = usable(repaired.mutate(system=ibis.literal(system)))
    if not repaired.count().to_pyarrow().as_py():
        raise InputError(
            f"{part}.history: it holds no write of {system!r} with a time, an item and a "
            "difficulty; check history.columns"
        )
    columns = ["time", "item", "system", "difficulty"]
    rest = real.table.filter(_.system != system).select(columns)
    united = reduce(ibis.union, [rest, repaired.select(columns)])
    return Writes(numbered(united).table, sorted({*real.systems, system}), 0)
