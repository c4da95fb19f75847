"""Findings to draw, and what of a figure ends up on paper: every text with the box it fills."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import made
import numpy as np
import pandas as pd
import plain
import stored
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

from investigate import analyses, figures
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding, drawings
from investigate.question.question import Question

EVENTS = [
    {"time": "2024-01-20T03:00", "label": "nightly recalibration of each and every item there is"},
    {"time": "2024-02-09T22:00", "label": "deploy $4.2$", "system": "default"},
    {"time": "2024-02-10T01:00", "label": "config"},
]
HOSTILE = (
    "$x^{",
    "<b>bold</b>",
    "日本語",
    "tab\tand\nnewline",
    "a name that goes on and on until it differs at the very end A",
    "a name that goes on and on until it differs at the very end B",
    r"\$\alpha",
    "",
    "(missing)",
    "Größe → 3",
)
CASES = ("reset", "quiet", "hostile")


@cache
def counted(case: str) -> tuple[Counts, Question]:
    """The counts of a small made log, and its question."""
    log, question = _asked(case)
    return stored.counts(lambda: plain.count(log, question), "pictured", case), question


def _asked(case: str) -> tuple[pd.DataFrame, Question]:
    if case == "reset":
        question = made.question(events=EVENTS)
        return made.platform(1, rows=8_000, damage="reset"), question
    columns = {"time": "time", "outcome": "outcome", "score": "score"}
    if case == "quiet":
        question = made.question(columns=columns, cohorts=[])
        return made.platform(3, rows=4_000), question
    log, rng = made.platform(5, rows=5_000, damage="scrambled"), np.random.default_rng(5)
    names = [f"{HOSTILE[i % len(HOSTILE)]}{i // len(HOSTILE) or ''}" for i in range(40)]
    log["$who$"] = rng.choice(names, len(log), p=rng.dirichlet(np.ones(40)))
    log["system"] = np.where(log["system"] == "default", HOSTILE[0], HOSTILE[4])
    question = made.question(columns={**columns, "system": "system"}, cohorts=["$who$"])
    return log, question


@cache
def finding(case: str, name: str, *arguments: str) -> Finding:
    """A finding of the case by the analysis's name."""
    return getattr(analyses, name)(*counted(case), *arguments)


def _contributions(case: str) -> list[Finding]:
    return [finding(case, "contributions", by) for by in counted(case)[0].groupings()[1:]]


def _pairs(case: str) -> Finding:
    single = [by for by in counted(case)[0].groupings()[1:] if "*" not in by]
    return finding(case, "pairs", single[-1])


def _replay(case: str) -> Finding:
    """A replay of hostile names, or of two systems; the quiet case has no history."""
    if case == "quiet":
        return finding(case, "replay")
    systems = [*HOSTILE[:2], HOSTILE[4]] if case == "hostile" else ["calibration", "default"]
    sets = [tuple(systems[:n]) for n in range(len(systems) + 1)] + [(name,) for name in systems[1:]]
    names = ["nothing" if not frozen else ", ".join(frozen) for frozen in sets]
    names += [f"candidate: {HOSTILE[5]}"]
    arms = [
        {"frozen": name, "auc": 0.52 + 0.03 * i, "low": 0.5 + 0.03 * i, "high": 0.54 + 0.03 * i}
        | {"placebo": 0.0, "recovered": 0.03 * i}
        | {"recovered_low": 0.03 * i - 0.05, "recovered_high": 0.03 * i + 0.05}
        for i, name in enumerate(names)
    ]
    numbers = {"baseline": Estimate(0.8, 0.78, 0.82), "observed": Estimate(0.52, 0.5, 0.54)}
    claim = "With the old values of all systems AUC would have been 0.610 instead of 0.520."
    return Finding(name="replay", claim=claim, numbers=numbers, table=tuple(arms))


def _join_loss(case: str) -> Finding:
    """Lost rows of hostile names, or of a country; the quiet case joins nothing."""
    if case == "quiet":
        return finding(case, "join_loss")
    groups = ["all", *(HOSTILE[:3] if case == "hostile" else ["country FR"])]
    starts = [f"2024-02-{day:02}" for day in range(1, 11)]
    shares = {g: [0.05] * 5 + [0.05 if i == 0 else 0.9] * 5 for i, g in enumerate(groups)}
    days = [
        {"group": group, "start": start, "rows": 100, "lost": 100 * share, "share": share}
        for group in groups
        for start, share in zip(starts, shares[group], strict=True)
    ]
    table = tuple({"group": group, "since": "2024-02-06" if group != "all" else None}
                  for group in groups)  # fmt: skip
    return Finding("join loss", "Rows lost their outcomes.", table=table, detail={"days": days})


def _first(name: str) -> Callable[[str], Finding]:
    """The analysis whose findings the figure called `name` draws, where nothing below says more."""
    analysis = next(first for first, known in drawings().items() if name in known)
    if analysis == "by":
        return lambda case: _contributions(case)[-1]
    return lambda case: finding(case, analysis)


DRAWN: dict[str, Callable[[str], Any]] = {
    name: _first(name) for name in figures.__all__ if name != "cohorts"
} | {
    "cohorts": _contributions,
    "join_loss": _join_loss,
    "pair_matrix": _pairs,
    "replay": _replay,
    "suspects": lambda case: finding(case, "answer"),
}
"""What each figure draws of a case: a finding, or findings."""


@lru_cache(maxsize=1)
def figure(case: str, name: str) -> Figure:
    """The figure called `name`; the last one is remembered, since many hold a lot of memory."""
    return getattr(figures, name)(DRAWN[name](case))


@dataclass(frozen=True)
class Written:
    """One line of text as drawn; pixels from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Written") -> bool:
        """Whether the two cover each other, by more than a hair."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1 and down > 1


class _Recorder(RendererAgg):
    def __init__(self, *size: float) -> None:
        super().__init__(*size)
        self.written: list[Written] = []

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, *rest: Any, **more: Any
    ) -> None:
        width, height, descent = self.get_text_width_height_descent(s, prop, False)
        if angle == 90:
            box = (x - height + descent, y - width, x + descent, y)
        else:
            box = (x, y - height + descent, x + width, y + descent)
        self.written.append(Written(s, *box))
        super().draw_text(gc, x, y, s, prop, angle, *rest, **more)


def written(figure: Figure) -> list[Written]:
    """Every line of text that drawing `figure` puts on paper."""
    width, height = figure.bbox.size
    recorder = _Recorder(width, height, figure.dpi)
    figure.draw(recorder)
    return [line for line in recorder.written if line.text.strip()]


def title(figure: Figure) -> str:
    """The figure's title on one line, as a reader sees it."""
    return " ".join(figure.get_suptitle().split()).replace(r"\$", "$")
