"""Counts of weighted rows, and the messages about them, against scikit-learn and plain arrays."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import investigate
from investigate.analyses import replay
from investigate.api import opening
from investigate.errors import InputError
from investigate.log import count, slices

pytestmark = pytest.mark.slow

START, CUT, END = (pd.Timestamp(day) for day in ("2024-01-01", "2024-01-21", "2024-02-10"))
COLUMNS = {"time": "t", "outcome": "y", "score": "s", "system": "system", "cluster": "user"}


def made(weight: float | None = None, rows: int = 4_000) -> pd.DataFrame:
    """Rows of two systems, of which one breaks, with weights; some are 0."""
    rng = np.random.default_rng(7)
    seconds = np.sort(rng.integers(0, int((END - START).total_seconds()), rows))
    time = START + pd.to_timedelta(seconds, "s")
    score, system = rng.random(rows).round(2), rng.choice(["a", "b"], rows)
    chance = np.where((time >= CUT) & (system == "b"), 0.5, score)
    drawn = rng.exponential(size=rows) ** 2 * (rng.random(rows) > 0.05)
    return pd.DataFrame(
        {
            "t": time,
            "s": score,
            "y": (rng.random(rows) < chance).astype(int),
            "system": system,
            "country": rng.choice(["DE", "FR", "PL"], rows),
            "device": rng.choice(["x", "y"], rows),
            "user": rng.integers(0, 700, rows),
            "w": drawn if weight is None else weight,
            "window": (time >= CUT).astype(int),
        }
    )


def asked(frame: pd.DataFrame, **columns: str) -> dict[str, Any]:
    return {
        "case": "weighted", "log": frame, "cohorts": ["country", "device"],
        "columns": {**COLUMNS, **columns},
        "baseline": {"start": str(START.date()), "end": str(CUT.date())},
        "incident": {"start": str(CUT.date()), "end": str(END.date())},
    }  # fmt: skip


def counted(frame: pd.DataFrame, **columns: str) -> Any:
    question, held, _path = opening.asked(asked(frame, **columns))
    return count(question, held)


@pytest.fixture(scope="module")
def weighted() -> Any:
    return investigate.open(asked(made(), weight="w"))


def test_equal_weights_change_no_count() -> None:
    frame = made(weight=7.3)
    plain, equal = counted(frame), counted(frame, weight="w")
    for name in ("slices", "arms", "timeline", "cohort_timeline", "crossed", "facts", "bins"):
        one, other = getattr(plain, name), getattr(equal, name)
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-7)
        kind = "f" if name in ("slices", "arms", "timeline", "cohort_timeline", "crossed") else "i"
        sums = "rows" if kind == "i" else "positives"
        assert (one[sums].dtype.kind, other[sums].dtype.kind) == ("i", kind)
    assert "weights" not in plain.meta
    assert equal.meta["weights"]["effective"] == [(frame["window"] == w).sum() for w in (0, 1)]


def test_auc_is_that_of_weighted_rows(weighted: Any) -> None:
    frame, found = made(), weighted.drop()
    level = weighted.answer().detail["findings"]["auc"]
    for w, window in enumerate(("baseline", "incident")):
        own = frame[frame["window"] == w]
        area = roc_auc_score(own["y"], own["s"], sample_weight=own["w"])
        assert found.numbers[window].value == pytest.approx(area, abs=1e-12)
        effective = own["w"].sum() ** 2 / (own["w"] ** 2).sum()
        assert level[window]["rows"] == len(own)
        assert level[window]["effective_rows"] == pytest.approx(effective, abs=1)
    assert "Rows count by their weight (w)" in found.caveats[0]
    whole = counted(frame, weight="w").slices
    ours = whole.groupby(["by", "window"])["positives"].sum().unstack("window")
    # Every grouping holds every weight, to the last digit.
    assert (ours.nunique() == 1).all()


@pytest.mark.parametrize("by", ["system", "country"])
def test_views_and_intervals_are_those_of_plain_arrays(weighted: Any, by: str) -> None:
    frame = made()
    arrays = (frame[name] for name in ("y", "s", by, "window", "user"))
    expected = investigate.decompose(*arrays, sample_weight=frame["w"])
    change = weighted.drop().numbers["change"]
    assert (change.value, change.low, change.high) == pytest.approx(
        (expected.change.value, expected.change.low, expected.change.high), abs=1e-9
    )
    ours = weighted.contributions(by).to_frame().set_index("group")
    theirs = expected.groups.set_index("group").loc[ours.index]
    for name in ("contribution", "low", "high", "auc_baseline", "auc_incident"):
        assert ours[name].to_numpy() == pytest.approx(theirs[name].to_numpy(), abs=1e-9)
    rows = frame[frame["window"] == 1][by].value_counts()
    assert ours["rows_incident"].to_dict() == rows.to_dict()
    parts = weighted.mechanism(by).numbers
    for part, value in zip(
        expected.mechanism["part"], expected.mechanism["contribution"], strict=True
    ):
        assert parts[part].value == pytest.approx(value, abs=1e-9)
    pairs = expected.pairs["contribution"].iloc[:-2].to_numpy()
    own = weighted.pairs(by).to_frame()["contribution"].to_numpy()
    assert np.sort(own) == pytest.approx(np.sort(pairs), abs=1e-9)


def test_large_logs_are_summed_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = made()
    exact = counted(frame, weight="w").slices
    monkeypatch.setattr(slices, "WHOLE_ROWS", 0)
    small = counted(frame, weight="w")
    keys = ["by", "system", "cohort", "window"]
    folded = small.slices[small.slices["fold"] >= 0]
    for more, own in (("bin", small.slices), ("fold", pd.concat([folded, small.fold_bands]))):
        # Labels of large tables are categories.
        one, other = (
            t.astype(dict.fromkeys(keys[:3], "str"))
            .groupby([*keys, more])[["positives", "negatives"]]
            .sum()
            for t in (exact, own)
        )
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"w": -1.5}, "1 of the 4,000 rows that can be scored have a negative number in 'w'"),
        ({"w": np.nan}, "1 of the 4,000 rows that can be scored have no finite number in 'w'"),
        ({"w": np.inf}, "1 of the 4,000 rows that can be scored have no finite number in 'w'"),
    ],
)
def test_what_cannot_be_a_weight_is_refused(change: dict[str, float], message: str) -> None:
    frame = made()
    frame.loc[17, list(change)] = list(change.values())
    with pytest.raises(InputError, match="at least 0") as refused:
        counted(frame, weight="w")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_weights_that_leave_no_auc_are_refused() -> None:
    frame = made()
    frame.loc[(frame["window"] == 1) & (frame["y"] == 0), "w"] = 0
    with pytest.raises(InputError, match="in the incident all rows with outcome 0 have a weight"):
        counted(frame, weight="w")
    with pytest.raises(InputError, match="in the baseline all rows with outcome 1 have a weight"):
        counted(made(weight=0), weight="w")


@pytest.mark.parametrize("scale", [2.0**500, 2.0**-560])
def test_huge_and_tiny_weights_count_as_others_do(scale: float) -> None:
    frame = made(rows=400)
    one, other = (
        counted(frame_of, weight="w") for frame_of in (frame, frame.assign(w=frame["w"] * scale))
    )
    pd.testing.assert_frame_equal(one.slices, other.slices)
    assert one.meta["weights"] == other.meta["weights"]


def test_a_weight_beside_which_others_vanish_is_refused() -> None:
    frame = made(rows=400)
    frame.loc[frame["y"].eq(1).idxmax(), "w"] = 1e30
    with pytest.raises(InputError, match="all rows with outcome 0 are next to nothing beside"):
        counted(frame, weight="w")


def test_what_takes_no_weights_says_so(weighted: Any) -> None:
    question, _held, _path = opening.asked(asked(made(), weight="w"))
    assert "A replay and a monitor take no weights" in weighted.drop().caveats[0]
    assert weighted.items().sentence.endswith("rows have weights, and items are counted by rows.")
    meta = dict(weighted.counts.meta)
    counts = replace(
        weighted.counts, meta={**meta, "weights": {**meta["weights"], "history": True}}
    )
    sentence = (
        "Replay is not possible: rows have weights (columns.weight), which a replay does not carry."
    )
    assert replay(counts, question).sentence == sentence
