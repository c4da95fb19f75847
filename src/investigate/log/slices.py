"""Outcomes by scope, window, fold and score bin, in counts that stay small.

In a small log every fold of every group is counted bin by bin. In a large one a group by cohort is
counted by bin, and by fold in a few bands of bins: an estimate of a group needs its rows by bin,
how it varies only how many of them each fold holds, and where they lie on average. How many cells
that are hangs on groups and bins, not on rows. Of very many groups, bins too are counted by bands
of about equal rows, and the rows of a band are put into its bins such that all groups together are
the log.
"""

from dataclasses import dataclass
from functools import partial

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray
from pandas.api.types import union_categoricals

from investigate.counts.table import FOLD_SUMS, FOLDS, SCOPE, WHOLE
from investigate.log.bins import Bins
from investigate.log.groups import Groups
from investigate.log.margins import dealt
from investigate.log.pairs import Pair
from investigate.log.sums import Sizes, each, summed, sums, tallied
from investigate.log.tables import by_scope, paired, repeated, scoped, stored_once
from investigate.log.temporary import beside
from investigate.log.weights import SIDES, bins_with, outcomes

WHOLE_ROWS = 250_000
"""Rows in the windows up to which the folds of every group are counted bin by bin."""
MOST_CELLS, MOST_FOLD_CELLS = 150_000, 100_000
"""Cells of a grouping by system and cohort, by bin and by fold, in which bands are chosen."""
FEWEST_BINS = 64
FEWEST_BANDS, MOST_BANDS = 8, 16
"""Bands in which folds are counted."""

_SPREAD = ["window", "fold", "bin"]


@dataclass(frozen=True)
class Slices:
    """The tables ``slices``, ``fold_bands`` and ``bin_bands`` of `Counts`; the last two if any."""

    slices: pd.DataFrame
    fold_bands: pd.DataFrame | None = None
    bin_bands: pd.DataFrame | None = None

    @property
    def beside(self) -> dict[str, pd.DataFrame]:
        """The tables that only a large log has."""
        found = {"fold_bands": self.fold_bands, "bin_bands": self.bin_bands}
        return {name: table for name, table in found.items() if table is not None}


def slices(
    counted: ibis.Table,
    groups: list[Groups],
    pairs: list[Pair],
    bins: Bins,
    known: Sizes,
) -> Slices:
    """Outcomes by scope of the `bins`; what is a large log hangs on their rows."""
    scored = counted.filter(_.scored, _.window >= 0)
    if len(groups) < 2 or not is_large(bins):
        return Slices(by_scope(scored, groups, pairs, _SPREAD, outcomes(scored)))
    system, *cohorts = groups
    sides = list(SIDES)
    own = tallied(scored, [system.code, *_SPREAD], known)
    everyone = summed(own, _SPREAD, sides)
    by_bin = summed(own, [system.code, "window", "bin"], sides)
    frames = [
        scoped(everyone, "all", None, None, stored_once),
        scoped(own, "system", system, None, stored_once),
    ]
    crossed: list[pd.DataFrame] = []
    folds: list[pd.DataFrame] = []
    banded: list[pd.DataFrame] = []
    bands: list[pd.DataFrame] = []
    found = [_Bands.of(bins, len(system.labels) * len(cohort.labels)) for cohort in cohorts]
    by_bins = _by_bin(scored, system, cohorts, by_bin, found, known)
    by_folds = _by_fold(scored, system, cohorts, found, known)
    for cohort, pair, own_bands, frame, by_fold in zip(
        cohorts, pairs, found, by_bins, by_folds, strict=True
    ):
        bands.append(own_bands.table(cohort.name))
        for of, keys, measures, alone, both in (
            (frame, ["window", "fold", "bin"], sides, frames, crossed),
            (by_fold, ["window", "fold", "band"], FOLD_SUMS, folds, banded),
        ):
            one = summed(of, [cohort.code, *keys], measures)
            alone.append(scoped(one, cohort.name, None, cohort, stored_once))
            both.append(paired(of, system, pair, keys, measures, stored_once))
    return Slices(
        _stacked([*frames, *crossed]),
        _stacked([*folds, *banded]),
        pd.concat(bands, ignore_index=True),
    )


def is_large(bins: Bins) -> bool:
    """Whether there are so many scored rows in both windows that counts must be kept small."""
    return bool(bins.table["rows"].sum() > WHOLE_ROWS)


@dataclass(frozen=True)
class _Bands:
    """Of each bin (B,) the band in which a grouping is counted by bin, and by fold.

    Those for folds are so many ``folds`` of the ``last`` coarse bins.
    """

    bin_band: NDArray[np.int64]
    fold_band: NDArray[np.int64]
    folds: int
    last: int

    @classmethod
    def of(cls, bins: Bins, size: int) -> "_Bands":
        """For a grouping of ``size`` groups."""
        last = int(bins.coarse.max()) + 1
        folds = int(np.clip(MOST_FOLD_CELLS // (2 * FOLDS * size), FEWEST_BANDS, MOST_BANDS))
        most = max(MOST_CELLS // (2 * size), FEWEST_BINS)
        own = bands_of(bins.table["rows"].to_numpy(), most)
        return cls(own, bins.coarse * folds // last, folds, last)

    @property
    def alone(self) -> bool:
        """Whether every bin is a band."""
        return len(self.bin_band) == int(self.bin_band[-1]) + 1

    def table(self, by: str) -> pd.DataFrame:
        """The rows of ``bin_bands`` of one cohort column."""
        bins = np.arange(len(self.bin_band))
        own = pd.DataFrame({"bin": bins, "band": self.bin_band, "fold_band": self.fold_band})
        own.insert(0, "by", repeated([by], np.zeros(len(own), dtype=np.intp)))
        return own


def bands_of(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The band of each bin: about ``most`` of about equal ``rows`` (B,); a bin of many is alone."""
    if len(rows) <= most:
        return np.arange(len(rows))
    place = (2 * np.cumsum(rows) - rows) * most // (2 * max(int(rows.sum()), 1))
    alone = rows * most >= rows.sum()
    begins = (np.diff(place, prepend=place[0]) > 0) | alone
    begins[1:] |= alone[:-1]
    begins[0] = False
    return np.cumsum(begins).astype(np.int64)


def _by_bin(
    scored: ibis.Table,
    system: Groups,
    cohorts: list[Groups],
    by_bin: pd.DataFrame,
    bands: list[_Bands],
    sizes: Sizes,
) -> list[pd.DataFrame]:
    """Outcomes by system, each cohort, window, bin; ``fold`` is none.

    ``by_bin``: outcomes by system, window and bin.
    """
    whole = [
        [system.code, cohort.code, "window", "bin"]
        for cohort, own in zip(cohorts, bands, strict=True)
        if own.alone
    ]
    plain = iter(each(whole, sizes, partial(tallied, scored, sizes=sizes)))
    frames = []
    for cohort, own in zip(cohorts, bands, strict=True):
        frame = next(plain) if own.alone else _dealt(scored, system, cohort, by_bin, own, sizes)
        frame = frame.assign(fold=WHOLE)
        frames.append(frame[[system.code, cohort.code, *_SPREAD, *SIDES]])
    return frames


def _dealt(
    scored: ibis.Table,
    system: Groups,
    cohort: Groups,
    by_bin: pd.DataFrame,
    bands: _Bands,
    sizes: Sizes,
) -> pd.DataFrame:
    """The same of a cohort of many groups, whose rows are counted by bands of bins.

    Every system's rows are dealt apart: what is undone in a system is undone in its groups then.
    """
    keys = [system.code, cohort.code]
    known = bands.table(cohort.name).astype({"bin": scored.schema()["bin"].to_pandas()})
    banded = scored.join(beside(scored, known[["bin", "band"]]), "bin")
    frame = tallied(banded, [*keys, "window", "band"], {**sizes, "band": sizes["bin"]})
    frame = frame.rename(columns={cohort.code: "group"})
    rows = dict(iter(by_bin.groupby(system.code)))
    found = [
        dealt(rows[code].drop(columns=system.code), own, bands.bin_band).assign(
            **{system.code: code}
        )
        for code, own in frame.groupby(system.code)
    ]
    return pd.concat(found, ignore_index=True).rename(columns={"group": cohort.code})


def _by_fold(
    scored: ibis.Table,
    system: Groups,
    cohorts: list[Groups],
    bands: list[_Bands],
    sizes: Sizes,
) -> list[pd.DataFrame]:
    """`FOLD_SUMS` by system, each cohort, window, fold and band; bins count from the band's own."""
    used = [name for name in ("outcome", "bin", "weight") if name in scored.columns]
    codes = [group.code for group in (system, *cohorts)]
    frames: dict[str, pd.DataFrame] = {}
    for folds in sorted({own.folds for own in bands}):
        own = [cohort for cohort, one in zip(cohorts, bands, strict=True) if one.folds == folds]
        band = (_.coarse.cast("int32") * folds // bands[0].last).cast("int8")
        banded = scored.select(*codes, "window", "fold", *used, band=band)
        groupings = [[system.code, cohort.code, "window", "fold", "band"] for cohort in own]
        with_band = {**sizes, "band": folds}
        found = each(groupings, with_band, partial(_with_bins, banded, sizes=with_band))
        frames |= {cohort.code: frame for cohort, frame in zip(own, found, strict=True)}
    for cohort, one in zip(cohorts, bands, strict=True):
        frame = frames[cohort.code]
        first = np.searchsorted(one.fold_band, frame["band"].to_numpy())
        for side, name in (("positives", "positive_bins"), ("negatives", "negative_bins")):
            frame[name] -= frame[side] * first
    return [frames[cohort.code] for cohort in cohorts]


def _with_bins(banded: ibis.Table, keys: list[str], sizes: Sizes) -> pd.DataFrame:
    """`FOLD_SUMS` by `keys`; without weights the outcome is a key too, as in `tallied`."""
    if "weight" in banded.columns:
        return sums(banded, keys, {**outcomes(banded), **bins_with(banded)}, sizes)
    measures = {"rows": _.count(), "bins": _.bin.sum()}
    aggregated = sums(banded, [*keys, "outcome"], measures, {**sizes, "outcome": 2})
    for side, own in zip(SIDES, (aggregated["outcome"], 1 - aggregated["outcome"]), strict=True):
        aggregated[side], aggregated[f"{side[:-1]}_bins"] = (
            aggregated["rows"] * own,
            aggregated["bins"] * own,
        )
    return summed(aggregated, keys, FOLD_SUMS)


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """`frames` one below the other, with each label of their scopes stored once."""
    labels = [union_categoricals([frame[name] for frame in frames]) for name in SCOPE]
    numbers = [frame.drop(columns=SCOPE) for frame in frames]
    frames.clear()
    found = pd.concat(numbers, ignore_index=True)
    for place, (name, own) in enumerate(zip(SCOPE, labels, strict=True)):
        ordered = own.reorder_categories(sorted(own.categories), ordered=True)
        found.insert(place, name, pd.Series(ordered))
    return found
