"""Score values that suddenly repeat: one default, one a group, a bound, or a few levels.

A value is accused in the whole log, or in one group of a grouping, where its share of the
incident's rows is far above what the baseline and its neighbours lead to expect:

- It has at least `RISE` times the share that it had in the baseline of the group, of the log,
  or of groups mixed as in the incident, so that other traffic does not accuse.
- It rose `RISE` times more than the values beside it, so that a discrete score whose
  distribution moved does not accuse.
- Where values of the baseline vanished, as they do when scores are computed anew, it holds
  more than twice as many rows as any value of the baseline did.
- Rows of clusters and items that were there before show it too, where enough of them are
  there, because newcomers may start at a default.
- Many clusters and items share it, so that one of them with a score of its own does not accuse.
"""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.counts.table import SCOPE
from investigate.log.coding import Coding
from investigate.log.temporary import beside, keep
from investigate.question.question import Question

REPEATED = 5
"""Rows of a group from which on a value is looked at."""
FEWEST = 10
"""Rows in the incident that a value accused has at least."""
RISE = 3.0
"""How many times more common than expected a value is that is accused."""
SHARE, SHARE_OF_GROUP = 0.01, 0.1
"""Least share of the incident's rows beyond what was expected, in the log and in a group."""
CHANCE = 1e-6
"""Largest probability of so many rows by chance; thousands of values are looked at."""
ALONE = 0.8
"""A value that all rows of the incident have is accused when fewer of the baseline's had it."""
BESIDE = 2
"""Values to either side that show how the distribution moved."""
FEW_LEVELS = 10
"""Effective number of values (inverse Simpson) below which a known value is not judged."""
FEW_DEFAULTS = 20
"""Where more values than that are as common, each is a level of a score and no default."""
GONE = 0.2
"""A value vanished when fewer than this part of the expected rows have it."""
SMALLEST_GROUP = 30
"""Rows in the incident, below which a group is not judged."""
KNOWN_ROWS, KNOWN_SHARE = 50, 0.05
"""Rows of a window, and their share, by which rows of known clusters and items can tell."""
EARLIER = 5
"""Earlier rows from which on a cluster or an item is known."""
MANY = 2**17
"""Of more values than that only those that matter are held in memory."""
ROUNDING = 1e-9
"""By so large a part the product of a share and rows may miss what it stands for."""
LISTED = 20
"""So many values, those with most rows, are counted to be named."""
COLUMNS = [*SCOPE, "value", "window", "rows", "positives"]


@dataclass(frozen=True)
class Sudden:
    """``marks`` (`by`, `label`, `score`): the values accused; ``table`` as in `Counts`."""

    marks: pd.DataFrame
    table: pd.DataFrame


def sudden_values(
    rows: ibis.Table, values: ibis.Table, question: Question, coding: Coding
) -> Sudden:
    """The values that suddenly repeat in `rows`; `values` as ``repeated`` of `Bins`."""
    scored = rows.filter(_.reason.isnull(), _.window >= 0)
    used = ["window", "score", "system", "item", "cluster", "outcome"]
    used += [f"cohort{i}" for i in range(len(question.cohorts))]
    columns = {"all": ""}
    if question.columns.system:
        columns["system"] = "system"
    columns |= {name: f"cohort{i}" for i, name in enumerate(question.cohorts)}
    sizes = values.agg(most=_.within.max(), many=(_.within >= REPEATED).sum()).to_pyarrow()
    most, many = (int(number or 0) for number in sizes.to_pylist()[0].values())
    nothing = Sudden(_nothing(), pd.DataFrame(columns=COLUMNS))
    if most < FEWEST:
        return nothing
    totals = _totals(scored, columns, coding)
    if most < min(_least(by, own).min() for by, own in totals.items()):
        return nothing
    repeated = keep(scored.select(used).semi_join(values.filter(_.within >= REPEATED), "score"))
    accused = _accused(repeated, totals, columns, coding, many > MANY)
    if accused.empty:
        return Sudden(accused, pd.DataFrame(columns=COLUMNS))
    if question.columns.cluster or question.columns.item:
        known = keep(_known(rows, question))
        sizes = known.group_by("window").agg(n=_.count()).to_pandas().set_index("window")["n"]
        every = scored.group_by("window").agg(n=_.count()).to_pandas().set_index("window")["n"]
        least = np.maximum(KNOWN_SHARE * every, KNOWN_ROWS)
        if (sizes.reindex([0, 1], fill_value=0) >= least.reindex([0, 1])).all():
            near = known.semi_join(values.filter(_.within >= REPEATED), "score")
            again = _accused(near, _totals(known, columns, coding), columns, coding, many > MANY)
            accused = accused.merge(again)
    accused = _shared(scored, accused, columns, question, coding)
    return Sudden(accused, _table(scored, accused, columns, coding))


def with_sudden(rows: ibis.Table, found: Sudden, question: Question, coding: Coding) -> ibis.Table:
    """`rows` with ``sudden``: scored rows whose value is accused, in whichever window."""
    sudden: Any = ibis.literal(False)
    for number, (by, own) in enumerate(found.marks.groupby("by", sort=True)):
        marked = f"sudden{number}"
        column = "" if by == "all" else _column(str(by), question)
        frame = _keys(own, column, coding).assign(**{marked: True})
        rows = rows.mutate(label=_label(rows, column, coding))
        rows = rows.left_join(beside(rows, frame), ["label", "score"])
        rows = rows.drop("label", "label_right", "score_right")
        sudden |= rows[marked].fill_null(False)
    rows = rows.mutate(sudden=rows.reason.isnull() & sudden)
    return rows.drop(*(name for name in rows.columns if name[:6] == "sudden" and name != "sudden"))


def _column(by: str, question: Question) -> str:
    return "system" if by == "system" else f"cohort{question.cohorts.index(by)}"


def _label(rows: ibis.Table, column: str, coding: Coding) -> Any:
    """The label of each row: a code where the column is coded, and of all rows one."""
    if not column:
        return ibis.literal(0, type="int32")
    missing: Any = coding.missing(column)
    label = rows[column].fill_null(missing)
    return label.cast("int32") if column in coding.columns else label


def _keys(own: pd.DataFrame, column: str, coding: Coding) -> pd.DataFrame:
    """``label`` and ``score`` of what is accused, to be joined on."""
    kinds = {"label": _kind(column, coding)}
    return own[["label", "score"]].astype(kinds).reset_index(drop=True)


def _kind(column: str, coding: Coding) -> str:
    return "str" if column and column not in coding.columns else "int32"


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"by": [], "label": [], "score": []}).astype({"score": "float64"})


def _accused(
    repeated: ibis.Table,
    totals: dict[str, pd.DataFrame],
    columns: dict[str, str],
    coding: Coding,
    many: bool,
) -> pd.DataFrame:
    """`by`, `label` and `score` of what is accused by the distribution of values alone.

    Of ``many`` values only those of groups are held in memory in which one may be accused.
    """
    counted = {by: _counted(repeated, column, coding) for by, column in columns.items()}
    asked: dict[str, Any] = {by: _least(by, totals[by]).index for by in columns}
    if many:
        counted = {by: keep(own) for by, own in counted.items()}
        asked = {by: _possible(counted[by], totals[by], by, columns, coding) for by in columns}
        counted = _of_the_same_values(counted, asked, columns, coding)
    frames = {by: (_values(own), totals[by]) for by, own in counted.items()}
    whole, total = frames["all"]
    if whole.empty:
        return _nothing()
    usual = _usual(whole, total, frames)
    found = []
    for by, (values, sizes) in frames.items():
        for label, own in values[values["label"].isin(asked[by])].groupby("label", sort=True):
            size = sizes.loc[[label]].to_numpy(dtype=float)[0]
            scores = own["score"].to_numpy()
            common = usual.reindex(scores).to_numpy()
            counts = own[[0, 1]].to_numpy(dtype=float)
            chosen = judged(counts, (size[0], size[1]), common, _share(by))
            found += [(by, label, score) for score in scores[chosen]]
    frame = pd.DataFrame(found, columns=["by", "label", "score"])
    return frame.astype({"by": "object", "label": "object", "score": "float64"})


def _share(by: str) -> float:
    return SHARE if by == "all" else SHARE_OF_GROUP


def _least(by: str, totals: pd.DataFrame) -> "pd.Series[float]":
    """The rows of a value below which none is accused, of each group that is judged."""
    now = totals.loc[totals[1] >= (0 if by == "all" else SMALLEST_GROUP), 1]
    return (_share(by) * now * (1 - ROUNDING)).clip(lower=FEWEST)


def _possible(
    counted: ibis.Table, totals: pd.DataFrame, by: str, columns: dict[str, str], coding: Coding
) -> Any:
    """The groups of ``by`` in which one value has as many rows as one that is accused."""
    least = _least(by, totals).rename("least").rename_axis("label").reset_index()
    keys = least.astype({"label": _kind(columns[by], coding), "least": "float64"})
    enough = counted.inner_join(beside(counted, keys), "label").filter(_.now >= _.least)
    return enough.select("label").distinct().to_pandas()["label"].astype("object")


def _of_the_same_values(
    counted: dict[str, ibis.Table], asked: dict[str, Any], columns: dict[str, str], coding: Coding
) -> dict[str, ibis.Table]:
    """Of every group the values that groups ``asked`` about have, which the others' explain."""
    scores = []
    for by, own in counted.items():
        keys = pd.DataFrame({"label": asked[by]}).astype({"label": _kind(columns[by], coding)})
        scores.append(own.semi_join(beside(own, keys), "label").select("score"))
    values = keep(ibis.union(*scores, distinct=True))
    return {by: own.semi_join(values, "score") for by, own in counted.items()}


def judged(
    counts: NDArray[Any], totals: tuple[float, float], common: NDArray[Any], least: float
) -> NDArray[np.bool_]:
    """Which values suddenly repeat, of rows ``counts`` (n, 2) by value, ascending, and window.

    ``totals`` are all rows of each window, ``common`` (n,) the largest share that the rest of
    the log leads to expect of each value, and ``least`` the smallest excess.
    """
    before, now = counts.T
    size = max(totals[1], 1)
    share = now / size
    # Of most logs no value is judged, and this takes a third of a second to load.
    from scipy import special

    # One row more than were seen: what was never seen is not impossible.
    expected = np.maximum((before + 1) / ((totals[0] or totals[1]) + 1), common)
    # Of a group without a baseline, values moved beside what as many rows of the log would have.
    earlier, scale = (before, totals[0] / size) if totals[0] else (common * size, 1.0)
    lattice = earlier[earlier >= 2].sum() >= scale * size / 3
    expected = np.minimum(expected * _moved(earlier, now, scale, lattice), 1.0)
    constant = (now == totals[1]) & (now >= SMALLEST_GROUP) & (before < ALONE * totals[0])
    sudden = (now >= FEWEST) & (share >= RISE * expected) & (share - expected >= least)
    sudden &= special.pdtrc(now - 1, expected * totals[1]) < CHANCE
    usual = before / max(totals[0], 1)
    if lattice and totals[0] ** 2 < FEW_LEVELS * (before**2).sum():
        # Any traffic moves the shares of a handful of levels.
        sudden &= before < REPEATED
    due = usual * totals[1]
    gone = (np.minimum(due, before) >= REPEATED) & (now < GONE * due)
    if usual[gone].sum() >= share[sudden].sum() / 2:
        sudden &= share > 2 * usual.max(initial=0.0)
    return np.asarray(sudden | constant)


def _moved(before: NDArray[Any], now: NDArray[Any], scale: float, lattice: bool) -> NDArray[Any]:
    """How many times more common the values beside each became, at least 1.

    Infinite where a value does not stand out from those beside it. ``scale``: rows before by now.
    """
    moved = np.ones(len(now))
    largest = before.max(initial=0.0) / scale
    for at in np.flatnonzero((now >= FEWEST) & (now >= RISE * before / scale)).tolist():
        sides = [np.arange(max(at - BESIDE, 0), at), np.arange(at + 1, at + 1 + BESIDE)]
        sides = [side[side < len(now)] for side in sides]
        for side in sides:
            old, new = before[side].sum(), now[side].sum()
            if old >= REPEATED:
                moved[at] = max(moved[at], (new + 1) / (old + 1) * scale)
            levels = side[before[side] > 0]
            if lattice and now[at] < RISE * now[levels].max(initial=0.0):
                moved[at] = np.inf
            # A level of a discrete score beside others that are new as well.
            fresh = lattice and old < REPEATED and before[at] < REPEATED and new >= now[at] / RISE
            if fresh and now[at] < RISE * largest:
                moved[at] = np.inf
        if lattice and min(map(len, sides)) == 0 and len(one := max(sides, key=len)) == BESIDE:
            # At a bound the trend goes on, over the longer way to all scores beyond it.
            far, near = (now[one] + 1) / (before[one] + 1) * scale
            far, near = (far, near) if at else (near, far)
            moved[at] = max(moved[at], near * max(near / far, 1.0) ** 2)
        if (now >= now[at] / RISE).sum() > FEW_DEFAULTS:
            moved[at] = np.inf
    return moved


def _totals(scored: ibis.Table, columns: dict[str, str], coding: Coding) -> dict[str, pd.DataFrame]:
    """Rows of each window (columns 0 and 1) by label (index), of every grouping."""
    found = {}
    for by, column in columns.items():
        labels = scored.mutate(label=_label(scored, column, coding))
        sizes = labels.group_by("label", "window").agg(rows=_.count()).to_pandas()
        table = sizes.pivot(index="label", columns="window", values="rows")
        found[by] = table.reindex(columns=[0, 1]).fillna(0).astype("int64")
    return found


def _counted(repeated: ibis.Table, column: str, coding: Coding) -> ibis.Table:
    """Rows ``before`` and ``now``, in both windows, by `label` and `score`."""
    found = (
        repeated.mutate(label=_label(repeated, column, coding))
        .group_by("label", "score")
        .agg(before=(_.window == 0).sum(), now=(_.window == 1).sum())
    )
    return found.filter(_.before + _.now >= REPEATED)


def _values(counted: ibis.Table) -> pd.DataFrame:
    """What was counted, in order, with the windows' columns called 0 and 1."""
    values = counted.to_pandas().rename(columns={"before": 0, "now": 1})
    values = values.astype({"label": "object", "score": "float64", 0: "int64", 1: "int64"})
    return values.sort_values(["label", "score"], ignore_index=True)


def _usual(whole: pd.DataFrame, total: pd.DataFrame, frames: dict[str, Any]) -> "pd.Series[float]":
    """The largest share of each value that the baseline's groups, mixed anew, would give."""
    usual = whole.set_index("score")[0] / max(int(total[0].iloc[0]), 1)
    for by, (values, totals) in frames.items():
        if by == "all":
            continue
        both = totals[(totals[0] > 0) & (totals[1] > 0)]
        weight = totals[1] / totals[1].sum()
        rows = values[values["label"].isin(both.index)]
        label = rows["label"]
        part = rows[0] / label.map(both[0]) * label.map(weight)
        mixed = part.groupby(rows["score"]).sum().reindex(usual.index, fill_value=0.0)
        usual = usual.combine(mixed, max)
    return usual.astype(float)


def _known(rows: ibis.Table, question: Question) -> ibis.Table:
    """The scored rows of the windows whose cluster and item have enough earlier rows."""
    for name in ("cluster", "item"):
        if getattr(question.columns, name) is None:
            continue
        placed = rows.filter(rows[name].notnull(), _.time.notnull()).select(name, "time")
        order = ibis.row_number().over(group_by=name, order_by="time")
        fifth = placed.mutate(order=order).filter(_.order == EARLIER - 1)
        fifth = fifth.select(**{name: name, f"{name}_known": "time"})
        rows = rows.inner_join(keep(fifth), name)
        rows = rows.filter(_.time > rows[f"{name}_known"]).drop(f"{name}_known")
    return rows.filter(_.reason.isnull(), _.window >= 0)


def _shared(
    scored: ibis.Table,
    accused: pd.DataFrame,
    columns: dict[str, str],
    question: Question,
    coding: Coding,
) -> pd.DataFrame:
    """What many clusters and items share in the incident: at least ten, or half of a few."""
    names = [n for n in ("cluster", "item") if getattr(question.columns, n) is not None]
    if not names or accused.empty:
        return accused
    now = scored.filter(_.window == 1)
    holders = {f"{name}_holders": now[name].nunique() for name in names}
    every = {f"{name}_every": now[name].nunique() for name in names}
    kept = []
    for by, own in accused.groupby("by", sort=True):
        column = columns[str(by)]
        named = now.mutate(label=_label(now, column, coding))
        sizes = named.group_by("label").agg(**every).to_pandas()
        keys = beside(named, _keys(own, column, coding))
        inside = named.semi_join(keys, ["label", "score"])
        found = inside.group_by("label", "score").agg(**holders).to_pandas()
        found = found.merge(sizes, on="label").astype({"label": "object"})
        both = own.merge(found, on=["label", "score"])
        for name in names:
            enough = np.maximum(3, np.minimum(10, both[f"{name}_every"] / 2))
            both = both[both[f"{name}_holders"] >= enough]
        kept.append(both[["by", "label", "score"]])
    return pd.concat(kept, ignore_index=True)


def _table(
    scored: ibis.Table, accused: pd.DataFrame, columns: dict[str, str], coding: Coding
) -> pd.DataFrame:
    frames = []
    for by, own in accused.groupby("by", sort=True):
        column = columns[str(by)]
        named = scored.mutate(label=_label(scored, column, coding))
        keys = beside(named, _keys(own, column, coding))
        inside = named.semi_join(keys, ["label", "score"])
        counted = inside.group_by("label", "score", "window").agg(
            rows=_.count(), positives=_.outcome.sum()
        )
        frame = counted.to_pandas().rename(columns={"score": "value"}).assign(by=by)
        texts = coding.texts(column, frame["label"]) if column else ""
        frame["system"] = texts if by == "system" else ""
        frame["cohort"] = texts if by not in ("all", "system") else ""
        frames.append(frame[COLUMNS])
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(frames, ignore_index=True)
    keys = [*SCOPE, "value"]
    now = table[table["window"] == 1].sort_values(
        ["rows", *keys], ascending=[False, *[True] * len(keys)]
    )
    listed = table.merge(now[keys].head(LISTED), on=keys)
    return listed.sort_values([*keys, "window"], ignore_index=True)
