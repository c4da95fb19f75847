"""A join that fails for one country is named, with its share; the score is not accused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import investigate
from investigate.analyses.mechanism import COARSE
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.analyses.suspects.unjoined import outcome_news
from investigate.counts.grouping import grouping

pytestmark = pytest.mark.slow

START, CUT, END = (pd.Timestamp(day) for day in ("2024-01-01", "2024-01-21", "2024-02-10"))
LOST = 0.7
WEIGHTS = {"DE": 0.4, "FR": 0.35, "PL": 0.25}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Rows with their true outcome, and whether the table of outcomes has it."""
    rng = np.random.default_rng(1)
    n = 20_000
    country = rng.choice(list(WEIGHTS), n, p=list(WEIGHTS.values()))
    french = country == "FR"
    ability = rng.normal(size=n) * np.where(french, 1.6, 0.5)
    ability += pd.Series(country).map({"DE": 0.0, "FR": -2.2, "PL": 1.0})
    score = 1 / (1 + np.exp(-ability))
    seconds = np.sort(rng.integers(0, int((END - START).total_seconds()), n))
    time = START + pd.to_timedelta(seconds, "s")
    found = (rng.random(n) > 0.03) & ~(french & (time >= CUT) & (rng.random(n) < LOST))
    return pd.DataFrame(
        {
            "t": time,
            "request": rng.permutation(n),
            "s": np.round(score, 3),
            "country": country,
            "won": (rng.random(n) < score).astype(int),
            "found": found,
            "window": (time >= CUT).astype(int),
        }
    )


@pytest.fixture(scope="module")
def found(frame: pd.DataFrame) -> Any:
    log = frame[["t", "request", "s", "country"]]
    outcomes = frame.loc[frame["found"], ["request", "won"]]
    return investigate.open(
        {
            "case": "joined", "log": log, "cohorts": ["country"],
            "columns": {"time": "t", "score": "s"},
            "outcomes": {"log": outcomes, "columns": {"key": "request", "outcome": "won"}},
            "baseline": {"start": str(START.date()), "end": str(CUT.date())},
            "incident": {"start": str(CUT.date()), "end": str(END.date())},
        }
    )  # fmt: skip


def test_lost_rows_are_counted_by_day_and_cohort(frame: pd.DataFrame, found: Any) -> None:
    days = found.counts.join_days
    own = days[days["by"] == "country"].set_index(["cohort", "start"])[["rows", "lost"]]
    start = frame["t"].dt.floor("D").dt.tz_localize("UTC").rename("start")
    by_pandas = frame.assign(lost=~frame["found"]).groupby(["country", start])["lost"]
    expected = by_pandas.agg(["size", "sum"])
    assert own.to_numpy().tolist() == expected.to_numpy().tolist()
    for by in ("all", "system", "country"):
        for table in (found.counts.join_days, found.counts.join_bands):
            assert table.loc[table["by"] == by, "lost"].sum() == (~frame["found"]).sum()


def test_the_join_is_named_with_its_share(frame: pd.DataFrame, found: Any) -> None:
    verdict = found.verdict().detail["verdict"]
    assert (verdict["kind"], verdict["cohort"]) == ("join_loss", {"country": "FR"})
    assert verdict["onset"] == str(CUT.date())
    later = frame[(frame["window"] == 1)]
    lost = later[(later["country"] == "FR") & ~later["found"]]
    share = len(lost) / (~later["found"]).sum()
    assert f"{len(lost):,} rows of the incident" in verdict["sentence"]
    assert f"{share:.0%} of all lost rows" in verdict["sentence"]
    # With every outcome known, AUC would not have fallen: that is what the undo says.
    whole = later[later["country"] != "FR"].loc[lambda d: d["found"]]
    french = later[(later["country"] == "FR")]
    true = pd.concat([whole, french.sample(frac=0.97, random_state=1)])
    kept = later[later["found"]]
    gained = roc_auc_score(true["won"], true["s"]) - roc_auc_score(kept["won"], kept["s"])
    assert verdict["low"] - 0.005 < gained < verdict["high"] + 0.005
    account = found.account().detail["account"]
    assert [part["kind"] for part in account] == ["join_loss", "unexplained"]
    findings = found.answer().detail["findings"]["join_loss"]
    assert [row["group"] for row in findings["groups"] if row["fails"]] == ["all", "FR"]


def test_points_are_those_of_weighted_rows(frame: pd.DataFrame, found: Any) -> None:
    scores = frame.loc[frame["found"], "s"]
    ranked = np.sort(scores.to_numpy())
    below = np.searchsorted(ranked, frame["s"], side="left")
    band = pd.Series(below * 16 // len(ranked), index=frame.index)
    french = frame["country"] == "FR"
    usual = 1 - frame.loc[french & (frame["window"] == 0), "found"].mean()
    other = frame[~french].groupby("window")["found"].mean()
    usual += max(other[0] - other[1], 0.0)
    frame = frame.assign(band=band, weight=1.0)
    french = frame[french]
    own = french[french["window"] == 1].groupby("band")["found"].agg(["size", "sum"])
    due = own["size"] * (1 - usual)
    few = own["sum"] < 0.25 * own["size"]
    kept = frame[(frame["window"] == 1) & frame["found"]].copy()
    mine = (kept["country"] == "FR") & ~kept["band"].map(few).fillna(False)
    kept.loc[mine, "weight"] = kept["band"].map(due / own["sum"])
    lent = french[(french["window"] == 0) & french["found"]].copy()
    lent = lent[lent["band"].map(few).fillna(False)]
    missing = (due - own["sum"]) / lent.groupby("band").size()
    both = pd.concat([kept, lent.assign(weight=lent["band"].map(missing))])
    gained = roc_auc_score(both["won"], both["s"], sample_weight=both["weight"])
    gained -= roc_auc_score(kept["won"], kept["s"])
    points = found.verdict().numbers["join_loss"].value
    assert few.any()
    assert points == pytest.approx(gained, abs=1e-9)


def test_the_join_is_undone_after_what_was_undone_in_another_country(found: Any) -> None:
    german, french = (grouping(found.counts, "country").keys[at] for at in (0, 1))
    once = Undoing(found.counts).counts([UndoingArm("country", german, "scores")])
    # Each grouping is rounded by itself, so that they no longer agree on the rows of a bin.
    rows = [
        np.bincount(own.bin, own.positives + own.negatives, own.bins)
        for own in (grouping(once, by) for by in ("all", "country"))
    ]
    assert len(once.bins) > COARSE
    assert (rows[0] != rows[1]).any()
    before, after = Undoing(once).areas([UndoingArm("country", french, "outcomes")])[:, 0]
    assert after - before > 0.01


def test_lost_rows_with_weights_weigh_as_those_that_stand_in_for_them(frame: pd.DataFrame) -> None:
    one_in_fifty = np.arange(len(frame)) % 50 == 0
    gone = (frame["country"] == "FR") & (frame["window"] == 1) & ~one_in_fifty
    heavy = frame.assign(found=frame["found"] & ~gone, w=np.where(frame["country"] == "FR", 3, 1))
    asked = {
        "case": "joined", "log": heavy[["t", "request", "s", "country", "w"]],
        "cohorts": ["country"], "columns": {"time": "t", "score": "s", "weight": "w"},
        "outcomes": {
            "log": heavy.loc[heavy["found"], ["request", "won"]],
            "columns": {"key": "request", "outcome": "won"},
        },
        "baseline": {"start": str(START.date()), "end": str(CUT.date())},
        "incident": {"start": str(CUT.date()), "end": str(END.date())},
    }  # fmt: skip
    suspects = investigate.open(asked).suspects().to_frame()
    own = suspects[(suspects["suspect"] == "join_loss") & (suspects["where"] == "country FR")]
    later = heavy[heavy["window"] == 1]
    known = later[later["found"]]
    areas = [roc_auc_score(d["won"], d["s"], sample_weight=d["w"]) for d in (later, known)]
    # The baseline's rows replace those of the incident, which is another sample.
    assert own["points"].item() == pytest.approx(areas[0] - areas[1], abs=0.01)
    assert areas[0] - areas[1] > 0.15


def test_it_is_told_beside_other_causes_too(frame: pd.DataFrame, found: Any) -> None:
    own = frame[(frame["window"] == 1) & (frame["country"] == "FR")]
    lost = int((~own["found"]).sum())
    told = outcome_news(found.counts, found.question)
    begins = f" Look at the outcomes all the same: in country FR {lost:,} rows of the incident ("
    assert told.startswith(begins)
    assert told.endswith(" of all lost rows.")
    assert "Look at the outcomes" not in found.verdict().claim
