"""Parts of items, against those of a cohort column that holds the items, and weights by hand."""

import numpy as np
import pandas as pd
import pytest
from drifting import DRIFTING, asked, frame
from scipy.stats import false_discovery_control, norm, rankdata
from sklearn.metrics import roc_auc_score

from investigate.analyses import contributions, items
from investigate.finding import Finding


def found() -> Finding:
    return items(*asked(by_item=True))


@pytest.mark.slow
def test_parts_sum_to_the_change_in_auc() -> None:
    rows = found().to_frame(full=True)
    log = frame()
    late = log["time"] >= pd.Timestamp("2025-03-31")
    areas = [roc_auc_score(part["y"], part["score"]) for part in (log[~late], log[late])]
    assert rows["contribution"].sum() == pytest.approx(found().detail["change"], abs=1e-12)
    # Bins may tell the raw scores' AUC within their bound only.
    assert rows["contribution"].sum() == pytest.approx(areas[1] - areas[0], abs=1e-3)
    assert len(rows) == 40


@pytest.mark.slow
def test_parts_and_intervals_are_those_of_a_column_that_holds_the_items() -> None:
    counts, question = asked(by_item=True)
    exact = contributions(counts, question, "exercise").to_frame(full=True).set_index("group")
    rows = found().to_frame(full=True).set_index("item")
    exact.index = [name.split()[-1] for name in exact.index]
    exact = exact.loc[rows.index]
    # Ten bands of scores, not all bins; the largest part is ten times as much.
    off = (rows["contribution"] - exact["contribution"]).abs()
    assert float(off.max()) < 5e-4
    assert float(exact["contribution"].abs().max()) > 10 * float(off.max())
    assert rows["common"].to_numpy() == pytest.approx(exact["common"].to_numpy(), abs=1e-12)
    # A jackknife of 32 folds errs by an eighth itself; over forty items little of that is left.
    ratio = (rows["high"] - rows["low"]) / (exact["high"] - exact["low"])
    assert float(ratio.mean()) == pytest.approx(norm.ppf(0.975) / 2.04, abs=0.06)


@pytest.mark.slow
def test_errors_are_those_of_rows_drawn_again() -> None:
    """Influence by hand: the weight of a row in bands, less the item's mean of its side."""
    log = frame()
    log["late"] = log["time"] >= pd.Timestamp("2025-03-31")
    sides = {
        (w, y): log[(log["late"] == bool(w)) & (log["y"] == y)] for w in (0, 1) for y in (0, 1)
    }
    rng = np.random.default_rng(5)
    rows = found().to_frame(full=True).set_index("item")
    # Weights from the raw scores: midpoint rule along the line from baseline to incident.
    below = {
        y: sum(_share_below(sides[w, y]["score"], log["score"]) for w in (0, 1)) / 2 for y in (0, 1)
    }
    area = sum(below[0][sides[w, 1].index].mean() for w in (0, 1)) / 2
    weight = np.where(log["y"] == 1, below[0] - area, 1 - below[1] - area)
    sizes = {key: len(side) for key, side in sides.items()}
    sign = np.where(log["late"], 1, -1)
    scale = np.array([sizes[int(w), int(y)] for w, y in zip(log["late"], log["y"], strict=True)])
    part = pd.Series(sign * weight / scale, log.index)
    for item in ("i01", "i20"):
        its = (log["item"] == item).to_numpy()
        assert rows.loc[item, "contribution"] == pytest.approx(part[its].sum(), abs=5e-4)
        drawn = [
            sum(
                part.to_numpy()[chosen][its[chosen]].sum()
                for side in sides.values()
                for chosen in [rng.choice(side.index.to_numpy(), len(side))]
            )
            for _ in range(300)
        ]
        error = float(rows.loc[item, "high"] - rows.loc[item, "low"]) / (2 * norm.ppf(0.975))
        assert error == pytest.approx(float(np.std(drawn)), rel=0.15)


def _share_below(values: pd.Series, at: pd.Series) -> pd.Series:
    """Share of `values` below each of `at`, ties half."""
    both = rankdata(np.concatenate([values, at]))[len(values) :]
    own = rankdata(at)
    return pd.Series((both - own) / len(values), at.index)


@pytest.mark.slow
def test_marks_hold_at_the_false_discovery_rate() -> None:
    rows = found().to_frame(full=True)
    _, question = asked(by_item=True)
    expected = false_discovery_control(rows["p_value"]) <= question.thresholds.false_discovery_rate
    assert rows["discovered"].tolist() == expected.tolist()
    supported = rows[rows["stands_out"]]
    assert len(supported) >= DRIFTING / 4
    assert set(supported["item"]) <= {f"i{i:02}" for i in range(DRIFTING)}
    assert set(supported["ets"]) == {"C"}
    assert found().claim.startswith(f"{len(supported)} of 40 items, with ")


@pytest.mark.slow
def test_without_items_it_says_so() -> None:
    finding = items(*asked(named=False))
    assert finding.table == ()
    assert finding.claim == (
        "What single items contribute cannot be told: no item column is named."
    )
