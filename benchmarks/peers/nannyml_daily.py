"""NannyML: realised ROC AUC by day, and the lower threshold that it learns from the reference."""

import warnings

import nannyml
import pandas as pd
from windows import Windows, main


def ask(log: Windows) -> dict:
    def prepared(rows: pd.DataFrame) -> pd.DataFrame:
        # It wants a predicted class, of which ROC AUC makes no use.
        return rows.assign(predicted=(rows[log.score] > 0.5).astype(int))

    performance = nannyml.PerformanceCalculator(
        metrics=["roc_auc"],
        y_true=log.outcome,
        y_pred="predicted",
        y_pred_proba=log.score,
        problem_type="classification_binary",
        timestamp_column_name=log.time,
        chunk_period="D",
    ).fit(prepared(log.baseline))
    realised = performance.calculate(prepared(log.incident))
    before = realised.filter(period="reference").to_df()["roc_auc"]["value"]
    days = realised.filter(period="analysis").to_df()
    return {
        "threshold": float(days["roc_auc"]["lower_threshold"].iloc[0]),
        "mean": float(before.mean()),
        "deviation": float(before.std(ddof=0)),
        "days": {
            str(start.date()): float(value)
            for start, value in zip(
                days["chunk"]["start_date"], days["roc_auc"]["value"], strict=True
            )
        },
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(ask)
