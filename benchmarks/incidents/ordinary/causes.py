"""What can break an ordinary score, or its labels: each cause strikes the rows that it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks.incidents.ordinary.world import World

EITHER = "either"
"""An `outcome_fault` that says of itself that scores may have changed as well as labels."""
SCORES = frozenset(
    {"system_fault", "missing_input", "lost_resolution", "lost_validity", "concept_shift", EITHER}
)
"""Kinds that say, each in its way, that scores lost information."""
COARSE = frozenset({"missing_input", "lost_resolution"})
NOISE = frozenset({"system_fault", "lost_validity", "concept_shift", EITHER})
LABELS = frozenset({"outcome_fault", EITHER})
REDEFINED = LABELS | {"lost_validity", "concept_shift"}
"""Another event that is as frequent: nothing tells it from scores that are noise."""
SCALE = frozenset({"system_misalignment"})


@dataclass
class Struck:
    """A world while causes strike it: ``table`` has time, customer, outcome, score, cohorts."""

    world: World
    table: pd.DataFrame
    logit: np.ndarray
    history: pd.DataFrame | None

    @classmethod
    def healthy(cls, world: World) -> "Struck":
        table = world.rows.assign(score=world.score(world.logit))
        return cls(world, table, world.logit.copy(), world.history)

    def put(self, column: str, hit: np.ndarray, values: Any) -> None:
        self.table[column] = np.where(hit, values, self.table[column])

    def rescored(self, hit: np.ndarray, logit: np.ndarray) -> None:
        self.put("score", hit, self.world.score(logit))


Strike = Callable[[Struck, np.ndarray, np.random.Generator], None]


@dataclass(frozen=True)
class Cause:
    """``kind`` is what it is; ``accept`` holds the kinds that are right as well.

    ``scope``: ``all``, ``system`` or ``cohort``. ``share`` of the rows in its scope is struck.
    ``dated``: whether it begins on a day.
    """

    kind: str
    accept: frozenset[str]
    strike: Strike
    scope: str = "all"
    share: float = 1.0
    dated: bool = True


def _constant(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    typical = s.world.score(np.array([s.world.middle + rng.uniform(-0.8, 0.8) * s.world.scale]))
    s.put("score", hit, float(typical[0]))


def _default_by_cohort(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    name = s.world.shape.cohorts[0]
    values = sorted(s.table[name].dropna().unique())
    logits = s.world.middle + rng.uniform(-1, 1, len(values)) * s.world.scale
    defaults = dict(zip(values, s.world.score(logits), strict=True))
    s.put("score", hit, s.table[name].map(defaults).astype(float))


def _mean(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    s.put("score", hit, round(float(s.table["score"][~s.world.now].mean()), 5))


def _cut(values: int) -> Strike:
    def strike(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
        score = s.table["score"].to_numpy()
        if values == 2:
            low, high = (0.0, 1.0) if s.world.shape.form == "probability" else (-1.0, 1.0)
            bound = np.quantile(score[~s.world.now], rng.uniform(0.35, 0.65))
            s.put("score", hit, np.where(score > bound, high, low))
            return
        low, high = np.quantile(score[~s.world.now], [0.001, 0.999])
        steps = np.linspace(low, high, values)
        nearest = np.abs(score[:, None] - steps[None, :]).argmin(axis=1)
        s.put("score", hit, steps[nearest].round(5))

    return strike


def _clipped(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    score = s.table["score"].to_numpy()
    healthy = score[~s.world.now]
    if rng.random() < 0.5:
        s.put("score", hit, np.minimum(score, np.quantile(healthy, rng.uniform(0.2, 0.5))))
    else:
        s.put("score", hit, np.maximum(score, np.quantile(healthy, rng.uniform(0.5, 0.8))))


def _feature_lost(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    # One feature of three is lost, or two, as when a service behind them is down.
    lost = [0] if rng.random() < 0.5 else [0, 1]
    s.rescored(hit, s.logit - s.world.parts[:, lost].sum(axis=1))
    if "ability" in s.table:
        # What a real score lost is its ability, which is logged as it was taken.
        s.put("ability", hit, round(float(s.table["ability"].mean()), 6))


def _shuffled(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    score = s.table["score"].to_numpy().copy()
    score[hit] = rng.permutation(score[hit])
    s.put("score", hit, score)


def _sign(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    s.rescored(hit, 2 * s.world.middle - s.logit)


def _scale(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    shift = rng.choice([-1, 1]) * rng.uniform(2, 3.5) * s.world.scale
    s.rescored(hit, s.world.middle + rng.uniform(0.6, 1.4) * (s.logit - s.world.middle) + shift)


def _zeroed(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    s.put("outcome", hit, 0)


def _flipped(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    s.put("outcome", hit, 1 - s.table["outcome"])


def _redefined(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    # Another event counts as the outcome: as frequent, and driven by what the score weighs least.
    parts = s.world.parts
    other = s.world.middle + 2.0 * parts[:, 2] - 0.5 * parts[:, 0]
    s.put("outcome", hit, (rng.random(len(other)) < expit(other)).astype(int))


def _late(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    """Positives come in with a delay, and count as 0 until then."""
    left = (s.world.shape.end - s.table["time"]).dt.total_seconds() / 86_400
    delay = rng.exponential(s.world.shape.incident_days / 2, len(s.table))
    s.put("outcome", hit & (delay > left.to_numpy()), 0)


def _again(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    """Rows on which the score was wrong are sent three times."""
    score, outcome = s.table["score"].to_numpy(), s.table["outcome"].to_numpy()
    rank = pd.Series(score).rank(pct=True).to_numpy()
    odd = hit & np.where(outcome == 1, rank < 0.5, rank > 0.75)
    order = np.sort(np.concatenate([np.arange(len(score)), np.repeat(np.flatnonzero(odd), 2)]))
    s.table = s.table.iloc[order].reset_index(drop=True)
    s.logit = s.logit[order]


def _release(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    """A new release of one channel, whose scores are noise; the release is a cohort."""
    _shuffled(s, hit, rng)
    s.table["release"] = np.where(hit, "9.0.0", "8.4.1")


def _feature_as_cohort(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    """The lost feature is itself a cohort, in bands, and is 0 where it is lost."""
    part = s.world.parts[:, 0]
    bands = np.digitize(part, np.quantile(part, [0.2, 0.4, 0.6, 0.8])) + 1
    s.table["band"] = np.where(hit, "0", bands.astype(str).astype(object))
    s.rescored(hit, s.logit - part)


def _takeover(s: Struck, hit: np.ndarray, rng: np.random.Generator) -> None:
    _shuffled(s, hit, rng)
    s.put("system", hit, "next")


CAUSES: Mapping[str, Cause] = {
    "constant": Cause("missing_input", frozenset({"missing_input"}), _constant),
    "default_half": Cause("missing_input", frozenset({"missing_input"}), _constant, share=0.5),
    "default_cohort": Cause("missing_input", frozenset({"missing_input"}), _constant, "cohort"),
    "default_system": Cause("missing_input", COARSE | {"system_fault"}, _constant, "system"),
    "defaults_by_cohort": Cause("missing_input", COARSE, _default_by_cohort, share=0.7),
    "mean_filled": Cause("missing_input", frozenset({"missing_input"}), _mean, share=0.6),
    "cut_two": Cause("missing_input", COARSE, _cut(2)),
    "cut_two_cohort": Cause("missing_input", COARSE, _cut(2), "cohort"),
    "cut_ten": Cause("missing_input", COARSE, _cut(10)),
    "clipped": Cause("missing_input", COARSE, _clipped),
    "feature_lost": Cause("lost_resolution", SCORES, _feature_lost),
    "feature_lost_cohort": Cause("lost_resolution", SCORES, _feature_lost, "cohort"),
    "feature_lost_system": Cause("lost_resolution", SCORES, _feature_lost, "system"),
    "feature_as_cohort": Cause("lost_resolution", SCORES, _feature_as_cohort, "cohort"),
    "shuffled": Cause("lost_validity", NOISE, _shuffled),
    "shuffled_cohort": Cause("lost_validity", NOISE, _shuffled, "cohort"),
    "shuffled_system": Cause("system_fault", NOISE, _shuffled, "system"),
    "sign": Cause("lost_validity", NOISE, _sign),
    "sign_cohort": Cause("lost_validity", NOISE, _sign, "cohort"),
    "sign_system": Cause("system_fault", NOISE, _sign, "system"),
    "scale_system": Cause("system_misalignment", SCALE, _scale, "system"),
    "new_release": Cause("lost_validity", SCORES, _release, "cohort"),
    "takeover": Cause("system_fault", NOISE, _takeover),
    "labels_zeroed": Cause("outcome_fault", LABELS, _zeroed, share=0.5),
    "labels_zeroed_cohort": Cause("outcome_fault", LABELS, _zeroed, "cohort"),
    "labels_flipped": Cause("outcome_fault", LABELS, _flipped, share=0.6),
    "labels_flipped_cohort": Cause("outcome_fault", LABELS, _flipped, "cohort"),
    "labels_redefined": Cause("outcome_fault", REDEFINED, _redefined),
    "labels_redefined_cohort": Cause(
        "outcome_fault", REDEFINED, _redefined, "cohort"
    ),
    "late": Cause("late_outcomes", frozenset({"late_outcomes"}), _late, dated=False),
    "duplicates": Cause("duplicate_rows", frozenset({"duplicate_rows"}), _again),
}  # fmt: skip
