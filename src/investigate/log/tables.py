"""Counted rows as the tables of `Counts`: sums by group, then labels instead of numbers.

The engine sums the finest groups; sums of these sums are the coarser ones, exactly,
because all are integers.
"""

from collections.abc import Callable
from functools import partial
from itertools import combinations
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import SCOPE
from investigate.log.groups import Groups
from investigate.log.pairs import Pair
from investigate.log.sums import Sizes, each, summed, sums, tallied
from investigate.log.weights import SIDES, outcomes

MOST_CROSSED = 8
"""The first cohorts of the question, so many, are combined with each other."""

MOST_CELLS, FEWEST_BINS = 50_000, 16
"""Cells of two cohorts of a large log combined, in which bins are chosen, and how few these are."""

Labelled = Callable[[list[str], Any], Any]
_SPREAD = ["window", "fold", "bin"]
_MARKS = ["scored", "positives", "repeats", "defaulted", "seasoned", "returning"]
"""What each row is (1) or is not (0)."""
_FACTS = ["rows", "positives", "repeats", "defaulted", "seasoned", "returning", "unscored"]


def finest(counted: ibis.Table, groups: list[Groups], sizes: Sizes) -> list[pd.DataFrame]:
    """The measures of `facts` by window, system and each cohort in turn; by system without."""
    # What a row is or is not is a key too, so that the engine has nothing to do but count.
    marked = counted.mutate(positives=_.outcome, repeats=_.repeat)
    sizes = {**sizes, **dict.fromkeys(_MARKS, 2)}
    found = _finest(marked, groups, ["window", *_MARKS], {"rows": _.count()}, sizes)
    frames = []
    for frame in found:
        scored = frame["rows"] * frame["scored"]
        own = {name: scored * frame[name] for name in _MARKS[1:]}
        own |= {"unscored": frame["rows"] - scored, "rows": scored}
        keys = [str(name) for name in frame if name not in ("rows", *_MARKS)]
        frames.append(summed(frame[keys].assign(**own), keys, _FACTS))
    return frames


def pairs(groups: list[Groups], own: list[pd.DataFrame], least: int) -> list[Pair]:
    """The system and each cohort; what has fewer than `least` rows is counted together.

    `own` is what `finest` found.
    """
    system, *cohorts = groups
    return [
        Pair.of(system, cohort, frame[frame["rows"] > 0], least)
        for cohort, frame in zip(cohorts, own, strict=False)
    ]


def crossed(
    counted: ibis.Table,
    groups: list[Groups],
    least: int,
    last: int,
    large: bool,
    sizes: Sizes,
) -> pd.DataFrame | None:
    """Outcomes by every two cohorts combined, window and coarse bin; `None` with fewer than two.

    Cells of fewer than `least` rows are counted together. ``last`` is the number of the last
    coarse bin; of a `large` log, columns of many groups are counted in fewer.
    """
    scored = counted.filter(_.scored, _.window >= 0)
    pairs = list(combinations(groups[1:][:MOST_CROSSED], 2))
    groupings = [[first.code, second.code, "window", "coarse"] for first, second in pairs]
    fewer = [_fewer_bins(pair, last) if large else last + 1 for pair in pairs]
    whole = [keys for keys, bins in zip(groupings, fewer, strict=True) if bins > last]
    found = iter(each(whole, sizes, partial(_crossed, scored, sizes=sizes)))
    frames = []
    for (first, second), keys, bins in zip(pairs, groupings, fewer, strict=True):
        if bins > last:
            frame = next(found)
        else:
            coarser = _.coarse.cast("int32") * bins // (last + 1)
            frame = _crossed(scored.mutate(coarse=coarser), keys, sizes)
        frame = frame.rename(columns={"coarse": "bin"})
        # Cells are small by their rows, whatever these weigh.
        pair = Pair.of(first, second, frame, least)
        frame = frame.drop(columns="rows")
        tiny = pair.where(frame)
        nothing = np.zeros(len(frame), dtype=np.intp)
        frame.insert(0, "first", repeated([first.name], nothing))
        frame.insert(1, "second", repeated([second.name], nothing))
        frame.insert(2, "cohort", repeated(first.labels, frame.pop(first.code)))
        frame.insert(3, "other", repeated(second.labels, frame.pop(second.code)))
        if tiny.any():
            frame = pair.together(frame, tiny, ["cohort", "other"])
            labels = ["first", "second", "cohort", "other", "window", "bin"]
            frame = summed(frame, labels, list(SIDES))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else None


def _fewer_bins(pair: tuple[Groups, Groups], last: int) -> int:
    """Bins in which a pair of a large log is counted; all are those up to the ``last``."""
    cells = 2 * len(pair[0].labels) * len(pair[1].labels)
    return min(max(MOST_CELLS // cells, FEWEST_BINS), last + 1)


def _crossed(scored: ibis.Table, keys: list[str], sizes: Sizes) -> pd.DataFrame:
    if "weight" in scored.columns:
        return sums(scored, keys, {**outcomes(scored), "rows": _.count()}, sizes)
    frame = tallied(scored, keys, sizes)
    return frame.assign(rows=frame["positives"] + frame["negatives"])


def arms(
    counted: ibis.Table, slices: pd.DataFrame, own: list[pd.DataFrame], sizes: Sizes
) -> pd.DataFrame:
    """Outcomes by window, fold and bin of the rows that stay when a suspect is undone.

    Where none goes, these are all of `slices`; `own` is what `finest` found.
    """
    scored = counted.filter(_.scored, _.window >= 0)
    kept = {"duplicate_rows": ("repeats", ~_.repeat), "missing_input": ("defaulted", ~_.defaulted)}
    frames = []
    for arm, (going, stays) in kept.items():
        if own[0][going].any():
            frame = tallied(scored.filter(stays), _SPREAD, sizes)
        else:
            everyone = slices[slices["by"] == "all"]
            frame = everyone.drop(columns=SCOPE).reset_index(drop=True)
        frame.insert(0, "arm", repeated([arm], np.zeros(len(frame), dtype=np.intp)))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def facts(groups: list[Groups], pairs: list[Pair], own: list[pd.DataFrame]) -> pd.DataFrame:
    """What is in each scope and window, beside its scores; `own` is what `finest` found."""
    return _scopes(own, groups, pairs, ["window"], _FACTS)


def repeated(labels: list[str], places: Any) -> Any:
    """The label at each place, as pandas text."""
    return pd.array(labels, dtype="str").take(np.asarray(places))


def stored_once(labels: list[str], places: Any) -> Any:
    """As `repeated`, as categories: text of millions of rows would be most of a table."""
    return pd.Categorical.from_codes(np.asarray(places), pd.Index(labels, dtype="str"))


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
    own = _finest(rows, groups, keys, measures)
    return _scopes(own, groups, pairs, keys, list(measures))


def _finest(
    rows: ibis.Table,
    groups: list[Groups],
    keys: list[str],
    measures: dict[str, Any],
    sizes: Sizes | None = None,
) -> list[pd.DataFrame]:
    system, *cohorts = groups
    crossed = [[system.code, cohort.code] for cohort in cohorts] or [[system.code]]
    groupings = [[*codes, *keys] for codes in crossed]
    if sizes is None:
        return [sums(rows, grouping, measures) for grouping in groupings]
    return each(groupings, sizes, partial(sums, rows, measures=measures, sizes=sizes))


def _scopes(
    own: list[pd.DataFrame],
    groups: list[Groups],
    pairs: list[Pair],
    keys: list[str],
    measures: list[str],
) -> pd.DataFrame:
    system, *cohorts = groups

    def coarser(frame: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
        return summed(frame, [*codes, *keys], measures)

    frames = [
        scoped(coarser(own[0], []), "all", None, None),
        scoped(coarser(own[0], [system.code]), "system", system, None),
    ]
    for cohort, frame in zip(cohorts, own, strict=False):
        frames.append(scoped(coarser(frame, [cohort.code]), cohort.name, None, cohort))
    for pair, frame in zip(pairs, own, strict=False):
        frames.append(paired(frame.copy(), system, pair, keys, measures))
    return pd.concat(frames, ignore_index=True)


def paired(
    frame: pd.DataFrame,
    system: Groups,
    pair: Pair,
    keys: list[str],
    measures: list[str],
    labelled: Labelled = repeated,
) -> pd.DataFrame:
    """`frame` of a system and a cohort with its scope; tiny cells are counted together."""
    tiny = pair.where(frame)
    by = f"system*{pair.second.name}"
    if not tiny.any():
        return scoped(frame, by, system, pair.second, labelled)
    frame = pair.together(scoped(frame, by, system, pair.second), tiny, ["system", "cohort"])
    frame = summed(frame, [*SCOPE, *keys], measures)
    return frame if labelled is repeated else frame.astype(dict.fromkeys(SCOPE, "category"))


def scoped(
    frame: pd.DataFrame,
    by: str,
    system: Groups | None,
    cohort: Groups | None,
    labelled: Labelled = repeated,
) -> pd.DataFrame:
    """`frame` with its scope: the labels of its groups, of which it holds the numbers."""
    nothing = np.zeros(len(frame), dtype=np.intp)
    scope = [labelled([by], nothing)]
    for group in (system, cohort):
        values = labelled(group.labels, frame.pop(group.code)) if group else labelled([""], nothing)
        scope.append(values)
    for place, (name, values) in enumerate(zip(SCOPE, scope, strict=True)):
        frame.insert(place, name, values)
    return frame
