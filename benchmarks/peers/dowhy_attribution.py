"""DoWhy's multiply robust attribution of a change, read by its largest part.

Quintas-Martínez et al. 2024, `gcm.distribution_change_robust`. It attributes the change of a mean.
AUC is one: over the positives, the mean share of the window's negatives that score lower. The
causal graph says that system and cohorts make the score, and all of them, with the score, where a
positive ends up. Whatever has the largest attribution is the answer: a column names the group of
it whose share grew most; the score, or the place given the score, name no group.
"""

import numpy as np
import pandas as pd
from windows import Windows, main

ALARM = 0.02
"""AUC points by which the whole log must fall for anyone to look, as by the table by hand."""
MOST_ROWS = 4_000
"""Positives of a window; the time goes up with them."""
SCORE, PLACE = "score", "place"


def placed(rows: pd.DataFrame, log: Windows) -> pd.DataFrame:
    """The positives with their ``place``: its mean is the window's AUC."""
    good = rows[log.outcome] == 1
    negatives = np.sort(rows.loc[~good, log.score].to_numpy())
    score = rows.loc[good, log.score].to_numpy()
    below = np.searchsorted(negatives, score, "left") + np.searchsorted(negatives, score, "right")
    return rows[good].assign(**{PLACE: below / 2 / len(negatives), SCORE: score})


def grown(column: str, log: Windows) -> str:
    """The group of a column whose share of the rows grew most."""
    before, after = (
        rows[column].value_counts(normalize=True) for rows in (log.baseline, log.incident)
    )
    return str(after.sub(before, fill_value=0).sort_index().idxmax())


def numbers(before: pd.DataFrame, after: pd.DataFrame, groups: list[str]) -> list[pd.DataFrame]:
    """Groups as numbers, in the order of their mean place in the baseline."""
    windows = []
    for rows in (before, after):
        columns = {g: rows[g].map(before.groupby(g)[PLACE].mean()).fillna(-1.0) for g in groups}
        windows.append(
            pd.DataFrame({**columns, SCORE: rows[SCORE], PLACE: rows[PLACE]}).astype(float)
        )
    return windows


def ask(log: Windows) -> dict:
    import networkx as nx
    from dowhy import gcm
    from dowhy.gcm.ml.classification import SklearnClassificationModelWeighted
    from dowhy.gcm.ml.regression import SklearnRegressionModelWeighted
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    before, after = placed(log.baseline, log), placed(log.incident, log)
    alert = bool(before[PLACE].mean() - after[PLACE].mean() > ALARM)
    edges = [(g, n) for g in log.groups for n in (SCORE, PLACE)] + [(SCORE, PLACE)]
    chosen = [rows.sample(min(len(rows), MOST_ROWS), random_state=0) for rows in (before, after)]
    gcm.util.general.set_random_seed(0)
    gcm.config.disable_progress_bars()
    found = gcm.distribution_change_robust(
        gcm.ProbabilisticCausalModel(nx.DiGraph(edges)),
        *numbers(*chosen, log.groups),
        PLACE,
        xfit=False,
        regressor=lambda: SklearnRegressionModelWeighted(
            HistGradientBoostingRegressor(max_iter=30, random_state=0)
        ),
        classifier=lambda: SklearnClassificationModelWeighted(
            HistGradientBoostingClassifier(max_iter=30, random_state=0)
        ),
    )
    # The part that pulls down most; AUC fell, so it is negative.
    node = min(sorted(found), key=lambda name: found[name])
    column = node if alert and node in log.groups else None
    return {
        "alert": alert,
        **log.answer(column, grown(column, log) if column else None),
        "onset": None,
        "attributions": {name: round(float(part), 4) for name, part in sorted(found.items())},
    }


if __name__ == "__main__":
    main(ask)
