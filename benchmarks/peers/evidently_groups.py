"""Evidently: ROC AUC with its default test, whole, by group and by day; read by its largest fall.

A report for each group: in 0.7.23 its own `GroupBy` gives every group the AUC of the whole.
"""

import warnings

import pandas as pd
from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.metrics import RocAuc
from windows import Windows, main, outstanding

FEWEST = 100


def ask(log: Windows) -> dict:
    metric = RocAuc(roc_curve=False, pr_table=False)
    definition = DataDefinition(
        classification=[
            BinaryClassification(target=log.outcome, prediction_probas=log.score, pos_label=1)
        ]
    )

    def auc(current: pd.DataFrame, reference: pd.DataFrame) -> tuple[float, float, bool] | None:
        """AUC now and before, and whether the test failed because it fell."""
        if min(len(current), len(reference)) < FEWEST:
            return None
        now, before = (
            Dataset.from_pandas(rows[[log.outcome, log.score]], data_definition=definition)
            for rows in (current, reference)
        )
        report = Report([metric], include_tests=True).run(now, before).dict()
        value = report["metrics"][0]["value"]
        was = Report([metric]).run(before, None).dict()["metrics"][0]["value"]
        failed = any(test["status"].value == "FAIL" for test in report["tests"])
        return value, was, failed and value < was

    whole = auc(log.incident, log.baseline)
    falls: dict[str, dict[str, float]] = {column: {} for column in log.groups}
    alert = whole is not None and whole[2]
    for column in log.groups:
        for name, rows in log.baseline.groupby(column):
            found = auc(log.incident[log.incident[column] == name], rows)
            if found:
                falls[column][str(name)] = found[1] - found[0]
                alert = alert or found[2]
    onset = None
    for day, rows in log.incident.groupby(log.incident[log.time].dt.date):
        found = auc(rows, log.baseline) if alert and onset is None else None
        if found and found[2]:
            onset = str(day)
    return {"alert": alert, **log.answer(*outstanding(falls)), "onset": onset}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(ask)
