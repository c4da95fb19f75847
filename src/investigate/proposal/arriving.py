"""Outcomes that are not all there yet: a log's last days whose outcomes keep arriving."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from investigate.proposal.parts import Floats

MORE_MISSING = 0.2
"""How much larger a share of a day's outcomes lacks than usually, where they still arrive."""
LAST_ROWS, RATE_FELL, SURELY = 0.1, 0.6, 3.0
"""The last tenth of the rows, with less than 0.6 of the usual rate, by three standard errors."""


@dataclass(frozen=True)
class Arriving:
    """``complete``: the first day (UTC midnight) whose outcomes lack, or `None`; ``warnings``."""

    complete: pd.Timestamp | None
    warnings: tuple[str, ...]


def arriving(times: "pd.Series[Any]", truths: Floats, later: "pd.Series[Any] | None") -> Arriving:
    """Of rows (n,) with their times and outcomes; `later`: when outcomes were observed."""
    frame = pd.DataFrame({"day": times.dt.floor("D"), "lacks": ~np.isfinite(truths), "y": truths})
    frame = frame[frame["day"].notna()].sort_values("day", kind="stable")
    warnings, complete = [], None
    share = frame.groupby("day")["lacks"].mean()
    usual = float(share.iloc[: max(1, len(share) // 2)].median()) if len(share) else 0.0
    tail = 0
    while tail < len(share) and share.iloc[-1 - tail] > usual + MORE_MISSING:
        tail += 1
    if 0 < tail < len(share):
        complete = share.index[-tail]
        warnings.append(
            f"outcomes keep arriving: from {complete.date()} on {share.iloc[-tail:].mean():.0%} of "
            f"them lack, and {usual:.0%} before; the incident ends there"
        )
    elif len(frame):
        warnings += _falling(frame)
    if later is not None and later.notna().any():
        wait = (later - times).dropna()
        hours = wait.dt.total_seconds().to_numpy(dtype=float) / 3_600
        middle, most = (float(np.quantile(hours, share)) for share in (0.5, 0.95))
        warnings.append(
            f"outcomes arrive {_days(middle)} after the score (median; 95% within {_days(most)}): "
            "younger rows may still change"
        )
    return Arriving(complete, tuple(warnings))


def _falling(frame: pd.DataFrame) -> list[str]:
    known = frame[~frame["lacks"]]
    last = max(1, int(len(known) * LAST_ROWS))
    before, after = known["y"].iloc[:-last], known["y"].iloc[-last:]
    if not len(before) or not len(after):
        return []
    was, now = float(before.mean()), float(after.mean())
    error = np.sqrt(max(was * (1 - was), 1e-12) / len(after))
    if now < RATE_FELL * was and was - now > SURELY * error:
        return [
            f"outcomes may keep arriving: {now:.1%} of the last tenth of the rows are 1, and "
            f"{was:.1%} before; if they do, end the incident earlier"
        ]
    return []


def _days(hours: float) -> str:
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
