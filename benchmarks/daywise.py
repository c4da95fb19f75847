"""Daily counts of a log in memory, by ranks: the same numbers as the monitor's, only quicker."""

import numpy as np
import pandas as pd

from investigate.counts.hanley_mcneil import hanley_mcneil

FOLDS, ENOUGH = 8, 10


def daily(log: pd.DataFrame, columns: list[str], learn: int) -> pd.DataFrame:
    """As `State.daily`; the ratio of variances for the first `learn` days alone."""
    starts = log["time"].dt.floor("D")
    days, day = np.unique(starts.to_numpy(), return_inverse=True)
    fold = pd.util.hash_array(log["student"].to_numpy()) % FOLDS
    outcome, score = log["outcome"].to_numpy(), log["score"].to_numpy()
    frames = []
    for by in ["all", *columns]:
        labels, group = (
            (["all"], np.zeros(len(log), int))
            if by == "all"
            else np.unique(log[by].to_numpy(str), return_inverse=True)[0:2]
        )
        key = group * len(days) + day
        size = len(labels) * len(days)
        area, m, n = areas(key, size, outcome, score)
        frame = pd.DataFrame(
            {
                "start": pd.to_datetime(np.tile(days, len(labels)), utc=True),
                "by": by,
                "label": np.repeat(labels, len(days)),
                "rows": m + n,
                "positives": m,
                "negatives": n,
                "unscored": 0,
                "pending": 0,
                "auc": area,
                "ratio": _ratios(key, size, outcome, score, fold, day < learn),
            }
        )
        frames.append(frame[frame["rows"] > 0])
    return pd.concat(frames, ignore_index=True)


def areas(
    key: np.ndarray, size: int, outcome: np.ndarray, score: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """AUC, positives and negatives of each of `size` keys: mean ranks, ties half."""
    order = np.lexsort((score, key))
    keys, scores, positive = key[order], score[order], outcome[order] == 1
    place = np.arange(len(keys))
    new = np.concatenate([[True], (keys[1:] != keys[:-1]) | (scores[1:] != scores[:-1])])
    run = np.cumsum(new) - 1
    first = place[new]
    last = np.concatenate([first[1:], [len(keys)]]) - 1
    rows = np.bincount(keys, minlength=size)
    begins = np.cumsum(rows) - rows
    rank = (first + last)[run] / 2 + 1 - begins[keys]
    m = np.bincount(keys, positive, size)
    n = rows - m
    with np.errstate(invalid="ignore", divide="ignore"):
        area = (np.bincount(keys, rank * positive, size) - m * (m + 1) / 2) / (m * n)
    return area, m.astype(int), n.astype(int)


def _ratios(
    key: np.ndarray,
    size: int,
    outcome: np.ndarray,
    score: np.ndarray,
    fold: np.ndarray,
    early: np.ndarray,
) -> np.ndarray:
    whole, m, n = areas(key[early], size, outcome[early], score[early])
    without = []
    for one in range(FOLDS):
        kept = early & (fold != one)
        without.append(areas(key[kept], size, outcome[kept], score[kept])[0])
    left = np.array(without)
    with np.errstate(invalid="ignore", divide="ignore"):
        jackknife = ((left - left.mean(axis=0)) ** 2).sum(axis=0) * (FOLDS - 1) / FOLDS
        ratio = jackknife / hanley_mcneil(np.clip(whole, 0.5, 0.99), m, n)
    return np.where(np.minimum(m, n) >= ENOUGH, ratio, np.nan)
