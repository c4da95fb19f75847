"""Two small difficulty systems of a learning platform, run over answers in time order.

``default_difficulty``
    Serves an assessment that has few answers. Its value is the log-odds of failing among all
    earlier answers to the same module and assessment type, shrunk towards those of the type.
``continuous_calibration``
    The Elo rating system for education (Pelánek 2016, doi 10.1016/j.compedu.2016.03.017) with
    the step K = a / (1 + b n) after n answers. It learns each assessment from its first answer,
    starting at the default, and takes over once the assessment has enough answers. The
    students' abilities are learnt by the same process, from zero.

A score is the probability of success, logistic(ability - difficulty), of what was known before
its day: an answer carries a date and no time of day, so all rows of a day are scored first and
learnt from afterwards. Only that learning follows an order within the day (that of the rows);
no score depends on it before the next day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp, log

import numpy as np
import pandas as pd

DEFAULT, CALIBRATION = "default_difficulty", "continuous_calibration"

# Round values of the size in use for this step; neighbours were compared on the answers of the
# first presentation, 2013B, alone, and do about as well. No later answer had a say.
STEP_A, STEP_B = 1.0, 0.05
# A difficulty from 30 answers is stable to about one logit (Linacre 1994, Rasch Measurement
# Transactions 7:4, 328).
ENOUGH_ANSWERS = 30
# A rate from few answers leans on its parent as if that had been seen in so many answers.
PRIOR_ANSWERS = 20
# The nightly job writes when the day's answers are in: before any row of the next day.
WRITTEN_AT = pd.Timedelta(hours=23)


@dataclass
class OutcomeRates:
    """The default difficulty: outcomes so far, by assessment type and by module and type."""

    good: Counter[tuple[str, ...]] = field(default_factory=Counter)
    answers: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def difficulty(self, module: str, kind: str) -> float:
        """Log-odds of failing, in logits; 0 before any answer is known."""
        rate = 0.5
        for group in ((kind,), (module, kind)):
            rate = (self.good[group] + PRIOR_ANSWERS * rate) / (self.answers[group] + PRIOR_ANSWERS)
        return log((1 - rate) / rate)

    def learn(self, module: str, kind: str, outcome: int) -> None:
        for group in ((kind,), (module, kind)):
            self.good[group] += outcome
            self.answers[group] += 1


@dataclass
class Ratings:
    """Elo ratings of students or of assessments, in logits, and the answers behind each."""

    value: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    answers: Counter[int] = field(default_factory=Counter)

    def move(self, who: int, surprise: float) -> None:
        """One step of Pelánek (2016): the more answers, the smaller."""
        self.value[who] += STEP_A / (1 + STEP_B * self.answers[who]) * surprise
        self.answers[who] += 1


def logistic(logits: float) -> float:
    return 1 / (1 + exp(-logits))


def days(rows: pd.DataFrame) -> Iterator[tuple[pd.Timestamp, range]]:
    """Each date of ``submitted_on`` with the positions of its rows; rows are sorted by date."""
    dates = rows["submitted_on"]
    starts = np.flatnonzero(dates.ne(dates.shift()))
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield dates.iloc[start], range(start, end)


def run_systems(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score every row from what was known before its day, then learn from the day.

    ``rows``: submitted_on, id_assessment, id_student, module, assessment_type, outcome (0 or 1),
    at least one row, sorted by date. Returns one line per row, in the same order (score, system,
    ability in logits, earlier: the student's answers on earlier days), and the history of writes
    (time, item, system, difficulty in logits). Scores have four decimals, logits six.
    """
    items, students = rows["id_assessment"].tolist(), rows["id_student"].tolist()
    modules, kinds = rows["module"].tolist(), rows["assessment_type"].tolist()
    outcomes = rows["outcome"].tolist()
    rates, ability, difficulty = OutcomeRates(), Ratings(), Ratings()
    in_force: dict[int, tuple[str, float]] = {}
    scored: list[tuple[float, str, float, int]] = []
    history: list[tuple[pd.Timestamp, int, str, float]] = []

    def write(day: pd.Timestamp, item: int, system: str, value: float) -> None:
        in_force[item] = (system, round(value, 6))
        history.append((day + WRITTEN_AT, item, *in_force[item]))

    for day, today in days(rows):
        for row in today:
            item, student = items[row], students[row]
            if item not in in_force:
                difficulty.value[item] = rates.difficulty(modules[row], kinds[row])
                write(day - pd.Timedelta(days=1), item, DEFAULT, difficulty.value[item])
            system, value = in_force[item]
            skill = round(ability.value[student], 6)
            score = round(logistic(skill - value), 4)
            scored.append((score, system, skill, ability.answers[student]))

        for row in today:
            item, student = items[row], students[row]
            surprise = outcomes[row] - logistic(ability.value[student] - difficulty.value[item])
            ability.move(student, surprise)
            difficulty.move(item, -surprise)
            rates.learn(modules[row], kinds[row], outcomes[row])

        for item, row in {items[row]: row for row in today}.items():
            if difficulty.answers[item] >= ENOUGH_ANSWERS:
                write(day, item, CALIBRATION, difficulty.value[item])
            else:
                write(day, item, DEFAULT, rates.difficulty(modules[row], kinds[row]))

    writes = pd.DataFrame(history, columns=["time", "item", "system", "difficulty"])
    return (
        pd.DataFrame(scored, columns=["score", "system", "ability", "earlier"]),
        writes.sort_values(["time", "item"], ignore_index=True),
    )
