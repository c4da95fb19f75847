"""The counts that every analysis reads, and their Parquet files.

Window 0 is the baseline and 1 the incident. A *scope* is three columns: ``by`` names
the grouping (``all``, ``system``, a cohort column, or ``system*<cohort>``), ``system``
and ``cohort`` hold the group's values and are empty strings where they do not apply.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import pandas as pd

FOLDS = 32
"""Jackknife folds; a cluster's fold is a hash of its id."""

WHOLE = -1
"""In place of a fold: rows of all folds."""
SCOPE = ["by", "system", "cohort"]
TIMED = ["by", "cohort", "start", "bin", "positives", "negatives"]
MISSING = "(missing)"
OTHER = "(other)"
UPSIDE_DOWN = "baseline AUC"
"""How a breach begins that says that the score is upside down."""
MILLION = 1_000_000
FOLD_SUMS = ["positives", "negatives", "positive_bins", "negative_bins"]
SIGNAL_SUMS = ["rows", "positives", "scores", "pairs", "yy", "ys", "ss", "ny", "ns"]


_LATER = {"cohort_timeline", "signals", "sudden_values", "marked", "item_bands"}
_LATER |= {"join_days", "join_bands", "fold_bands", "bin_bands"}
"""Tables that records of earlier versions lack."""
_TEXTS = {"by", "system", "cohort", "method", "item", "over", "first", "second"}


def _empty(*names: str) -> pd.DataFrame:
    kinds = {name: "str" if name in _TEXTS else "int64" for name in names}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


@dataclass(frozen=True, eq=False)
class Counts:
    """All that a log's rows leave behind, as integer counts.

    bins: ``bin`` (0 to B-1, ascending scores), ``low``, ``high`` (smallest and largest
        score seen in it), ``rows`` (in both windows). A bin whose low equals its high
        holds one value, so ties within it are real ties.
    slices: scope, ``window``, ``fold``, ``bin``, ``positives``, ``negatives``; each
        grouping holds every scored row of both windows once. In a log of more than 250,000 rows
        in both windows ``fold`` is -1, all of them, in groupings by cohort. Where such a
        grouping is of very many groups, only its bands of ``bin_bands`` are its own, and within
        a band its rows are put into bins such that all groups together are the log's.
    fold_bands: scope, ``window``, ``fold``, ``band``, ``positives``, ``negatives``, and the sums
        of their bins from the band's first on, ``positive_bins`` and ``negative_bins``, of those
        groupings; bin_bands: ``by`` (the cohort column), ``bin``, ``band`` (in which rows were
        counted by bin) and ``fold_band``. Empty in smaller logs.
    arms: ``arm`` and the columns from ``window`` on: the rows that stay when a suspect
        is undone. ``duplicate_rows`` keeps the first row of each repeat,
        ``missing_input`` keeps the rows whose score is no shared default and does not
        suddenly repeat.
    facts: scope, ``window``, ``rows``, ``positives``, ``repeats`` (rows that repeat an
        earlier one), ``defaulted`` (rows that `missing_input` leaves out),
        ``seasoned`` (rows of clusters with at least five earlier rows in the log),
        ``returning`` (rows of clusters that have rows in both windows; not in old counts),
        ``unscored`` (rows of the window left out because they have no finite score).
    items: scope (``system``, each cohort column), ``item``, ``window``, ``half`` (fold
        modulo 2), ``rows``, ``positives``, ``bins`` (sum of bin numbers), ``squares``
        (of their squares). Empty where no item column is named. Of more than 3,000 items those
        with most rows, by cohort those with five rows or more in each half of each window,
        and of more than 250,000 rows no more than 3,000 pairs; the rest is one item, ``(other)``.
    timeline: ``system`` (empty: all), ``start`` (bucket's start, UTC), ``fold`` (fold
        modulo 8), ``bin`` (coarse, about 128 of about equal rows), ``positives``,
        ``negatives``; the whole log, not the windows alone.
    cohort_timeline: ``by`` (cohort column), ``cohort``, ``start``, ``bin`` (32 of those of
        ``timeline``), ``positives``, ``negatives``: the largest 24 groups of each column, from
        the baseline's start to the incident's end. Empty in counts of before there was it.
    events: ``time`` (UTC), ``label``, ``system``, ordered by time.
    crossed: ``first``, ``second`` (cohort columns), ``cohort``, ``other`` (their values),
        ``window``, ``bin`` (coarse), ``positives``, ``negatives``: every two cohorts combined.
    replay: ``method`` (``writes``, ``moves``, ``candidate``), ``kept`` (bit mask of the
        systems whose writes stay real, or a candidate's number), ``stretch`` (1 the
        incident from the freeze on, 0 the placebo in the baseline), ``fold``, ``bin`` (of
        the replayed score, of its own), ``positives``, ``negatives``.
    replay_slices: scope, ``method``, ``kept``, ``bin`` (16 of replay's), ``positives``,
        ``negatives``; the incident's stretch, with all kept, each undone, and all undone.
    values: ``item``, ``system`` (empty: in force), ``moment`` (0 the placebo's freeze, 1
        the freeze, 2 the incident's end), ``difficulty``.
    writes: ``start`` (bucket), ``system``, ``over`` (who wrote before; empty: nobody),
        ``writes``, ``moved`` (absolute steps in millionths).
        These four tables hold nothing where no history is named.
    sudden_values: ``by``, ``system``, ``cohort`` (where it was accused), ``value`` (a score),
        ``window``, ``rows``, ``positives``: scores that suddenly repeat, the most common 20.
    marked: ``system`` (empty: all), ``start`` (bucket), ``rows``, ``repeats``, ``defaulted``,
        over the whole log; a default of other kinds than ``sudden_values`` is marked within
        the windows alone. Empty where no row is marked.
    signals: ``by`` (``item``, ``cluster``, ``cell``: all cohorts crossed, but for columns with
        groups that one window alone has), ``window``, ``fold`` (-1: all rows; else what leaves
        with that fold), ``rows``, ``positives``, ``scores`` (the sum of s, a score's outcome
        rate in the baseline, in millionths), and sums over ordered pairs (i, j) of different
        rows of a group: ``pairs``, ``yy``, ``ys``, ``ss`` (of y_i y_j, y_i s_j, s_i s_j), ``ny``,
        ``ns`` (of y_i, s_i). Whole numbers as floats, since some outgrow 64 bits. Empty where
        rows share nothing, and in counts of before there was this table.
    item_bands: ``item`` (of the 3,000 with most rows), ``system``, ``window``, ``band`` (of ten of
        about equal rows by score), ``positives``, ``negatives``. Empty without items.
    join_days, join_bands: scope, ``window``, ``start`` (bucket) or ``band`` (of about 16 of equal
        rows by score), ``rows`` that are scored or would be if they had an outcome, ``lost`` of
        these: without one. Empty where no outcomes are joined.
    meta: plain JSON: ``fingerprint`` of the question, ``rows`` (in the log),
        ``excluded`` ({reason: rows}), ``breaches`` ([{reason, rows, excluded}]),
        ``clustered`` (a cluster column is named), ``item`` (an item column is named),
        ``bucket_seconds``, ``merged`` ({column: groups counted together}), ``replay``
        (null without a history): ``systems``, ``formula``, ``freeze`` and the other
        moments, ``width`` of its bins, ``unusable`` writes, ``coverage``; only where rows have
        weights, ``weights``: their ``column``, the ``effective`` sample size of each window, and
        whether a ``history`` is named, which is not replayed; only where single clusters flood a
        window, ``floods``: ``window``, ``fold``, ``bin``, ``positives``, ``negatives`` of each,
        without their ids; only where copies with another time count as repeats, ``resent``.
        Then ``positives`` and ``negatives`` of slices, arms, crossed and both timelines are sums
        of weights, scaled as in `investigate.counts.weighting`; all other numbers are of rows.
    memory: what `investigate.counts.memory.remembered` keeps; never saved.

    Parameters
    ----------
    bins, slices, arms, facts, items, timeline, events, crossed : pandas.DataFrame
        As above; so are those of a replay: replay, replay_slices, values, writes.
    meta : mapping
        As above.

    Examples
    --------
    >>> import investigate
    >>> found = investigate.open(
    ...     investigate.example_log(), time="time", outcome="outcome", score="score",
    ...     baseline=("2024-01-01", "2024-01-29"), incident=("2024-01-29", "2024-02-12"),
    ... )
    >>> found.counts.facts[["window", "rows"]].to_dict("list")["window"]
    [0, 1, 0, 1]
    """

    bins: pd.DataFrame
    slices: pd.DataFrame
    arms: pd.DataFrame
    facts: pd.DataFrame
    items: pd.DataFrame
    timeline: pd.DataFrame
    events: pd.DataFrame
    meta: Mapping[str, Any]
    crossed: pd.DataFrame = field(default_factory=lambda: _empty("first", "second", "cohort"))
    replay: pd.DataFrame = field(default_factory=lambda: _empty("method", "kept"))
    replay_slices: pd.DataFrame = field(default_factory=lambda: _empty(*SCOPE, "method"))
    values: pd.DataFrame = field(default_factory=lambda: _empty("item", "system"))
    writes: pd.DataFrame = field(default_factory=lambda: _empty("system", "over"))
    cohort_timeline: pd.DataFrame = field(default_factory=lambda: _empty(*TIMED))
    sudden_values: pd.DataFrame = field(
        default_factory=lambda: _empty(*SCOPE, "value", "window", "rows", "positives")
    )
    marked: pd.DataFrame = field(
        default_factory=lambda: _empty("system", "start", "rows", "repeats", "defaulted")
    )
    signals: pd.DataFrame = field(
        default_factory=lambda: _empty("by", "window", "fold", *SIGNAL_SUMS)
    )
    item_bands: pd.DataFrame = field(
        default_factory=lambda: _empty("item", "system", "window", "band", "positives", "negatives")
    )
    join_days: pd.DataFrame = field(
        default_factory=lambda: _empty(*SCOPE, "window", "start", "rows", "lost")
    )
    join_bands: pd.DataFrame = field(
        default_factory=lambda: _empty(*SCOPE, "window", "band", "rows", "lost")
    )
    fold_bands: pd.DataFrame = field(
        default_factory=lambda: _empty(*SCOPE, "window", "fold", "band", *FOLD_SUMS)
    )
    bin_bands: pd.DataFrame = field(
        default_factory=lambda: _empty("by", "bin", "band", "fold_band")
    )
    memory: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def save(self, folder: Path) -> None:
        """Write one Parquet file a table, and ``meta.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _tables():
            getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
        text = json.dumps(self.meta, indent=2, sort_keys=True, ensure_ascii=False)
        (folder / "meta.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The counts that `save` wrote, or an earlier version of it."""
        files = {name: folder / f"{name}.parquet" for name in _tables()}
        tables = {
            name: pd.read_parquet(path)
            for name, path in files.items()
            if name not in _LATER or path.exists()
        }
        return cls(**tables, meta=json.loads((folder / "meta.json").read_text("utf-8")))

    def texts(self) -> dict[str, list[str]]:
        """The different texts in each column of text, by ``table.column``."""
        found = {}
        for name in _tables():
            table = getattr(self, name)
            for column in table.select_dtypes(["object", "string", "category"]):
                found[f"{name}.{column}"] = [str(v) for v in table[column].dropna().unique()]
        return found

    @property
    def weighted(self) -> bool:
        """Whether ``positives`` and ``negatives`` of slices, arms and times sum weights of rows."""
        return self.meta.get("weights") is not None

    @property
    def jackknifed(self) -> bool:
        """Whether errors are those of the jackknife: rows depend on others, or have weights."""
        return bool(self.meta["clustered"]) or self.weighted

    def noted(self) -> dict[str, int]:
        """What was odd about the files, or done to values, by its reason, with the rows."""
        return {
            str(breach["reason"]): int(breach["rows"])
            for breach in self.meta.get("breaches", ())
            if not breach["excluded"]
            and breach["reason"] != "duplicate rows"
            and not breach["reason"].startswith("missing ")
        }

    def upside_down(self) -> str | None:
        """What says that lower scores go with outcomes of 1, if that is so."""
        return next((reason for reason in self.noted() if reason.startswith(UPSIDE_DOWN)), None)

    def groupings(self) -> list[str]:
        """The groupings counted, ``all`` first, then as the question names them."""
        # Asked often, of a long column.
        key = ("groupings", (), ())
        if key not in self.memory:
            self.memory[key] = [str(by) for by in self.slices["by"].unique()]
        return list(self.memory[key])


def _tables() -> list[str]:
    return [f.name for f in fields(Counts) if f.name not in ("meta", "memory")]


def label(system: str, cohort: str) -> str:
    """How a group is written: its system, its cohort value, or both."""
    return " × ".join(part for part in (system, cohort) if part) or "all"
