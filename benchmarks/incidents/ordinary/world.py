"""A healthy score of some business, drawn from a seed: its shape, its customers, its models.

A seed decides the size, the base rate, the form of the score, how many models there are, how many
rows a customer has, the cohorts and what they carry, the days with rows, and all names. Nothing
of it depends on the fault, so one seed gives the same rows with any fault.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

COLUMNS = {
    "country": ("DE", "FR", "PL", "ES", "NL", "IT", "SE", "AT"),
    "channel": ("web", "ios", "android"),
    "segment": ("new", "regular", "business", "vip"),
    "app_version": ("7.2.7", "7.2.8", "7.2.9"),
    "product": ("card", "loan", "overdraft", "leasing", "insurance"),
    "age_band": ("18-25", "26-35", "36-50", "51-65", "66+"),
    "branch": ("north", "south", "east", "west", "centre", "online"),
}
NAMES = {
    "time": ("time", "scored_at", "ts", "created"),
    "outcome": ("outcome", "y", "defaulted", "clicked", "label"),
    "score": ("score", "s", "prediction", "points"),
    "cluster": ("customer", "user_id", "account", "client"),
    "system": ("model", "system", "scorer", "engine"),
}
MODELS = (("gbm", "logit", "rules"), ("model_a", "model_b", "model_c"), ("v41", "v42", "v43"))
WEIGHTS = np.array([0.75, 0.55, 0.37])
"""How much of the true logit each of the three features carries; their squares sum to one."""
SPECIAL = 0.35
"""Customers of one value of the first cohort are more alike: their features' standard deviation."""
TWISTS = (
    "mix_known", "new_alike", "alike", "harder", "traffic_double", "traffic_hours",
    "rollout_release", "rollout_system",
)  # fmt: skip
"""Changes of the traffic or of a release that break nothing, from the onset on."""


@dataclass
class Shape:
    """What a seed decides before any row is drawn."""

    rng: np.random.Generator
    rows: int
    base_rate: float
    spread: float
    form: str
    customers: str
    models: tuple[str, ...]
    by_cohort: bool
    cohorts: tuple[str, ...]
    carried: float
    closed: str
    baseline_days: int
    incident_days: int
    start: pd.Timestamp
    names: dict[str, str]
    naive: bool
    digits: int = 5

    @classmethod
    def draw(cls, seed: int, rows: int, systems: bool) -> "Shape":
        """`rows` of 0: as the seed says. `systems`: two models at least."""
        rng = np.random.default_rng([seed, 1])
        size = int(np.exp(rng.uniform(np.log(5_000), np.log(60_000))))
        base_rate = float(np.exp(rng.uniform(np.log(0.02), np.log(0.5))))
        models = MODELS[rng.integers(len(MODELS))][
            : rng.choice([0, 1, 2, 3], p=[0.3, 0.1, 0.4, 0.2])
        ]
        if systems and len(models) < 2:
            models = MODELS[seed % len(MODELS)][:2]
        baseline, incident = int(rng.integers(28, 71)), int(rng.integers(8, 22))
        chosen = rng.permutation(list(COLUMNS))[: rng.integers(2, 5)]
        shape = cls(
            rng=rng,
            rows=size,
            base_rate=base_rate,
            spread=float(rng.uniform(1.2, 2.6)),
            form=str(rng.choice(["probability", "logit", "points"], p=[0.5, 0.25, 0.25])),
            customers=str(rng.choice(["none", "few", "many"], p=[0.25, 0.5, 0.25])),
            models=models,
            by_cohort=bool(rng.random() < 0.3),
            cohorts=tuple(str(name) for name in chosen),
            carried=float(rng.choice([0.0, 0.3, 0.7])),
            closed=str(rng.choice(["none", "weekends", "some"], p=[0.5, 0.25, 0.25])),
            baseline_days=baseline,
            incident_days=incident,
            start=pd.Timestamp("2023-01-01") + pd.Timedelta(days=int(rng.integers(0, 900))),
            names={part: str(rng.choice(names)) for part, names in NAMES.items()},
            naive=bool(rng.random() < 0.5),
        )
        # A hundred positives in the incident, so that there is something to find.
        share = incident / (incident + baseline)
        shape.rows = min(max(shape.rows, int(100 / (share * base_rate))), 60_000)
        shape.base_rate = max(base_rate, min(100 / (share * shape.rows), 0.5))
        if rows:
            shape.rows = rows
        return shape

    @property
    def onset(self) -> pd.Timestamp:
        """The first day of the incident, before days without rows are known."""
        return self.start + pd.Timedelta(days=self.baseline_days)

    @property
    def end(self) -> pd.Timestamp:
        return self.onset + pd.Timedelta(days=self.incident_days)


@dataclass
class World:
    """Healthy rows, in the order of their times.

    ``rows``: time, customer, outcome, system, the cohorts, and where there is a ``history`` of
    difficulties (time, item, system, difficulty) item and ability. ``parts`` (rows × 3): what each
    feature adds to the logit that the score knows, and ``logit`` is all of it.
    """

    shape: Shape
    rows: pd.DataFrame
    parts: np.ndarray
    logit: np.ndarray
    history: pd.DataFrame | None = None
    middle: float = field(init=False)
    scale: float = field(init=False)

    def __post_init__(self) -> None:
        healthy = self.logit[~self.now]
        self.middle, self.scale = float(np.median(healthy)), float(np.std(healthy))

    @property
    def now(self) -> np.ndarray:
        return (self.rows["time"] >= self.shape.onset).to_numpy()

    def score(self, logit: np.ndarray) -> np.ndarray:
        """Logits in the form in which this score is logged."""
        if self.shape.form == "probability":
            return np.round(expit(logit), self.shape.digits)
        if self.shape.form == "logit":
            return np.round(logit, 4)
        points = 575 + 75 * (logit - self.middle) / self.scale
        return np.clip(np.round(points), 300, 850)


def world(seed: int, rows: int = 0, *, systems: bool = False, twist: str | None = None) -> World:
    """The healthy score of `seed`; `twist` is one of `TWISTS`."""
    shape = Shape.draw(seed, rows, systems or twist == "rollout_system")
    rng = shape.rng
    time = _times(shape, twist, rng)
    n = len(time)
    now = np.asarray(time >= shape.onset)
    who = _customers(shape, n, rng)
    people = int(who.max()) + 1
    cohorts = _cohorts(shape, people, rng)
    # Cohorts belong to customers; what changes with the traffic is who comes.
    own, changing = rng.normal(0, 0.8, (people, 3)), rng.normal(0, 0.6, (n, 3))
    first = shape.cohorts[0]
    values = {name: cohorts[name][who] for name in shape.cohorts}
    special = COLUMNS[first][-1]
    comes = rng.random(n)
    if twist == "mix_known":
        values[first] = np.where(now & (comes < 0.7), special, values[first])
    if twist == "new_alike":
        values[first] = np.where(now & (comes < 0.65), "new here", values[first])
    x = own[who] + changing
    alike = np.isin(values[first], [special, "new here"])
    x = np.where(alike[:, None], SPECIAL * x, x)
    if twist == "alike":
        x = np.where(now[:, None], 0.45 * x, x)
    if twist == "harder":
        x = np.where(now[:, None], x - 0.5, x)
    effects = sum(_effects(shape, name, rng)[values[name]].to_numpy() for name in shape.cohorts)
    if twist == "alike":
        effects = np.where(now, 0.45 * effects, effects)
    system, offset, noise = _models(shape, values, n, rng)
    if twist == "rollout_system":
        system = np.where(now & (comes < 0.6), "next", system)
    drift = rng.uniform(-0.15, 0.15) * np.asarray((time - shape.start) / (shape.end - shape.start))
    parts = shape.spread * WEIGHTS * x
    truth = parts.sum(axis=1) + effects
    level = brentq(lambda c: expit(truth[~now] + c).mean() - shape.base_rate, -40, 40)
    logit = level + truth + offset + noise * rng.normal(size=n)
    outcome = (rng.random(n) < expit(level + truth + drift)).astype(int)
    if twist == "rollout_release":
        name = shape.cohorts[-1]
        values[name] = np.where(now & (comes < 0.4), "next", values[name])
    table = {"time": time, "customer": who, "outcome": outcome, "system": system, **values}
    return World(shape, pd.DataFrame(table), parts, logit)


def _times(shape: Shape, twist: str | None, rng: np.random.Generator) -> pd.DatetimeIndex:
    """Sorted moments: busier by day and by weekday, on days on which anything is scored."""
    days = pd.date_range(shape.start, shape.end, freq="D", inclusive="left")
    weight = rng.uniform(0.6, 1.4, 7)[days.day_of_week] * rng.uniform(0.85, 1.15, len(days))
    if shape.closed == "weekends":
        weight[days.day_of_week >= 5] = 0
    if shape.closed == "some":
        weight[rng.random(len(days)) < 0.25] = 0
    if twist == "traffic_double":
        weight[days >= shape.onset] *= 2
    busy = rng.uniform(8, 18)
    day = rng.choice(len(days), shape.rows, p=weight / weight.sum())
    hour = rng.normal(busy, 4, shape.rows) % 24
    if twist == "traffic_hours":
        hour = np.where(days[day] >= shape.onset, (hour + 9) % 24, hour)
    moments = days[day] + pd.to_timedelta(np.floor(hour * 3600).astype(int), unit="s")
    return pd.DatetimeIndex(moments.sort_values())


def _customers(shape: Shape, n: int, rng: np.random.Generator) -> np.ndarray:
    people = {"none": n, "few": n // 2, "many": max(n // 20, 200)}[shape.customers]
    if shape.customers == "none":
        return np.arange(n)
    weight = np.ones(people) if shape.customers == "few" else rng.lognormal(0, 0.8, people)
    who = rng.choice(people, n, p=weight / weight.sum())
    return np.unique(who, return_inverse=True)[1]


def _cohorts(shape: Shape, people: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    found = {}
    for name in shape.cohorts:
        values = COLUMNS[name]
        share = rng.dirichlet(np.full(len(values), 3.0)) * 0.7 + 0.3 / len(values)
        found[name] = rng.choice(np.array(values, dtype=object), people, p=share / share.sum())
    return found


def _effects(shape: Shape, name: str, rng: np.random.Generator) -> pd.Series:
    values = [*COLUMNS[name], "new here"]
    effects = rng.normal(0, shape.carried, len(values))
    # The alike ones are ordinary in the mean, or mix would raise AUC.
    effects[-1] = effects[-2] = 0
    return pd.Series(effects, index=values)


def _models(
    shape: Shape, values: dict[str, np.ndarray], n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which model scored a row, and its offset and noise in logits."""
    count = max(len(shape.models), 1)
    served = rng.choice(count, n, p=rng.dirichlet(np.full(count, 8.0)))
    if shape.by_cohort:
        places = {value: i % count for i, value in enumerate(COLUMNS[shape.cohorts[0]])}
        served = np.array([places.get(value, 0) for value in values[shape.cohorts[0]]])
    offset, noise = rng.uniform(-0.1, 0.1, count), rng.uniform(0.2, 0.5, count)
    names: Any = np.array(shape.models or ("the score",), dtype=object)
    return names[served], offset[served], noise[served]
