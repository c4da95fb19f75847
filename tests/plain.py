"""A data frame counted with pandas alone, written apart from the log room.

Follows the docstring of `investigate.counts.table.Counts`. Bins are the distinct scores, or so
many of neighbouring scores; small groups are not merged.
"""

import hashlib

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from investigate.counts.table import MISSING, SCOPE, SIGNAL_SUMS, Counts
from investigate.question.question import Question

DAY = 86_400
CELL, OUTCOMES = ["window", "fold", "bin"], ["positives", "negatives"]


def count(frame: pd.DataFrame, question: Question, bins: int | None = None) -> Counts:
    """The counts of `frame`; with `bins`, of at most so many bins of about equal rows."""
    every = _rows(frame, question)
    every["reason"] = _reasons(every)
    scored = every[every["reason"] == ""].copy()
    table, edges = _bins(scored.loc[scored["window"] >= 0, "score"].to_numpy(), bins)
    scored["bin"] = np.searchsorted(edges, scored["score"], side="right").astype(np.int64)
    scored["positives"] = scored["outcome"].astype(np.int64)
    scored["negatives"] = 1 - scored["positives"]
    scored["repeats"] = _repeats(scored, question)
    windows = scored[scored["window"] >= 0].groupby("cluster")["window"].nunique()
    scored["returning"] = scored["cluster"].map(windows) == 2
    scored["defaulted"] = _defaulted(scored, question)
    inside = scored[scored["window"] >= 0]
    lost = every[(every["window"] >= 0) & every["reason"].str.endswith("score")]
    scoped = _scoped(inside.assign(rows=1, unscored=0), question)
    step = _step(question)
    return Counts(
        bins=table,
        slices=_sums(scoped, [*SCOPE, *CELL], OUTCOMES),
        arms=_arms(inside),
        facts=_facts(scoped, lost, question),
        items=_items(scoped, question),
        timeline=_timeline(scored, table, question, step),
        cohort_timeline=_cohort_timeline(scored, table, question, step),
        events=_events(question),
        signals=_signals(inside, question),
        meta={
            "fingerprint": question.fingerprint(),
            "rows": len(frame),
            "excluded": every.loc[every["reason"] != "", "reason"].value_counts().to_dict(),
            "breaches": [],
            "clustered": question.columns.cluster is not None,
            "item": question.columns.item is not None,
            "bucket_seconds": step,
            "merged": {},
        },
    )


def fold(value: object) -> int:
    """The jackknife fold of a cluster."""
    return int(hashlib.md5(str(value).encode()).hexdigest()[:2], 16) % 32


def _rows(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    named, frame = question.columns, frame.reset_index(drop=True)
    time = pd.to_datetime(frame[named.time], errors="coerce")
    if time.dt.tz is None:
        time = time.dt.tz_localize(question.timezone)
    rows = pd.DataFrame({"time": time.dt.tz_convert("UTC")})
    rows["outcome"] = frame[named.outcome].astype(float)
    rows["score"] = frame[named.score].astype(float)
    rows["system"] = _text(frame[named.system]) if named.system else "all"
    for part in ("item", "cluster"):
        name = getattr(named, part)
        rows[part] = frame[name].astype(object) if name else None
    rows["ability"] = frame[named.ability].astype(float) if named.ability else np.nan
    for name in question.cohorts:
        rows[f"cohort {name}"] = _text(frame[name])
    rows["window"] = -1
    for w, window in enumerate((question.baseline, question.incident)):
        start, end = window.bounds(question.timezone)
        rows.loc[(rows["time"] >= start) & (rows["time"] < end), "window"] = w
    alone = pd.Series([f"row {i}" for i in range(len(rows))], dtype=object)
    key = rows["cluster"].where(rows["cluster"].notna(), alone)
    rows["fold"] = key.map({value: fold(value) for value in key.unique()}).astype(np.int64)
    before = rows.dropna(subset=["cluster", "time"]).groupby("cluster")["time"]
    rows["seasoned"] = named.cluster is None
    earlier = before.rank(method="min") - 1
    rows.loc[earlier.index, "seasoned"] = earlier >= 5
    return rows


def _text(column: pd.Series) -> pd.Series:
    text = column.astype(object).where(column.notna(), MISSING)
    return text.map({value: str(value) for value in text.unique()})


def _reasons(rows: pd.DataFrame) -> pd.Series:
    tests = {
        "missing outcome": rows["outcome"].isna(),
        "non-binary outcome": ~rows["outcome"].isin([0, 1]),
        "missing score": rows["score"].isna(),
        "non-finite score": ~np.isfinite(rows["score"]),
        "missing time": rows["time"].isna(),
    }
    return pd.Series(np.select(list(tests.values()), list(tests), ""), index=rows.index)


def _bins(scores: np.ndarray, most: int | None) -> tuple[pd.DataFrame, np.ndarray]:
    values, rows = np.unique(scores, return_counts=True)
    middle = (np.cumsum(rows) - rows / 2) / max(rows.sum(), 1)
    place = np.arange(len(values)) if most is None else (middle * most).astype(int)
    runs = pd.DataFrame({"place": place, "value": values, "rows": rows}).groupby("place")
    table = runs.agg(low=("value", "min"), high=("value", "max"), rows=("rows", "sum"))
    table = table.reset_index(drop=True).rename_axis("bin").reset_index()
    return table, table["low"].to_numpy()[1:]


def _sums(rows: pd.DataFrame, key: list[str], sums: list[str]) -> pd.DataFrame:
    found = rows.groupby(key, sort=False)[sums].sum().astype(np.int64)
    return found.reset_index()


def _scoped(rows: pd.DataFrame, question: Question) -> pd.DataFrame:
    """The rows once a grouping, each with its scope."""
    parts = [rows.assign(by="all", system="", cohort=""), rows.assign(by="system", cohort="")]
    for name in question.cohorts:
        cohort = rows[f"cohort {name}"]
        parts += [
            rows.assign(by=name, system="", cohort=cohort),
            rows.assign(by=f"system*{name}", cohort=cohort),
        ]
    return pd.concat(parts, ignore_index=True)


def _arms(inside: pd.DataFrame) -> pd.DataFrame:
    kept = (
        inside[~inside["repeats"]].assign(arm="duplicate_rows"),
        inside[~inside["defaulted"]].assign(arm="missing_input"),
    )
    return _sums(pd.concat(kept), ["arm", *CELL], OUTCOMES)


def _repeats(rows: pd.DataFrame, question: Question) -> pd.Series:
    cohorts = [name for name in rows if name.startswith("cohort ")]
    whole = ["time", "outcome", "score", "system", "item", "cluster", "ability", *cohorts]
    known = pd.Series(True, index=rows.index)
    for part in ("cluster", "item"):
        if getattr(question.columns, part):
            known &= rows[part].notna()
    return rows.duplicated(whole) & known


def _defaulted(rows: pd.DataFrame, question: Question) -> pd.Series:
    """Seasoned rows of a window whose ability, or score of an item, many answerers share.

    Every row is judged where fewer than a twentieth are seasoned. Scores that suddenly repeat
    are left to the tests of `investigate.log.sudden_values`: messy logs have none.
    """
    judged = rows[rows["window"] >= 0]
    if (judged.groupby("window")["seasoned"].mean() >= 0.05).all():
        judged = judged[judged["seasoned"]]
    clustered = question.columns.cluster is not None

    def holders(by: list[str]) -> pd.Series:
        groups = judged.groupby(by)
        return groups["cluster"].transform("nunique" if clustered else "size")

    if question.columns.ability:
        everyone = judged.groupby("window")["cluster"].transform("nunique" if clustered else "size")
        own = holders(["window", "ability"])
        shared = ((own >= 3) & (own * 100 >= everyone)) | judged["ability"].isna()
    elif question.columns.item:
        everyone = judged.groupby(["window", "item"])["score"].transform("size")
        key = ["window", "system", "item", "score"]
        own = holders(key)
        before = judged[(judged["window"] == 0) & judged["item"].notna()]
        agreeing = own.reindex(before.index)[~before.duplicated(key)]
        if agreeing[agreeing >= 2].sum() * 100 <= len(before):
            shared = own >= 2
        else:
            shared = (own >= 3) & (own * 10 >= everyone)
    else:
        shared = pd.Series(False, index=judged.index)
    return shared.reindex(rows.index, fill_value=False).astype(bool)


def _facts(scoped: pd.DataFrame, lost: pd.DataFrame, question: Question) -> pd.DataFrame:
    zero = dict.fromkeys(["rows", "positives", "repeats", "defaulted", "seasoned", "returning"], 0)
    both = [scoped]
    if len(lost):
        both.append(_scoped(lost.assign(**zero, unscored=1), question))
    return _sums(pd.concat(both), [*SCOPE, "window"], [*zero, "unscored"])


def _items(scoped: pd.DataFrame, question: Question) -> pd.DataFrame:
    key, sums = [*SCOPE, "item", "window", "half"], ["rows", "positives", "bins"]
    sums += ["squares"]
    if question.columns.item is None:
        return pd.DataFrame(columns=[*key, *sums])
    rows = scoped[scoped["item"].notna() & scoped["by"].isin(["system", *question.cohorts])]
    names = {item: str(item) for item in rows["item"].unique()}
    rows = rows.assign(half=rows["fold"] % 2, bins=rows["bin"], item=rows["item"].map(names))
    rows = rows.assign(squares=rows["bin"] ** 2)
    return _sums(rows, key, sums)


def _signals(inside: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Sums over pairs of rows, by leaving folds out of the rows and counting anew."""
    before = inside[inside["window"] == 0]
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(before["bin"], before["positives"])
    rows = inside.assign(s=np.rint(model.predict(inside["bin"]) * 1e6))
    shared: dict[str, list[str]] = {
        "item": ["item"] if question.columns.item else [],
        "cluster": ["cluster"] if question.columns.cluster else [],
        "cell": [f"cohort {name}" for name in question.cohorts[:8] if _lasts(inside, name)],
    }
    found = []
    for by, keys in shared.items():
        if not keys:
            continue
        known = rows.dropna(subset=keys)
        for window, own in known.groupby("window"):
            codes = own.groupby(keys).ngroup().to_numpy()
            y, s, fold = (own[name].to_numpy() for name in ("positives", "s", "fold"))
            whole = _over_pairs(codes, y, s)
            found.append({"by": by, "window": window, "fold": -1, **whole})
            for out in np.unique(fold):
                stay = fold != out
                left = _over_pairs(codes[stay], y[stay], s[stay])
                gone = {name: whole[name] - left[name] for name in whole}
                found.append({"by": by, "window": window, "fold": out, **gone})
    return pd.DataFrame(found, columns=["by", "window", "fold", *SIGNAL_SUMS])


def _lasts(inside: pd.DataFrame, name: str) -> bool:
    shares = pd.crosstab(inside[f"cohort {name}"], inside["window"], normalize="columns")
    return not ((shares.min(axis=1) == 0) & (shares.max(axis=1) >= 0.01)).any()


def _over_pairs(codes: np.ndarray, y: np.ndarray, s: np.ndarray) -> dict[str, float]:
    """Sums over the ordered pairs of rows that have the same code."""
    y = y.astype(float)
    each = (np.ones(len(y)), y, s, y * s, s * s)
    n, y, s, ys, ss = (np.bincount(codes, weights=one) for one in each)
    sums = [n, y, s, n * n - n, y * y - y, y * s - ys, s * s - ss, (n - 1) * y, (n - 1) * s]
    # A code that lost all its rows has no pairs; (n - 1) times a sum of nothing is zero as well.
    return {name: float(one.sum()) for name, one in zip(SIGNAL_SUMS, sums, strict=True)}


def _step(question: Question) -> int:
    start = question.baseline.bounds(question.timezone)[0]
    span = (question.incident.bounds(question.timezone)[1] - start).total_seconds()
    return DAY if span >= 14 * DAY else 3_600 if span >= 14 * 3_600 else 60


def _timeline(
    scored: pd.DataFrame, table: pd.DataFrame, question: Question, step: int
) -> pd.DataFrame:
    rows = _bucketed(scored, table, question, step)
    both = pd.concat([rows.assign(system=""), rows])
    return _sums(both, ["system", "start", "fold", "bin"], OUTCOMES)


def _cohort_timeline(
    scored: pd.DataFrame, table: pd.DataFrame, question: Question, step: int
) -> pd.DataFrame:
    """Every group, be there ever so many, from the baseline's start to the incident's end."""
    first = question.baseline.bounds(question.timezone)[0] - pd.Timedelta(seconds=step)
    end = question.incident.bounds(question.timezone)[1]
    rows = _bucketed(scored, table, question, step)
    rows = rows[(rows["start"] > first) & (rows["start"] < end)]
    rows = rows.assign(bin=rows["bin"] // 4)
    parts = [rows.assign(by=name, cohort=rows[f"cohort {name}"]) for name in question.cohorts]
    key = ["by", "cohort", "start", "bin"]
    if not parts:
        return pd.DataFrame(columns=[*key, *OUTCOMES])
    return _sums(pd.concat(parts), key, OUTCOMES)


def _bucketed(
    scored: pd.DataFrame, table: pd.DataFrame, question: Question, step: int
) -> pd.DataFrame:
    middle = (table["rows"].cumsum() - table["rows"] / 2) / max(table["rows"].sum(), 1)
    coarse = np.unique((middle * 128).astype(int), return_inverse=True)[1]
    local = scored["time"].dt.tz_convert(question.timezone if step == DAY else "UTC")
    start = local.dt.floor(f"{step}s") if step < DAY else local.dt.normalize()
    return scored.assign(
        start=start.dt.tz_convert("UTC"),
        fold=scored["fold"] % 8,
        bin=coarse[scored["bin"].clip(0, len(table) - 1)],
    )


def _events(question: Question) -> pd.DataFrame:
    asked = question.events if isinstance(question.events, tuple) else ()
    rows = [(pd.Timestamp(event.time), event.label, event.system or "") for event in asked]
    table = pd.DataFrame(rows, columns=["time", "label", "system"])
    table["time"] = pd.to_datetime(table["time"], utc=True)
    return table.sort_values("time", kind="stable", ignore_index=True)
