"""The data of the page: counts as text, and the question that they answer."""

import base64
import zlib
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from investigate.counts.by_step import ByStep
from investigate.counts.table import FOLDS
from investigate.finding import Estimate, Finding
from investigate.kinds import kind
from investigate.question.question import Question

OUTCOMES = ("positives", "negatives")
WEIGHED = ("rows", "squares")


def page_data(
    question: Question, counts: ByStep, opened: str | None, account: Finding | None = None
) -> dict[str, Any]:
    """What the page reads, as plain JSON: it holds no score and no row.

    ``opened`` is the path that the question was opened from, if it was one; ``account`` that of
    the question's windows.
    """
    systems, confidence = len(counts.systems), question.thresholds.confidence
    sizes = {name: len(labels) for name, labels in counts.cohorts.items()}
    tables = [
        encoded(cells, [systems, sizes.get(name, 1), counts.bins], ["system", "cohort", "bin"])
        for name, cells in counts.cells.items()
    ]
    weighed = [
        encoded(cells, [systems, sizes.get(name, 1)], ["system", "cohort"], WEIGHED)
        for name, cells in (counts.weighed or {}).items()
    ]
    weights = {"column": question.columns.weight, "unit": counts.unit, "tables": weighed}
    return {
        "case": question.case,
        "question": question.parameters(),
        "opened": opened,
        "step": counts.step,
        "first": counts.first.isoformat(),
        "steps": counts.steps,
        "baseline": counts.baseline,
        "incident": counts.incident,
        "systemColumn": question.columns.system,
        "systems": counts.systems,
        "cohorts": [{"name": name, "labels": own} for name, own in counts.cohorts.items()],
        "bins": counts.bins,
        "inexact": np.flatnonzero(~counts.exact).tolist(),
        "smallestGroup": question.thresholds.smallest_group,
        "tables": tables,
        "weights": weights if weighed else None,
        "folds": _folds(counts),
        "account": None if account is None else _account(account),
        "quantiles": [_quantile(confidence, freedom) for freedom in (np.inf, *range(1, FOLDS))],
    }


def _account(found: Finding) -> dict[str, Any]:
    """The account with a row a part; as in the page's views, what AUC lost is below 0."""
    parts = []
    for row, part in zip(found.table, found.detail["account"], strict=True):
        value, low, high = -Estimate(row["points"], row["low"], row["high"])
        shown_part = {
            "label": kind(row["part"]).words_for(bool(row["either"])).badge,
            "where": row["where"],
            "value": value,
            "low": low,
            "high": high,
            "sentence": part["sentence"],
        }
        parts.append(shown_part)
    return {"claim": found.claim, "parts": parts}


def _quantile(confidence: float, freedom: float) -> float:
    return float(special.stdtrit(freedom, (1 + confidence) / 2))


def _folds(counts: ByStep) -> dict[str, Any] | None:
    if counts.folds is None:
        return None
    cells = encoded(counts.folds, [FOLDS, counts.fold_bins], ["fold", "bin"])
    return {"folds": FOLDS, "bins": counts.fold_bins, "cells": cells}


def encoded(
    cells: pd.DataFrame, sizes: list[int], keys: list[str], sides: tuple[str, str] = OUTCOMES
) -> str:
    """Sorted `cells` as text: how much each key is above the one before, then what is `sides`.

    A key is the step and the columns `keys`, of so many values each, as one number. Numbers are
    written in seven bits a byte, the lowest first; the eighth says that another byte follows. All
    is deflated.
    """
    key = cells["step"].to_numpy().astype(np.int64)
    for name, size in zip(keys, sizes, strict=True):
        key = key * size + cells[name].to_numpy()
    columns = [np.diff(key, prepend=0), *(cells[side].to_numpy() for side in sides)]
    numbers = np.stack(columns, axis=1).ravel().astype(np.int64)
    return base64.b64encode(zlib.compress(_bytes(numbers), 9)).decode()


def _bytes(numbers: np.ndarray) -> bytes:
    """Each of `numbers`, none negative, in as many bytes as it needs."""
    places = 7 * np.arange(9)
    parts = (numbers[:, None] >> places) & 127
    more = (numbers[:, None] >> (places + 7)) > 0
    needed = np.concatenate([np.ones((len(numbers), 1), bool), more[:, :-1]], axis=1)
    return (parts | (more * 128))[needed].astype(np.uint8).tobytes()
