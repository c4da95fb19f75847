"""An incident of an ordinary score: a healthy world, struck by causes in some shape of time.

A scenario is spelt ``constant``, ``shuffled_cohort~ramp`` (also ``~recovers``, ``~early`` and
``~late``: the windows begin days too early or too late), ``default_cohort+duplicates@80`` (two
causes, the first of which takes 80% of what both take), or is one of the harmless ones.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from benchmarks.incidents.made import Made, truth_of
from benchmarks.incidents.ordinary.causes import CAUSES, Cause, Struck
from benchmarks.incidents.ordinary.world import TWISTS, World, world
from investigate.errors import InputError

SHAPES = ("step", "ramp", "recovers", "early", "late")
INNOCENT = ("mix_known", "new_alike", "alike", "close_calls")
"""AUC falls, and nothing is broken."""
CONTROLS = (
    "none", "harder", "traffic_double", "traffic_hours", "rollout_release", "rollout_system",
)  # fmt: skip
"""AUC stays where it was."""
PAIRS = (
    "labels_zeroed_cohort+shuffled_cohort",
    "default_half+labels_flipped_cohort",
    "shuffled_system+labels_flipped_cohort",
    "feature_lost_cohort+shuffled_system",
    "default_cohort+labels_redefined_cohort",
    "default_cohort+duplicates",
)
UNSURE = ("unexplained", "cannot_tell", "lost_resolution")
"""What may be named, of no system and no cohort, where the log cannot show that rows grew alike."""
SAME = 0.95
"""Part of the rows of two groups from which on they are one group by two names."""
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Spelt:
    """A scenario, read: its causes, their shape in time, the share of the first of two."""

    names: tuple[str, ...]
    shape: str = "step"
    first: float = 0.5
    causes: Mapping[str, Cause] = field(default_factory=lambda: CAUSES)

    @classmethod
    def read(
        cls,
        scenario: str,
        causes: Mapping[str, Cause] = CAUSES,
        alone: tuple[str, ...] = (*INNOCENT, *CONTROLS),
        family: str = "ordinary",
    ) -> "Spelt":
        """Causes, or one of the harmless, `alone`. Raises `InputError` for what is none."""
        text, _, percent = scenario.partition("@")
        text, _, shape = text.partition("~")
        names, shape = tuple(text.split("+")), shape or "step"
        known = all(n in causes for n in names[:2]) and len(names) <= 2
        known |= text in alone
        if not known or shape not in SHAPES or (percent and not percent.isdecimal()):
            raise InputError(
                f"scenario: there is no {family}:{scenario}; causes are {', '.join(causes)}, "
                f"shapes {', '.join(SHAPES)}, and harmless are {', '.join(alone)}"
            )
        return cls(names, shape, int(percent or 50) / 100, causes)


@dataclass(frozen=True)
class Place:
    """A cause with the rows that it may strike: those of a system, of a cohort, or all."""

    cause: Cause
    system: str | None
    cohort: dict[str, str] | None
    rows: np.ndarray
    seed: list[int]

    def strike(self, struck: Struck, active: np.ndarray, dose: float) -> None:
        """Strikes a share `dose` of the rows; smaller doses strike some of the same rows."""
        rng = np.random.default_rng(self.seed)
        chosen = rng.random(len(active)) < dose * self.cause.share
        self.cause.strike(struck, active & self.rows & chosen, rng)


def made(scenario: str, seed: int, strength: float, rows: int) -> Made:
    """The incident with its truth. The same arguments give the same bytes."""
    spelt = Spelt.read(scenario)
    name = spelt.names[0]
    pairs = any(n.endswith("_system") for n in spelt.names) or name == "takeover"
    healthy = world(seed, rows, systems=pairs, twist=name if name in TWISTS else None)
    return strike(scenario, spelt, healthy, seed, strength)


def strike(scenario: str, spelt: "Spelt", healthy: World, seed: int, strength: float) -> Made:
    """A healthy world, struck by what is spelt."""
    name = spelt.names[0]
    rng = np.random.default_rng([seed, zlib.crc32(scenario.encode())])
    struck = Struck.healthy(healthy)
    if name in (*INNOCENT, *CONTROLS):
        return _harmless(name, struck, rng)
    onset, active, until = _when(healthy, spelt.shape, rng)
    windows = _windows(healthy, spelt.shape, rng)
    places = _places(spelt, healthy, rng, zlib.crc32(scenario.encode()), seed)
    doses = [strength] * len(places)
    if len(places) == 2:
        doses = _balanced(healthy, places, active, spelt.first, strength)
    for place, dose in zip(places, doses, strict=True):
        place.strike(struck, active, dose)
    causes = [
        _named(place, healthy, _took(healthy, [place], active, [dose]))
        for place, dose in zip(places, doses, strict=True)
    ]
    if name == "takeover":
        causes[0] |= {"system": "next", "systems": ["next", None]}
    if name == "new_release":
        causes[0]["cohorts"] += [{"release": "9.0.0"}, {"release": "9.0.0", **causes[0]["cohort"]}]
    if name == "feature_as_cohort":
        causes[0]["cohorts"] += [{"band": "0"}, {"band": "0", **causes[0]["cohort"]}]
    first = max(causes, key=lambda cause: cause["took"])
    truth = truth_of(
        first,
        causes,
        onset=onset if all(place.cause.dated for place in places) else None,
        until=until,
        shape=spelt.shape,
        reference=_auc(Struck.healthy(healthy), windows["incident"]["start"]),
    )
    return _written(struck, truth, windows)


def _when(
    healthy: World, shape: str, rng: np.random.Generator
) -> tuple[pd.Timestamp, np.ndarray, pd.Timestamp | None]:
    """The fault's first day, the rows that it may strike, and when half of them are struck."""
    time, begins = healthy.rows["time"], healthy.shape.onset
    length = healthy.shape.incident_days
    now = (time >= begins).to_numpy()
    days = ((time - begins) / DAY).to_numpy()
    first = _day(time, begins)
    if shape == "ramp":
        rises = np.clip(days / (0.6 * length), 0, 1)
        half = _day(time, begins + 0.3 * length * DAY)
        return first, now & (rng.random(len(days)) < rises), half
    if shape == "recovers":
        return first, now & (days < np.ceil(0.6 * length)), None
    return first, now, None


def _day(time: pd.Series, moment: pd.Timestamp) -> pd.Timestamp:
    """The first day with rows that is not before `moment`."""
    days = time.dt.normalize()
    return pd.Timestamp(days[days >= moment.normalize()].min())


def _places(
    spelt: Spelt, healthy: World, rng: np.random.Generator, salt: int, seed: int
) -> list[Place]:
    """Where each cause strikes; two causes of a cohort take two values of one column."""
    shares = {
        (column, str(value)): float(share)
        for column in healthy.shape.cohorts
        for value, share in healthy.rows[column].value_counts(normalize=True).sort_index().items()
    }
    fit = [place for place, share in shares.items() if 0.12 <= share <= 0.5]
    fit = fit or [max(shares, key=lambda place: (shares[place] <= 0.6, shares[place]))]
    column, value = fit[rng.integers(len(fit))]
    beside = sorted((s, v) for (c, v), s in shares.items() if c == column and v != value)
    values = [value, beside[-1][1]]
    served = healthy.rows["system"].value_counts(normalize=True).sort_index()
    system = str(rng.choice(served[served >= min(0.15, served.max())].index))
    apart = all(spelt.causes[name].scope == "cohort" for name in spelt.names)
    found = []
    for i, name in enumerate(spelt.names):
        cause, rows = spelt.causes[name], np.ones(len(healthy.rows), bool)
        if cause.scope == "system":
            rows = (healthy.rows["system"] == system).to_numpy()
        if cause.scope == "cohort":
            taken = values[i] if apart else value
            rows = (healthy.rows[column] == taken).to_numpy()
        found.append(
            Place(
                cause,
                system if cause.scope == "system" else None,
                {column: taken} if cause.scope == "cohort" else None,
                rows,
                [seed, salt, i],
            )
        )
    return found


def _balanced(
    healthy: World, places: list[Place], active: np.ndarray, first: float, strength: float
) -> list[float]:
    """Doses with which the first cause takes `first` of what both take, each alone."""
    took = [_took(healthy, [place], active, [strength]) for place in places]
    target = first / (1 - first)
    weaker = 0 if took[0] > target * took[1] else 1
    goal = target * took[1] if weaker == 0 else took[0] / target
    low, high = 0.0, strength
    for _ in range(7):
        dose = (low + high) / 2
        if _took(healthy, [places[weaker]], active, [dose]) > goal:
            high = dose
        else:
            low = dose
    doses = [strength, strength]
    doses[weaker] = (low + high) / 2
    return doses


def _took(healthy: World, places: list[Place], active: np.ndarray, doses: list[float]) -> float:
    """How many AUC points of the incident's days these causes take."""
    struck = Struck.healthy(healthy)
    before = _auc(struck, healthy.shape.onset)
    for place, dose in zip(places, doses, strict=True):
        place.strike(struck, active, dose)
    return before - _auc(struck, healthy.shape.onset)


def _auc(struck: Struck, onset: pd.Timestamp) -> float:
    rows = struck.table[struck.table["time"] >= onset]
    good = rows["outcome"].to_numpy() == 1
    ranks = rankdata(rows["score"].to_numpy())
    n, m = int((~good).sum()), int(good.sum())
    if not n or not m:
        return 0.5
    return float((ranks[good].sum() - m * (m + 1) / 2) / (n * m))


def _named(place: Place, healthy: World, took: float) -> dict[str, Any]:
    """A cause as truth: what it is called, and what else is right to call it."""
    systems = [place.system]
    if place.cause.scope == "all":
        # A log with one model has only that one to name.
        systems += list(healthy.shape.models) if len(healthy.shape.models) == 1 else []
    if place.system and place.cause.kind == "missing_input":
        systems.append(None)
    cohorts: list[Any] = [place.cohort]
    # A system that serves one cohort is that cohort, by another name.
    if place.cause.scope != "all":
        for column in ("system", *healthy.shape.cohorts):
            values = healthy.rows[column]
            for value in values.dropna().unique():
                same = (values == value).to_numpy()
                if (same & place.rows).sum() > SAME * (same | place.rows).sum():
                    if column == "system":
                        systems.append(str(value))
                        cohorts.append(None)
                    else:
                        systems.append(None)
                        cohorts.append({column: str(value)})
    return {
        "kind": place.cause.kind,
        "accept": sorted(place.cause.accept | {place.cause.kind}),
        "system": place.system,
        "systems": _once(systems),
        "cohort": place.cohort,
        "cohorts": _once(cohorts),
        "took": took,
    }


def _once(values: list[Any]) -> list[Any]:
    return [value for i, value in enumerate(values) if value not in values[:i]]


def _harmless(name: str, struck: Struck, rng: np.random.Generator) -> Made:
    healthy = struck.world
    if name == "close_calls":
        near = np.abs(struck.logit - healthy.middle) < 0.45 * healthy.scale
        struck.table = struck.table[~healthy.now | near].reset_index(drop=True)
    falls = name in INNOCENT
    first = name in ("mix_known", "new_alike")
    kind = ("population_mix" if first else "score_spread") if falls else "no_drop"
    accept = ["population_mix", "score_spread", *UNSURE] if falls else ["no_drop"]
    shape, column = healthy.shape, healthy.shape.cohorts[0]
    cohorts: list[Any] = [None]
    if first:
        value = "new here" if name == "new_alike" else sorted(healthy.rows[column].unique())
        cohorts += [{column: v} for v in ([value] if isinstance(value, str) else value)]
    cause = {"kind": kind, "accept": accept, "system": None, "systems": [None],
             "cohort": None, "cohorts": cohorts, "took": 0.0}  # fmt: skip
    truth = truth_of(
        cause,
        [],
        onset=_day(healthy.rows["time"], shape.onset) if falls else None,
        innocent=True,
        shape="step",
        reference=_auc(struck, shape.onset),
    )
    return _written(struck, truth, _windows(healthy, "step", rng))


def _windows(healthy: World, shape: str, rng: np.random.Generator) -> dict[str, Any]:
    """The windows of the question; they begin days too early or too late if the shape says so."""
    s = healthy.shape
    off = int(rng.integers(2, 5)) * {"early": -1, "late": 1}.get(shape, 0)
    days = pd.DatetimeIndex(healthy.rows["time"].dt.normalize().unique())
    middle = days[int(days.searchsorted(s.onset)) + off] if off else s.onset
    return {
        "baseline": {"start": s.start, "end": middle},
        "incident": {"start": middle, "end": s.end},
    }


def _written(struck: Struck, truth: dict[str, Any], windows: dict[str, Any]) -> Made:
    s, table = struck.world.shape, struck.table
    names = dict(s.names)
    renamed = {"time": "time", "outcome": "outcome", "score": "score", "customer": "cluster",
               "system": "system", "item": "item", "ability": "ability"}  # fmt: skip
    cohorts = [c for c in table if c not in renamed]
    kept = ["time", "outcome", "score", *(["item", "ability"] if "item" in table else [])]
    if s.customers != "none":
        kept.append("customer")
    else:
        del names["cluster"]
    if s.models:
        kept.append("system")
    else:
        del names["system"]
    log = table[[*kept, *cohorts]].rename(
        columns={column: s.names[renamed[column]] for column in kept}
    )
    if not s.naive:
        log[s.names["time"]] = log[s.names["time"]].dt.tz_localize("UTC")
    question: dict[str, Any] = {
        "columns": names,
        "cohorts": cohorts,
        **{
            window: {side: str(moment.date()) for side, moment in sides.items()}
            for window, sides in windows.items()
        },
    }
    if struck.history is None:
        return Made(log, question, truth)
    question |= {"history": {}, "score_formula": "logistic(ability - difficulty)"}
    history = struck.history.assign(time=struck.history["time"].dt.tz_localize("UTC"))
    return Made(log, question, truth, history)
