"""Random logs and questions: the numbers of plain pandas, or one line; see `tools/fuzz.py`."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fuzzed import Case, cases, judge, judge_text, put_log, texts
from hypothesis import HealthCheck, given, settings

LITTLE = settings(
    max_examples=9,
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
        put_log(Path(folder))
        judge_text(text, Path(folder))
