"""Random logs and questions: the numbers of plain pandas, or one line; see `tools/fuzz.py`."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from fuzzed import Case, cases, judge, judge_text, texts
from hypothesis import HealthCheck, given, settings

LITTLE = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@LITTLE
@given(case=cases())
def test_a_log_is_read_right_or_refused_in_one_line(case: Case) -> None:
    with TemporaryDirectory() as folder:
        judge(case, Path(folder))


@pytest.mark.slow
@settings(LITTLE, max_examples=60)
@given(text=texts())
def test_a_question_is_answered_or_refused_in_one_line(text: str) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        r = np.random.default_rng(1)
        hours = pd.to_timedelta(r.integers(0, 900, 80), unit="h")
        rows = {"time": pd.Timestamp("2024-03-01") + hours, "outcome": r.integers(0, 2, 80)}
        rows |= {"score": r.random(80), "system": r.choice(["a", "b"], 80)}
        pd.DataFrame(rows).to_csv("log.csv", index=False)
        judge_text(text, Path(folder))
