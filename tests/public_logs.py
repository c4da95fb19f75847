"""Logs that nobody has described, made of the public data sets that come with scikit-learn.

Cases of a data set arrive over ten weeks, scored by a model that saw other cases (five folds)
and a few of the columns. From `ONSET` on the scores of one of two systems are those of other
cases, so that they mean nothing. Each log is written as another company might.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

START, ONSET, DAYS = pd.Timestamp("2024-01-08"), pd.Timestamp("2024-03-04"), 70
ROWS = 6_000


def scored(features: np.ndarray, outcome: np.ndarray, seed: int) -> pd.DataFrame:
    """Rows of time, case, outcome, score, system and region, with the fault put in."""
    rng = np.random.default_rng(seed)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    chance = cross_val_predict(model, features, outcome, cv=5, method="predict_proba")[:, 1]
    case = rng.integers(0, len(outcome), ROWS)
    other = rng.integers(0, len(outcome), ROWS)
    seconds = np.sort(rng.integers(0, DAYS * 86_400, ROWS))
    time = START + pd.to_timedelta(seconds, unit="s")
    system = rng.choice(["north", "south"], ROWS)
    broken = (time >= ONSET) & (system == "north")
    score = chance[np.where(broken, other, case)] + rng.normal(0, 0.01, ROWS)
    return pd.DataFrame(
        {
            "time": time, "case": case, "outcome": outcome[case],
            "score": score.clip(0.0001, 0.9999).round(4), "system": system,
            "region": rng.choice(["coast", "hills", "plain"], ROWS, p=[0.5, 0.3, 0.2]),
        }
    )  # fmt: skip


def odd_csv(folder: Path) -> str:
    """Semicolons, decimal commas, days first, German names, words as outcomes, per cent."""
    data = load_breast_cancer()
    made = scored(data.data[:, [1, 4]], (data.target == 0).astype(int), 1)
    written = pd.DataFrame(
        {
            "Untersuchung am": made["time"].dt.strftime("%d.%m.%Y %H:%M"),
            "Patienten-Nr.": made["case"] + 10_000,
            "Befund": np.where(made["outcome"] == 1, "malignant", "benign"),
            "Wahrscheinlichkeit (%)": (100 * made["score"])
            .map("{:.2f}%".format)
            .str.replace(".", ","),
            "Modell": made["system"],
            "Gegend": made["region"],
            "Beleg": [f"B-{n:06d}" for n in range(len(made))],
        }
    )
    written.to_csv(folder / "Befunde 2024.csv", sep=";", index=False)
    return "Befunde 2024.csv"


def zoned_parquet(folder: Path) -> str:
    """Times in Berlin, outcomes as truths, an id that is no cohort, a column of afterwards."""
    data = load_wine()
    made = scored(data.data[:, [0, 3]], (data.target == 0).astype(int), 2)
    pd.DataFrame(
        {
            "scoredAt": made["time"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin"),
            "bottleId": [f"w{n:03d}" for n in made["case"]],
            "customerId": made["case"] % 60,
            "isReturned": made["outcome"] == 1,
            "pReturn": made["score"],
            "engine": made["system"],
            "market": made["region"],
            "refundAmount": np.where(made["outcome"] == 1, 20.0 + made["case"] % 7, 0.0),
        }
    ).to_parquet(folder / "returns.parquet", index=False)
    return "returns.parquet"


def two_tables(folder: Path) -> str:
    """A database with predictions, what came of them later, and a table that is neither."""
    data = load_digits()
    made = scored(data.data[:, 18:30], (data.target >= 5).astype(int), 3)
    rng = np.random.default_rng(3)
    predictions = pd.DataFrame(
        {
            "request_id": [f"r{n}" for n in range(len(made))],
            "served_at": made["time"],
            "user_id": made["case"] % 700,
            "ad_id": made["case"] % 90,
            "pctr": made["score"],
            "ranker": made["system"],
            "placement": made["region"],
        }
    )
    feedback = pd.DataFrame(
        {
            "request": predictions["request_id"],
            "clicked": made["outcome"],
            "seen_at": made["time"] + pd.to_timedelta(rng.integers(1, 48, len(made)), "h"),
        }
    )
    feedback = pd.concat([feedback, feedback[:100]]).sample(frac=1, random_state=3)
    users = pd.DataFrame({"user_id": range(700), "plan": np.arange(700) % 3})
    with duckdb.connect(str(folder / "ads.duckdb")) as connection:
        for name, table in (
            ("predictions", predictions), ("feedback", feedback), ("users", users),
        ):  # fmt: skip
            connection.register("made", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM made")
            connection.unregister("made")
    return "ads.duckdb"


def epochs(folder: Path) -> str:
    """Epoch milliseconds, yes and no."""
    data = load_iris()
    made = scored(data.data[:, [1]], (data.target == 1).astype(int), 4)
    pd.DataFrame(
        {
            "ts": (made["time"] - pd.Timestamp("1970-01-01")) // pd.Timedelta("1ms"),
            "subscriber": made["case"],
            "churned": np.where(made["outcome"] == 1, "yes", "no"),
            "propensity": made["score"],
            "model": made["system"],
            "plan": made["region"],
        }
    ).to_csv(folder / "churn.csv", index=False)
    return "churn.csv"


def falling(folder: Path) -> str:
    """A credit score: the higher it is, the fewer default."""
    data = load_diabetes()
    made = scored(data.data[:, [2, 8]], (data.target > 140).astype(int), 5)
    pd.DataFrame(
        {
            "applied_on": made["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "borrower": [f"b{n}" for n in made["case"]],
            "credit_score": (850 - 550 * made["score"]).round(1),
            "defaulted": made["outcome"],
            "scorecard_engine": made["system"],
            "channel": made["region"],
        }
    ).to_csv(folder / "loans.csv", index=False)
    return "loans.csv"


MAKERS: dict[str, Callable[[Path], str]] = {
    "odd_csv": odd_csv,
    "zoned_parquet": zoned_parquet,
    "two_tables": two_tables,
    "epochs": epochs,
    "falling": falling,
}


def auc_of(name: str, incident: bool) -> float:
    """AUC by scikit-learn on one side of the fault's first moment, of the log as it was made."""
    data, features, positive, seed = {
        "odd_csv": (load_breast_cancer(), [1, 4], lambda t: t == 0, 1),
        "zoned_parquet": (load_wine(), [0, 3], lambda t: t == 0, 2),
        "two_tables": (load_digits(), list(range(18, 30)), lambda t: t >= 5, 3),
        "epochs": (load_iris(), [1], lambda t: t == 1, 4),
        "falling": (load_diabetes(), [2, 8], lambda t: t > 140, 5),
    }[name]
    made = scored(data.data[:, features], positive(data.target).astype(int), seed)
    rows = made[(made["time"] >= ONSET) == incident]
    return float(roc_auc_score(rows["outcome"], rows["score"]))
