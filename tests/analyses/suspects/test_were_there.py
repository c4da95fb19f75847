"""Groups that the incident alone has are no alibi, also where none of them is news by itself."""

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.innocent import innocent

pytestmark = pytest.mark.slow

ASKED = made.question(
    cohorts=["shop"],
    columns={"time": "time", "outcome": "outcome", "score": "score"},
    thresholds={"tolerance": 0.06},
)


@pytest.mark.parametrize("sound", [True, False])
def test_many_small_new_groups_are_no_alibi(sound: bool) -> None:
    rng = np.random.default_rng(4)
    rows = 12_000
    day = np.sort(rng.uniform(0, made.DAYS, rows))
    now = day >= made.BASELINE_DAYS
    # Each new shop has less than a hundredth of the rows; all of them a tenth, or a half.
    number, turn = np.arange(rows) % 58, np.arange(rows) // 58
    new = now & (turn % 10 == 0 if sound else turn % 2 == 0)
    # Of the shops that were there, those of which the score always knew less get more rows.
    hard = rng.random(rows) < np.where(now & sound, 0.6, 0.1)
    logit = rng.normal(0, np.where(hard & ~new, 0.6, 2.5))
    outcome = rng.random(rows) < made.logistic(logit)
    if not sound:
        logit[new] = rng.permutation(logit[new])
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": made.logistic(logit).round(3),
        "shop": [f"s{n}" for n in np.where(new, 100 + number, hard * 20 + number % 20)],
    })  # fmt: skip
    found = innocent(plain.count(frame, ASKED, 200), ASKED)
    mixes = [one.either for one in found if one.kind == "population_mix" and one.supported]
    assert mixes == ([False] if sound else [])
