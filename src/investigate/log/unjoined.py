"""Rows that a join left without an outcome, by day and by score, of each system and cohort."""

from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.counts.score_bands import score_bands
from investigate.log.bins import Bins
from investigate.log.coding import Coding
from investigate.log.groups import Groups, with_codes
from investigate.log.places import placed
from investigate.log.rows import REASONS
from investigate.log.tables import by_scope
from investigate.log.timeline import bucketed
from investigate.question.question import Question


def unjoined(
    rows: ibis.Table,
    groups: list[Groups],
    found: Bins,
    coding: Coding,
    question: Question,
    seconds: int,
) -> dict[str, pd.DataFrame]:
    """``join_days`` and ``join_bands`` of `Counts`; nothing where no outcomes are joined.

    `rows` as of `Rows.table`.
    """
    if question.outcomes is None:
        return {}
    lost = (_.reason == REASONS.index("missing outcome")).fill_null(False)
    known = rows.filter(_.window >= 0, _.reason.isnull() | (lost & _.score.notnull()))
    known = with_codes(known.mutate(lost=lost), groups, coding)
    bands = score_bands(found.table["rows"].to_numpy())
    last = placed(known, found.edges, {"band": bands}, scored=True)
    rated = last.mutate(band=_.band.cast("int64"))
    measures: dict[str, Any] = {"rows": _.count(), "lost": _.lost.sum()}
    daily = by_scope(bucketed(rated, seconds), groups, [], ["window", "start"], measures)
    return {
        "join_days": daily.astype({"start": "datetime64[us, UTC]"}),
        "join_bands": by_scope(rated, groups, [], ["window", "band"], measures),
    }
