"""Random small logs, drawn by hypothesis: ties, tiny groups, groups of one class or one window."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from investigate.counts.table import MISSING, Counts
from investigate.question import params
from investigate.question.question import Question

QUESTION: Question = params.from_names(
    {
        "case": "drawn",
        "log": "drawn.parquet",
        "columns": {
            "time": "time",
            "outcome": "outcome",
            "score": "score",
            "system": "system",
            "cluster": "student",
        },
        "cohorts": ["country"],
        "baseline": {"start": "2024-01-01", "end": "2024-01-11"},
        "incident": {"start": "2024-01-11", "end": "2024-01-16"},
    }
)
GROUPINGS = ("system", "country", "system*country")


@dataclass(frozen=True)
class Drawn:
    """A log of both windows, and into how many bins to put its scores (None: each its own)."""

    log: pd.DataFrame
    bins: int | None

    def window(self, w: int) -> pd.DataFrame:
        """The rows of one window."""
        return self.log[(self.log["day"] >= 10) == bool(w)]

    def counts(self) -> Counts:
        """Slices alone, each row a cell of its own: quicker than `plain.count`, for many logs."""
        log = self.log
        values, place = np.unique(log["score"].to_numpy(float), return_inverse=True)
        if self.bins is not None:
            # Neighbouring scores share a bin, as many of them in each.
            merged = np.unique(
                np.arange(len(values)) * self.bins // len(values), return_inverse=True
            )
            place = merged[1][place]
        firsts = np.searchsorted(np.sort(place), np.arange(place.max() + 2))
        ordered = np.sort(log["score"].to_numpy(float))
        table = {"low": ordered[firsts[:-1]], "high": ordered[firsts[1:] - 1]}
        bins = pd.DataFrame({"bin": range(len(firsts) - 1), **table, "rows": np.diff(firsts)})
        system, country = log["system"].to_numpy(object), log["country"].fillna(MISSING).to_numpy()
        none = np.full(len(log), "", dtype=object)
        scopes = [(none, none), (system, none), (none, country), (system, country)]
        outcome = log["outcome"].to_numpy()
        cell = {
            "window": (log["day"] >= 10).to_numpy().astype(int),
            "fold": log["student"].to_numpy() % 32,
            "bin": place,
            "positives": outcome,
            "negatives": 1 - outcome,
        }
        slices = pd.DataFrame(
            {
                "by": np.repeat(["all", *GROUPINGS], len(log)),
                "system": np.concatenate([system for system, _ in scopes]),
                "cohort": np.concatenate([cohort for _, cohort in scopes]),
                **{name: np.tile(values, 4) for name, values in cell.items()},
            }
        )
        empty, meta = pd.DataFrame(), {"clustered": True, "merged": {}}
        return Counts(bins, slices, empty, empty, empty, empty, empty, meta)

    def __repr__(self) -> str:
        return f"Drawn(bins={self.bins}, log=\n{self.log.to_string()})"


@st.composite
def logs(draw: st.DrawFn) -> Drawn:
    """A log of 8 to 400 rows; both windows hold both outcomes, their groups need not."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(8, 60) | st.integers(60, 400))
    day = rng.integers(0, 15, rows)
    day[:4] = [0, 0, 12, 12]
    system = rng.choice(["A", "B", "C"][: draw(st.integers(1, 3))], rows)
    country = rng.choice(["DE", "FR", "PL", "IT", None], rows, p=[0.6, 0.25, 0.08, 0.02, 0.05])
    if draw(st.booleans()):
        # One group enters or leaves.
        country[4:][(country[4:] == "FR") & ((day[4:] >= 10) == draw(st.booleans()))] = "DE"
    if draw(st.booleans()):
        system[4:] = np.where(day[4:] >= 10, "new", system[4:])
    ability = rng.normal(0, 1.5, rows)
    outcome = (rng.random(rows) < 1 / (1 + np.exp(-ability))).astype(int)
    if draw(st.booleans()):
        outcome[day == rng.integers(0, 15)] = draw(st.integers(0, 1))
        outcome[system == "B"] = 1
    outcome[:4] = [0, 1, 0, 1]
    noisy = ability * draw(st.sampled_from([1.0, 0.0, -1.0])) + rng.normal(0, 1, rows)
    scores = {
        "continuous": noisy,
        "float32": noisy.astype(np.float32),
        "probability": 1 / (1 + np.exp(-noisy)),
        "integer": (20 * noisy).round().astype(np.int64),
        "few": noisy.round().astype(np.int8),
        "huge": np.exp(40 * noisy),
        "same": np.zeros(rows),
    }
    log = pd.DataFrame(
        {
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, "D"),
            "day": day,
            "outcome": outcome,
            "score": scores[draw(st.sampled_from(sorted(scores)))],
            "system": system,
            "country": country,
            "student": rng.integers(0, draw(st.integers(2, 40)), rows),
        }
    )
    return Drawn(log, draw(st.none() | st.integers(1, 30)))
