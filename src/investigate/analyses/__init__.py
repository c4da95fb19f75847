"""Counts and a question become findings; pure functions, one idea a file."""

from investigate.analyses.account import account
from investigate.analyses.answer import answer
from investigate.analyses.contributions import contributions
from investigate.analyses.drop import drop
from investigate.analyses.item_contributions import items
from investigate.analyses.item_drift import item_drift
from investigate.analyses.join_loss import join_loss
from investigate.analyses.mechanism import mechanism
from investigate.analyses.onset import onset
from investigate.analyses.pairs import pairs
from investigate.analyses.reading import reading
from investigate.analyses.replay.movement import movement
from investigate.analyses.replay.replay import replay
from investigate.analyses.scorecard import scorecard
from investigate.analyses.signal import signal
from investigate.analyses.verdict import verdict
from investigate.analyses.waterfall import waterfall

__all__ = [
    "account",
    "answer",
    "contributions",
    "drop",
    "item_drift",
    "items",
    "join_loss",
    "mechanism",
    "movement",
    "onset",
    "pairs",
    "reading",
    "replay",
    "scorecard",
    "signal",
    "verdict",
    "waterfall",
]
