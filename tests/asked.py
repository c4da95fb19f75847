"""A params file of a few lines, read and refused."""

from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.question import params
from investigate.question.question import Question

TEXT = """\
case: made
log: data/log.parquet
columns:
  time: t
  outcome: y
  score: s
cohorts: [a, b]
baseline: {start: 2024-01-01, end: 2024-02-01}
incident:
  start: 2024-02-01
  end: 2024-03-01
"""


def load(text: str, *overrides: str) -> Question:
    Path("q.yml").write_text(text, encoding="utf-8")
    return params.load("q.yml", overrides)


def refused(text: str, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        load(text, *overrides)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 250
    return message
