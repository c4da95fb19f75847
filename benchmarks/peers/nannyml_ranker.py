"""NannyML: realised ROC AUC by day with its alerts, and its correlation ranker's first column."""

import warnings

import nannyml
import pandas as pd
from windows import Windows, main


def ask(log: Windows) -> dict:
    def prepared(rows: pd.DataFrame) -> pd.DataFrame:
        # It wants a predicted class, of which ROC AUC makes no use.
        return rows.assign(predicted=(rows[log.score] > 0.5).astype(int))

    baseline, incident = prepared(log.baseline), prepared(log.incident)
    performance = nannyml.PerformanceCalculator(
        metrics=["roc_auc"],
        y_true=log.outcome,
        y_pred="predicted",
        y_pred_proba=log.score,
        problem_type="classification_binary",
        timestamp_column_name=log.time,
        chunk_period="D",
    ).fit(baseline)
    realised = performance.calculate(incident)
    drift = nannyml.UnivariateDriftCalculator(
        column_names=[*log.groups, log.score],
        timestamp_column_name=log.time,
        categorical_methods=["jensen_shannon"],
        continuous_methods=["jensen_shannon"],
        chunk_period="D",
    ).fit(baseline)
    drifted = drift.calculate(incident)

    days = realised.filter(period="analysis").to_df()
    roc = days["roc_auc"]
    low = days[roc["alert"].astype(bool) & (roc["value"] < roc["lower_threshold"])]
    ranker = nannyml.CorrelationRanker().fit(realised.filter(period="reference"))
    ranked = ranker.rank(drifted, realised, only_drifting=True)
    column = next(iter(ranked["column_name"]), None) if len(ranked) else None
    if column not in log.groups:
        column = None
    return {
        "alert": bool(len(low)),
        **log.answer(column, grown(baseline, incident, column) if column else None),
        "onset": str(low["chunk"]["start_date"].iloc[0].date()) if len(low) else None,
    }


def grown(baseline: pd.DataFrame, incident: pd.DataFrame, column: str) -> str:
    """The value of `column` whose share of the rows grew most."""
    shares = [rows[column].value_counts(normalize=True) for rows in (incident, baseline)]
    return str(shares[0].sub(shares[1], fill_value=0).sort_index().idxmax())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(ask)
