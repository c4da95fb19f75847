"""A per-group table by pandas and scikit-learn, read by its largest drop."""

import pandas as pd
from sklearn.metrics import roc_auc_score
from windows import Windows, main, outstanding

ALARM = 0.02
"""AUC points by which the whole log must fall for anyone to look."""
FEWEST = 100


def ask(log: Windows) -> dict:
    def auc(rows: pd.DataFrame) -> float:
        if len(rows) < FEWEST or rows[log.outcome].nunique() < 2:
            return float("nan")
        return float(roc_auc_score(rows[log.outcome], rows[log.score]))

    def daily(rows: pd.DataFrame) -> pd.Series:
        return pd.Series({day: auc(r) for day, r in rows.groupby(rows[log.time].dt.date)})

    falls = {
        column: {
            str(name): fall
            for name, rows in log.baseline.groupby(column)
            if (fall := auc(rows) - auc(log.incident[log.incident[column] == name])) == fall
        }
        for column in log.groups
    }
    low = daily(log.incident)
    low = low[low < daily(log.baseline).min()]
    alert = auc(log.baseline) - auc(log.incident) > ALARM
    return {
        "alert": alert,
        **log.answer(*outstanding(falls)),
        "onset": str(low.index[0]) if alert and len(low) else None,
    }


if __name__ == "__main__":
    main(ask)
