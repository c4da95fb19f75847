"""A path or a number of the wrong type is one clear line, wherever a program hands it in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import investigate
from investigate.api import given

JOBS = "investigate.run: jobs: expected a whole number of 1 or more, got "
SECONDS = "investigate.run: timeout: expected seconds, a number above 0, got "
ROWS = "rows: expected a whole number of 100 or more, got "
ASKED: Any = {}
"""What nothing is made of, since the settings of a run are looked at first."""


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: investigate.load(None), "investigate.load: expected the path of a record, got No"),
        (lambda: investigate.load(b"audit"), "investigate.load: expected the path of a record, go"),
        (lambda: investigate.load(pd.DataFrame()), "investigate.load: expected the path of a reco"),
        (lambda: investigate.auc_interval([0, 1], [0, 1], sample_weight=[np.inf, 1]), "sample_wei"
         "ght contains NaN or infinite numbers; leave those rows out"),
        (lambda: investigate.auc_interval([0, 1], [0, 1], sample_weight=[0, 0]), "sample_weight: "
         "all weights are 0, so that nothing counts"),
        (lambda: investigate.auc_interval([0, 1], [0, 1], sample_weight=[-1, 1]), "sample_weight: "
         "expected none below 0, got -1"),
        (lambda: investigate.load("nowhere"), "nowhere: no record lies here; name the folder of "),
        (lambda: investigate.run(ASKED, audit=7), "investigate.run: audit: expected the path of a"),
        (lambda: investigate.run(ASKED, notebooks=7), "investigate.run: notebooks: expected the p"),
        (lambda: investigate.run(ASKED, jobs="a"), f"{JOBS}'a'"),
        (lambda: investigate.run(ASKED, jobs=0), f"{JOBS}0"),
        (lambda: investigate.run(ASKED, jobs=True), f"{JOBS}True"),
        (lambda: investigate.run(ASKED, timeout="a"), f"{SECONDS}'a'"),
        (lambda: investigate.run(ASKED, timeout=0), f"{SECONDS}0"),
        (lambda: investigate.run(ASKED, timeout=float("nan")), f"{SECONDS}nan"),
        (lambda: investigate.example_log("a"), f"{ROWS}'a'"),
        (lambda: investigate.example_log(99), f"{ROWS}99"),
        (lambda: investigate.example_log(1000.5), f"{ROWS}1000.5"),
        (lambda: investigate.example_log(seed="a"), "seed: expected a whole number of 0 or more, "),
        (lambda: investigate.example_log(seed=-1), "seed: expected a whole number of 0 or more, g"),
        (lambda: investigate.auc_interval([0, 1], [0, 1], confidence="a"), "confidence: expected "),
        (lambda: investigate.Finding("drop", "x").plot(title=7), "title: expected text, got 7"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_clear_line(call: Callable[[], Any], says: str) -> None:
    with pytest.raises((investigate.InputError, ValueError)) as caught:
        call()
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)


def test_what_is_right_passes() -> None:
    assert given.path("a/b", "here", "it") == given.path(Path("a/b"), "here", "it")
    assert given.whole(np.int64(3), 3)
    assert given.positive(np.float32(0.5))
    assert given.plain(np.array([1, 2])) == [1, 2]
    frame = pd.DataFrame({"a": [1]})
    assert given.plain(frame) is frame
    assert given.plain("text") == "text"
