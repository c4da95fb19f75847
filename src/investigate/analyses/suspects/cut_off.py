"""Rows that a filter on scores left out, as where only accepted cases have outcomes."""

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.suspects.rows_a_day import AS_MANY, as_many, rows_a_day, seconds
from investigate.analyses.wording import percent
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts
from investigate.question.question import Question

MANY, NONE = 0.1, 0.001
"""Scores are cut off where the incident has no larger part of its rows, but the baseline many."""
MIDDLE = 0.1
"""Rows were added to some bands, not only left out of others, where so large a part of the
incident's rows is beyond what the baseline had there a day."""
BANDS, FEW = 32, 1 / 3
"""Most rows of a run of bands at one end are missing where so few a day are left of before."""


def cut_off(counts: Counts) -> str:
    """Beyond which score the incident has no rows though the baseline had many, as a sentence."""
    own = grouping(counts, "all")
    rows = np.stack(
        [
            np.bincount(own.bin[here], (own.positives + own.negatives)[here], own.bins)
            for here in (own.window == 0, own.window == 1)
        ]
    )
    if not rows.sum(axis=1).all():
        return ""
    upto = np.cumsum(rows, axis=1) / rows.sum(axis=1, keepdims=True)
    edges = counts.bins.sort_values("bin")
    # The first bin from which on, and the last up to which, the incident has next to no rows.
    top = int(np.searchsorted(upto[1], 1 - NONE)) + 1
    bottom = int(np.searchsorted(upto[1], NONE, side="right")) - 1
    parts = []
    if top < own.bins and 1 - upto[0, top - 1] >= MANY:
        edge = float(edges["high"].to_numpy()[top - 1])
        parts.append((1 - upto[0, top - 1], "above", edge))
    if bottom >= 0 and upto[0, bottom] >= MANY:
        parts.append((upto[0, bottom], "below", float(edges["low"].to_numpy()[bottom + 1])))
    return "".join(
        f"{percent(float(share))} of the baseline's rows have a score {side} {edge:.3g}, and next "
        "to none of the incident's: perhaps only rows with other scores get an outcome now. "
        for share, side, edge in parts
    )


def left_out(counts: Counts, question: Question) -> str:
    """That rows may have been left out by their scores, as a sentence.

    Of rows a day that fell: at one end of the scores, or anywhere.
    """
    if text := _thinned(counts, question):
        return text
    before, now = rows_a_day(counts, question)
    if now > before or as_many(counts, question):
        return ""
    return (
        f"Rows a day went from {before:,.0f} to {now:,.0f}, and at no scores are there more than "
        "before: perhaps a filter on scores leaves rows out now. The scores of all rows, with an "
        "outcome or without, would tell. "
    )


def gained_in_bands(counts: Counts, question: Question) -> bool:
    """Whether some bands of scores have many more rows a day than before.

    Rows that only were left out, such as all but the close calls, gain in no band.
    """
    before, now = _daily(counts, question)
    return bool(np.clip(now - before, 0, None).sum() >= MIDDLE * now.sum())


def _daily(counts: Counts, question: Question) -> NDArray[np.float64]:
    """Rows by window and band of scores, over the length of the window, (2, `BANDS`)."""
    own = grouping(counts, "all")
    band = own.bin * BANDS // own.bins
    rows = [
        np.bincount(band[here], (own.positives + own.negatives)[here], BANDS)
        / seconds(question, window)
        for window, here in enumerate((own.window == 0, own.window == 1))
    ]
    return np.stack(rows)


def _thinned(counts: Counts, question: Question) -> str:
    """At which end of the scores most rows a day are missing, and of the others none."""
    own, daily = grouping(counts, "all"), _daily(counts, question)
    edges = counts.bins.sort_values("bin")
    for side, order in (("above", np.arange(BANDS)[::-1]), ("below", np.arange(BANDS))):
        before, now = daily[:, order]
        few = now < FEW * before
        run = BANDS if few.all() else int(few.argmin())
        beyond, rest = daily[:, order[:run]].sum(axis=1), daily[:, order[run:]].sum(axis=1)
        share = float(beyond[0] / daily[0].sum())
        as_before = rest[0] / AS_MANY <= rest[1] <= rest[0] * AS_MANY
        if not (share >= MANY and rest[0] > 0 and as_before):
            continue
        # The run's innermost band: bins whose number falls into it.
        inner = np.flatnonzero(np.arange(own.bins) * BANDS // own.bins == order[run - 1])
        edge = edges["low"].to_numpy()[inner[0]] if side == "above" else (
            edges["high"].to_numpy()[inner[-1]]
        )  # fmt: skip
        return (
            f"A day has {percent(float(beyond[1] / beyond[0]))} as many rows with a score {side} "
            f"{edge:.3g} as before (these are {percent(share)} of the baseline's rows), and "
            f"{percent(float(rest[1] / rest[0]))} as many others: perhaps rows with such scores "
            "are left out, or get no outcome now. "
        )
    return ""
