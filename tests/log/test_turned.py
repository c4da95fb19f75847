"""Scores that fall as outcomes rise, turned round by the question."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.counts.auc import auc
from investigate.errors import InputError
from investigate.log import count
from investigate.question import params

pytestmark = pytest.mark.slow

CUT = pd.Timestamp("2024-01-11")


def log(scale: float) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    risk = np.round(rng.random(600), 3)
    return pd.DataFrame(
        {
            "t": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(600) * 48, "min"),
            "y": (rng.random(600) > risk).astype(int),
            "s": risk * scale,
        }
    )


def asked(path: Path, turned: str | None) -> dict[str, object]:
    columns = {"time": "t", "outcome": "y", "score": "s"} | ({"turned": turned} if turned else {})
    return {
        "case": "turned",
        "log": str(path),
        "columns": columns,
        "baseline": {"start": "2024-01-01", "end": "2024-01-11"},
        "incident": {"start": "2024-01-11", "end": "2024-01-21"},
    }


@pytest.mark.parametrize(("turned", "scale"), [("1 - score", 1.0), ("-score", 40)])
def test_auc_is_that_of_the_score_turned_round(tmp_path: Path, turned: str, scale: float) -> None:
    frame = log(scale)
    frame.to_csv(tmp_path / "log.csv", index=False)
    counts = count(params.from_values(asked(tmp_path / "log.csv", turned), "here"))
    own = counts.slices[counts.slices["by"] == "all"]
    for window, rows in enumerate((frame[frame["t"] < CUT], frame[frame["t"] >= CUT])):
        sides = own[own["window"] == window].groupby("bin")[["positives", "negatives"]].sum()
        expected = roc_auc_score(rows["y"], -rows["s"])
        assert float(auc(*(sides[side].to_numpy() for side in sides))) == pytest.approx(
            expected, abs=1e-12
        )
    low, high = counts.bins["low"].min(), counts.bins["high"].max()
    shown = 1 - frame["s"] if turned == "1 - score" else -frame["s"]
    assert (low, high) == (shown.min(), shown.max())
    assert not [b for b in counts.meta["breaches"] if "fall as outcomes rise" in b["reason"]]


def test_a_score_that_falls_is_noted_with_the_key_that_turns_it(tmp_path: Path) -> None:
    log(1.0).to_csv(tmp_path / "log.csv", index=False)
    counts = count(params.from_values(asked(tmp_path / "log.csv", None), "here"))
    (reason,) = [b["reason"] for b in counts.meta["breaches"] if "fall as outcomes" in b["reason"]]
    assert reason.endswith("turn it round by columns.turned: '1 - score' (or '-score' for scores "
                         "beyond 0 to 1)")  # fmt: skip


def test_what_is_not_said_leaves_fingerprints_and_another_word_is_refused() -> None:
    question = params.from_values(asked(Path("log.csv"), None), "here")
    assert "turned" not in question.parameters()["columns"]
    with pytest.raises(InputError, match=r"columns.turned: must be '1 - score' or '-score'"):
        params.from_values(asked(Path("log.csv"), "minus"), "here")
