"""Counted rows as the tables of `Counts`: sums by group, then labels instead of numbers.

The engine sums the finest groups; sums of these sums are the coarser ones, exactly,
because all are integers.
"""

from itertools import combinations
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import SCOPE
from investigate.log.coding import Coding
from investigate.log.groups import Groups
from investigate.log.pairs import Pair
from investigate.log.temporary import beside

MOST_CROSSED = 8
"""The first cohorts of the question, so many, are combined with each other."""

MOST_ITEMS, BANDS = 3_000, 10
"""Items, those with most rows, and bands of scores, in which items' outcomes are counted."""

_SPREAD = ["window", "fold", "bin"]


def pairs(counted: ibis.Table, groups: list[Groups], least: int) -> list[Pair]:
    """The system and each cohort; what has fewer than `least` rows is counted together."""
    scored = counted.filter(_.scored, _.window >= 0)
    system, *cohorts = groups
    rows = {"rows": _.count()}
    return [
        Pair.of(system, cohort, sums(scored, [system.code, cohort.code], rows), least)
        for cohort in cohorts
    ]


def slices(counted: ibis.Table, groups: list[Groups], pairs: list[Pair]) -> pd.DataFrame:
    """Outcomes by scope, window, fold and bin."""
    scored = counted.filter(_.scored, _.window >= 0)
    return by_scope(scored, groups, pairs, _SPREAD, _outcomes())


def crossed(counted: ibis.Table, groups: list[Groups], least: int) -> pd.DataFrame | None:
    """Outcomes by every two cohorts combined, window and coarse bin; `None` with fewer than two.

    Cells of fewer than `least` rows are counted together.
    """
    scored = counted.filter(_.scored, _.window >= 0)
    frames = []
    for first, second in combinations(groups[1:][:MOST_CROSSED], 2):
        keys = [first.code, second.code, "window", "coarse"]
        frame = sums(scored, keys, _outcomes()).rename(columns={"coarse": "bin"})
        rows = frame.assign(rows=frame["positives"] + frame["negatives"])
        pair = Pair.of(first, second, rows, least)
        tiny = pair.where(frame)
        nothing = np.zeros(len(frame), dtype=np.intp)
        frame.insert(0, "first", repeated([first.name], nothing))
        frame.insert(1, "second", repeated([second.name], nothing))
        frame.insert(2, "cohort", repeated(first.labels, frame.pop(first.code)))
        frame.insert(3, "other", repeated(second.labels, frame.pop(second.code)))
        if tiny.any():
            frame = pair.together(frame, tiny, ["cohort", "other"])
            labels = ["first", "second", "cohort", "other", "window", "bin"]
            frame = summed(frame, labels, list(_outcomes()))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else None


def arms(counted: ibis.Table) -> pd.DataFrame:
    """Outcomes by window, fold and bin of the rows that stay when a suspect is undone."""
    scored = counted.filter(_.scored, _.window >= 0)
    kept = {"duplicate_rows": ~_.repeat, "missing_input": ~_.defaulted}
    frames = []
    for arm, stays in kept.items():
        frame = sums(scored.filter(stays), _SPREAD, _outcomes())
        frame.insert(0, "arm", repeated([arm], np.zeros(len(frame), dtype=np.intp)))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def facts(counted: ibis.Table, groups: list[Groups], pairs: list[Pair]) -> pd.DataFrame:
    """What stands in each scope and window, beside its scores."""
    measures = {
        "rows": _.scored.sum(),
        "positives": _.outcome.sum(where=_.scored),
        "repeats": _.repeat.sum(where=_.scored),
        "defaulted": _.defaulted.sum(where=_.scored),
        "seasoned": _.seasoned.sum(where=_.scored),
        "returning": _.returning.sum(where=_.scored),
        "unscored": (~_.scored).sum(),
    }
    return by_scope(counted.filter(_.window >= 0), groups, pairs, ["window"], measures)


def items(counted: ibis.Table, groups: list[Groups], coding: Coding) -> pd.DataFrame:
    """Outcomes and bins of each item, by system and by each cohort."""
    scored = counted.filter(_.scored, _.window >= 0, _["item"].notnull())
    halves = scored.mutate(half=_.fold % 2)
    measures = {"rows": _.count(), "positives": _.outcome.sum(), "bins": _.bin.sum()}
    measures["squares"] = (_.bin.cast("int64") * _.bin.cast("int64")).sum()
    system, *cohorts = groups
    keys = ["item", "window", "half"]
    frames = [_scoped(sums(halves, [system.code, *keys], measures), "system", system, None)]
    for cohort in cohorts:
        frame = sums(halves, [cohort.code, *keys], measures)
        frames.append(_scoped(frame, cohort.name, None, cohort))
    return _named(pd.concat(frames, ignore_index=True), coding)


def _named(frame: pd.DataFrame, coding: Coding) -> pd.DataFrame:
    frame["item"] = coding.texts("item", frame["item"])
    return frame


def item_bands(counted: ibis.Table, system: Groups, coding: Coding) -> pd.DataFrame:
    """Outcomes of the items with most rows, by system, window and band of scores."""
    scored = counted.filter(_.scored, _.window >= 0, _["item"].notnull())
    sizes = sums(scored, ["item"], {"rows": _.count()})
    most = sizes.sort_values(["rows", "item"], ascending=[False, True]).head(MOST_ITEMS)
    # Few distinct scores have fewer coarse bins, and none has a number beyond the last.
    found = counted.agg(last=_.coarse.max()).to_pyarrow().to_pylist()[0]["last"]
    scored = scored.mutate(band=(_.coarse * BANDS // ((found or 0) + 1)).cast("int64"))
    if len(most) < len(sizes):
        scored = scored.semi_join(beside(scored, most[["item"]].reset_index(drop=True)), "item")
    frame = sums(scored, ["item", system.code, "window", "band"], _outcomes())
    frame.insert(1, "system", repeated(system.labels, frame.pop(system.code)))
    return _named(frame, coding)


def sums(rows: ibis.Table, keys: list[str], measures: dict[str, Any]) -> pd.DataFrame:
    """The integer `measures` of `rows` by `keys`, in the keys' order."""
    whole = {name: measure.fill_null(0).cast("int64") for name, measure in measures.items()}
    found = rows.group_by(keys).agg(**whole).to_pyarrow().to_pandas()
    return summed(found, keys, list(measures))


def summed(frame: pd.DataFrame, keys: list[str], measures: list[str]) -> pd.DataFrame:
    """`frame` by `keys`, in their order, its `measures` added up; integers are int64.

    Ordered here, because engines do not order text alike, and as one number a row,
    because there may be millions.
    """
    place = np.zeros(len(frame), dtype=np.int64)
    for name in keys:
        codes, known = pd.factorize(frame[name], sort=True)
        place = place * max(len(known), 1) + codes
    order = np.argsort(place)
    ordered = place[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    result = frame[keys].take(order[first])
    for name in measures:
        values = frame[name].to_numpy()[order]
        result[name] = np.add.reduceat(values, first) if len(first) else values
    whole = [name for name in result if result[name].dtype.kind in "iu"]
    return result.astype(dict.fromkeys(whole, "int64")).reset_index(drop=True)


def repeated(labels: list[str], places: Any) -> Any:
    """The label at each place, as pandas text."""
    return pd.array(labels, dtype="str").take(np.asarray(places))


def _outcomes() -> dict[str, Any]:
    return {"positives": (_.outcome == 1).sum(), "negatives": (_.outcome == 0).sum()}


def by_scope(
    rows: ibis.Table,
    groups: list[Groups],
    pairs: list[Pair],
    keys: list[str],
    measures: dict[str, Any],
) -> pd.DataFrame:
    """The integer `measures` of `rows` by scope and `keys`: every row once in each grouping.

    ``pairs`` are the system and each cohort.
    """
    system, *cohorts = groups
    crossed = [[system.code, cohort.code] for cohort in cohorts] or [[system.code]]
    finest = [sums(rows, [*codes, *keys], measures) for codes in crossed]

    def coarser(frame: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
        return summed(frame, [*codes, *keys], list(measures))

    frames = [
        _scoped(coarser(finest[0], []), "all", None, None),
        _scoped(coarser(finest[0], [system.code]), "system", system, None),
    ]
    for cohort, frame in zip(cohorts, finest, strict=False):
        frames.append(_scoped(coarser(frame, [cohort.code]), cohort.name, None, cohort))
    for pair, frame in zip(pairs, finest, strict=False):
        tiny = pair.where(frame)
        frame = _scoped(frame, f"system*{pair.second.name}", system, pair.second)
        if tiny.any():
            frame = pair.together(frame, tiny, ["system", "cohort"])
            frame = summed(frame, [*SCOPE, *keys], list(measures))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _scoped(
    frame: pd.DataFrame, by: str, system: Groups | None, cohort: Groups | None
) -> pd.DataFrame:
    nothing = np.zeros(len(frame), dtype=np.intp)
    scope = [repeated([by], nothing)]
    for group in (system, cohort):
        values = repeated(group.labels, frame.pop(group.code)) if group else repeated([""], nothing)
        scope.append(values)
    for place, (name, values) in enumerate(zip(SCOPE, scope, strict=True)):
        frame.insert(place, name, values)
    return frame
