"""Logs to be counted by day, and the same counts by plain pandas and scikit-learn."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from investigate.monitor.watch import Watch

FIRST = pd.Timestamp("2024-03-25")
COLUMNS = {"time": "at", "outcome": "y", "score": "s", "system": "who", "cluster": "student"}


def frame(seed: int, rows: int = 2_000, days: int = 14, distinct: int | None = 40) -> pd.DataFrame:
    """Rows over some days with all that can be wrong with one; a score of `distinct` values."""
    rng = np.random.default_rng(seed)
    score = rng.random(rows)
    if distinct:
        score = np.floor(score * distinct) / distinct
    made = pd.DataFrame(
        {
            "at": FIRST + pd.to_timedelta(rng.integers(0, days * 86_400, rows), "s"),
            "y": (rng.random(rows) < score).astype(float),
            "s": score,
            "who": rng.choice(["a", "b", 'it\'s "c"\\'], rows),
            "land": rng.choice(["DE", "FR", "(other)", "'; DROP TABLE cells; --"], rows),
            "student": rng.integers(0, rows // 10 + 1, rows),
        }
    )
    made["at"] = made["at"].astype("datetime64[us]")
    for name, wrong in [
        *((name, None) for name in ("at", "y", "s", "who", "land", "student")),
        ("y", 2.0),
        ("s", np.inf),
    ]:
        made.loc[rng.choice(rows, rows // 50, replace=False), name] = wrong
    return made


def watch(log: Path | dict[str, str], **more: Any) -> Watch:
    """The watch of such a log, its baseline its first week."""
    asked: dict[str, Any] = {
        "watch": "made",
        "log": log if isinstance(log, dict) else str(log),
        "columns": COLUMNS,
        "cohorts": ["land"],
        "baseline": {"start": "2024-03-25", "end": "2024-04-01"},
    }
    return Watch.model_validate({**asked, **more})


def expected(rows: pd.DataFrame, timezone: str = "UTC", unit: str = "D") -> pd.DataFrame:
    """What `State.daily` should say of `rows`, but bound and ratio."""
    there = rows[rows["at"].notna()]
    # An hour that clocks leave out is read as the one after it.
    hour = pd.Timedelta(hours=1)
    local = there["at"].dt.tz_localize(timezone, ambiguous=True, nonexistent=hour)
    start = local.dt.normalize() if unit == "D" else local.dt.tz_convert("UTC").dt.floor("h")
    there = there.assign(
        start=start.dt.tz_convert("UTC").astype("datetime64[us, UTC]"), all="",
        system=there["who"].fillna("(missing)"), land=there["land"].fillna("(missing)"),
    )  # fmt: skip
    found = []
    for by in ("all", "land", "system"):
        for (label, moment), own in there.groupby([by, "start"]):
            scored = own[np.isfinite(own["s"]) & own["y"].isin([0, 1])]
            two = scored["y"].nunique() == 2
            found.append(
                {
                    "start": moment,
                    "by": by,
                    "label": label,
                    "rows": len(own),
                    "positives": int((scored["y"] == 1).sum()),
                    "negatives": int((scored["y"] == 0).sum()),
                    "unscored": int((~np.isfinite(own["s"])).sum()),
                    "pending": int(own["y"].isna().sum()),
                    "unusable": int((own["y"] == 2).sum()),
                    "auc": roc_auc_score(scored["y"], scored["s"]) if two else np.nan,
                }
            )
    table = pd.DataFrame(found).astype({"by": "str", "label": "str"})
    return table.astype({"start": "datetime64[us, UTC]"})


def require_equal(daily: pd.DataFrame, rows: pd.DataFrame, **how: str) -> None:
    """`daily` says of `rows` what plain code says: counts exactly, AUC within its bound."""
    truth = expected(rows, **how)
    exact = [name for name in truth if name != "auc"]
    pd.testing.assert_frame_equal(daily[exact], truth[exact], check_index_type=False)
    assert daily["auc"].isna().equals(truth["auc"].isna())
    off = (daily["auc"] - truth["auc"]).abs()
    assert (off.fillna(0) <= daily["bound"].fillna(0) + 1e-12).all()
