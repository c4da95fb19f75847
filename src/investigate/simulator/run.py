"""Tick by tick: serve, score, answer, learn, write."""

from collections.abc import Sequence

import numpy as np

from investigate.simulator.calibration import logistic
from investigate.simulator.faults.fault import Fault
from investigate.simulator.ledger import CALIBRATION, DECIMALS
from investigate.simulator.selection import Pools
from investigate.simulator.state import ANSWERS_SECOND, CALIBRATION_SECOND, WARM_UP_DAYS, Platform
from investigate.simulator.traffic import TICK, TICKS
from investigate.simulator.world import GROWTH

Rows = dict[str, np.ndarray]


def run(platform: Platform, faults: Sequence[Fault], onset: int, days: int) -> Rows:
    """The answers of `days` days after the warm-up; the faults begin at midnight of day `onset`.

    A row has ``seconds`` since the log's start, ``student``, ``exercise``, ``outcome``,
    ``score``, ``system`` and ``ability``, each as an array.
    """
    served: list[Rows] = []
    for tick in range(-WARM_UP_DAYS * TICKS, days * TICKS):
        day, part = divmod(tick, TICKS)
        if day == onset and part == 0:
            for fault in faults:
                fault.begin(platform, tick)
        if part == 0:
            pools = Pools(platform.exercises.pool, platform.exercises.live(day))
            platform.students.ability += GROWTH
        if part % (TICKS // platform.default.times) == 0:
            platform.refresh(tick)
            if day >= onset:
                for fault in faults:
                    fault.after_refresh(platform, tick)
        rows = _answers(platform, pools, tick)
        if tick >= 0:
            served.append(rows)
    return {name: np.concatenate([rows[name] for rows in served]) for name in served[0]}


def _answers(platform: Platform, pools: Pools, tick: int) -> Rows:
    rng, ledger = platform.rng, platform.ledger
    number = platform.traffic.answers(rng, tick, (platform.weekday + tick // TICKS) % 7)
    student, exercise = platform.selection.serve(
        rng, platform.students, platform.abilities.estimate, pools, ledger.difficulty, number
    )
    # In whole milliseconds: after this tick's writes and before the next ones.
    first, last = ANSWERS_SECOND * 1_000, TICK * 1_000
    seconds = tick * TICK + np.sort(rng.integers(first, last, number)) / 1_000
    estimate = platform.abilities.estimate[student]
    ability = np.round(platform.known_ability(student, estimate), DECIMALS)
    difficulty = ledger.difficulty[exercise]
    gap = platform.students.ability[student] - platform.exercises.difficulty[exercise]
    outcome = (rng.random(number) < logistic(gap)).astype(np.int64)
    rows = {
        "seconds": seconds,
        "student": student,
        "exercise": exercise,
        "outcome": outcome,
        "score": np.round(logistic(ability - difficulty), DECIMALS),
        "system": ledger.system[exercise],
        "ability": ability,
    }
    written, values = platform.calibration.learn(ledger, exercise, estimate, outcome)
    platform.abilities.learn(student, outcome - logistic(estimate - difficulty))
    ledger.write((tick + 1) * TICK + CALIBRATION_SECOND, written, CALIBRATION, values)
    return rows
