"""Findings become figures: the title is the claim; one idea a file."""

from investigate.figures.account import account
from investigate.figures.auc_over_time import auc_over_time
from investigate.figures.cohorts import cohorts
from investigate.figures.contributions import contributions
from investigate.figures.item_drift import item_drift
from investigate.figures.mechanism_bars import mechanism_bars
from investigate.figures.pair_matrix import pair_matrix
from investigate.figures.reliability_diagram import reliability_diagram
from investigate.figures.replay import replay
from investigate.figures.roc import roc
from investigate.figures.score_distributions import score_distributions
from investigate.figures.signal_audit import signal_audit
from investigate.figures.suspects import suspects

__all__ = [
    "account",
    "auc_over_time",
    "cohorts",
    "contributions",
    "item_drift",
    "mechanism_bars",
    "pair_matrix",
    "reliability_diagram",
    "replay",
    "roc",
    "score_distributions",
    "signal_audit",
    "suspects",
]
