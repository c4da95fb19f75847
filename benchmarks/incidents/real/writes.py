"""Faults of what a system writes: the history changes, and the scores follow from it."""

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks.incidents.ordinary.causes import Cause, Strike, Struck


def in_force(rows: pd.DataFrame, history: pd.DataFrame) -> np.ndarray:
    """The difficulty that each row's item had, in logits: the last one written before its day."""
    keys = rows[["time", "item"]].assign(row=np.arange(len(rows)))
    writes = history[["time", "item", "difficulty"]].sort_values("time", kind="stable")
    found = pd.merge_asof(
        keys.sort_values("time", kind="stable"),
        writes.astype({"time": keys["time"].dtype}),
        on="time",
        by="item",
        allow_exact_matches=False,
    )
    return found.sort_values("row")["difficulty"].to_numpy()


def _written(how: str) -> Strike:
    """Everything that the struck rows' system writes from the onset on is wrong, at once."""

    def strike(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
        assert s.history is not None
        if not hit.any():
            return
        system = s.table.loc[hit, "system"].iloc[0]
        onset = s.world.shape.onset
        before, history = s.history[s.history["time"] < onset], s.history
        last = before.groupby("item").tail(1)
        mine = last[last["system"] == system]
        # A deploy writes all of its values again, in the second before the day begins.
        again = mine.assign(time=onset - pd.Timedelta(seconds=1))
        later = history[history["time"] >= onset]
        theirs, own = later[later["system"] != system], later[later["system"] == system]
        wrong = pd.concat([again, own])
        wrong = wrong.assign(difficulty=_wrong(how, wrong, last, s.world.scale, rng))
        s.history = pd.concat([before, wrong, theirs]).sort_values(
            ["time", "item"], kind="stable", ignore_index=True
        )
        now = s.world.now & (s.table["system"] == system).to_numpy()
        logits = s.table["ability"].to_numpy() - in_force(s.table, s.history)
        changed = np.round(expit(logits), s.world.shape.digits)
        s.put("score", now & ~np.isnan(logits), changed)

    return strike


def _wrong(
    how: str, writes: pd.DataFrame, last: pd.DataFrame, scale: float, rng: np.random.Generator
) -> np.ndarray:
    value = writes["difficulty"].to_numpy()
    if how == "reset":
        return np.full(len(value), round(float(np.median(value)), 6))
    if how == "shifted":
        return value + rng.choice([-1, 1]) * round(float(rng.uniform(2, 3) * scale), 6)
    items = np.sort(writes["item"].unique())
    other = dict(zip(items, rng.permutation(items), strict=True))
    known = last.set_index("item")["difficulty"]
    swapped = writes["item"].map(other).map(known).to_numpy(float)
    # An item that had no value yet gets that of any other.
    return np.where(np.isnan(swapped), rng.permutation(value), swapped)


WRITES = {
    "written_scrambled": Cause(
        "system_fault", frozenset({"system_fault"}), _written("scrambled"), "system"
    ),
    "written_reset": Cause(
        "system_fault", frozenset({"system_fault", "missing_input"}), _written("reset"), "system"
    ),
    "written_shifted": Cause(
        "system_misalignment", frozenset({"system_misalignment"}), _written("shifted"), "system"
    ),
}
"""Causes that a history of difficulties shows; they strike all of a system's writes."""
