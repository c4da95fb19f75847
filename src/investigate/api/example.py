"""A small log to try things out on, made with numpy alone."""

import numpy as np
import pandas as pd

from investigate.api import given

STUDENTS, ITEMS, DAYS, INCIDENT = 300, 60, 42, 28
COUNTRIES = ("DE", "FR", "PL")


def example_log(rows: int = 6_000, seed: int = 0) -> pd.DataFrame:
    """A made log in which one of two systems loses its meaning on 29 January 2024.

    Students answer exercises, and a score says how likely each answer is right. From that day
    on the system ``rules`` scores exercises by the wrong difficulties; ``model`` stays right.

    Parameters
    ----------
    rows : int
        How many answers to make, over the six weeks from 1 January 2024 on.
    seed : int
        Another seed makes another log.

    Returns
    -------
    pandas.DataFrame
        One row an answer: ``time``, ``student``, ``exercise``, ``system``, ``country``,
        ``score`` (a probability) and ``outcome`` (0 or 1).

    Raises
    ------
    ValueError
        For fewer than 100 rows, which no analysis could use, and for what is no number.

    Examples
    --------
    >>> import investigate
    >>> log = investigate.example_log()
    >>> log[["system", "country", "outcome"]].dtypes.astype(str).to_dict()
    {'system': 'str', 'country': 'str', 'outcome': 'int64'}
    >>> len(log), str(log["time"].min().date()), str(log["time"].max().date())
    (6000, '2024-01-01', '2024-02-11')
    """
    if not given.whole(rows, 100):
        wanted = "expected a whole number of 100 or more"
        raise ValueError(f"rows: {wanted}, got {given.shown(rows)}")
    if not given.whole(seed, 0):
        wanted = "expected a whole number of 0 or more"
        raise ValueError(f"seed: {wanted}, got {given.shown(seed)}")
    rng = np.random.default_rng(seed)
    ability, difficulty = rng.normal(0, 1.2, STUDENTS), rng.normal(0, 1.2, ITEMS)
    country = rng.choice(COUNTRIES, STUDENTS, p=[0.5, 0.3, 0.2])
    rules = np.arange(ITEMS) % 2 == 0
    wrong = difficulty.copy()
    wrong[rules] = rng.permutation(-difficulty[rules])
    seconds = np.sort(rng.integers(0, DAYS * 86_400, rows))
    student, item = rng.integers(0, STUDENTS, rows), rng.integers(0, ITEMS, rows)
    estimate = np.where(seconds >= INCIDENT * 86_400, wrong[item], difficulty[item])
    score = _logistic(ability[student] - estimate + rng.normal(0, 0.2, rows))
    chance = _logistic(ability[student] - difficulty[item])
    return pd.DataFrame(
        {
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(seconds, "s"),
            "student": pd.array([f"s{n}" for n in student], dtype="str"),
            "exercise": pd.array([f"e{n}" for n in item], dtype="str"),
            "system": pd.array(np.where(rules, "rules", "model")[item], dtype="str"),
            "country": pd.array(country[student], dtype="str"),
            "score": score,
            "outcome": (rng.random(rows) < chance).astype("int64"),
        }
    )


def _logistic(value: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-value)))
