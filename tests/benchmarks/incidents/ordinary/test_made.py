"""Incidents of an ordinary score: the truth is what happened to the rows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.incidents.families import FAULTS
from benchmarks.incidents.made import Made
from benchmarks.incidents.ordinary.causes import CAUSES
from benchmarks.incidents.ordinary.made import CONTROLS, INNOCENT, made
from investigate.errors import InputError
from investigate.question import params

pytestmark = pytest.mark.slow

ROWS = 12_000


class Read:
    """What was made, as the question reads it: rows of both windows, under plain names."""

    def __init__(self, scenario: str, seed: int, strength: float = 1.0) -> None:
        self.made = made(scenario, seed, strength, ROWS)
        question = self.made.question
        names = {name: part for part, name in question["columns"].items()}
        log = self.made.log.rename(columns=names)
        if log["time"].dt.tz is not None:
            log["time"] = log["time"].dt.tz_localize(None)
        self.baseline, self.incident = (
            log[(log["time"] >= question[w]["start"]) & (log["time"] < question[w]["end"])]
            for w in ("baseline", "incident")
        )
        self.truth: dict[str, Any] = dict(self.made.truth)

    def struck(self) -> np.ndarray:
        """The incident's rows in the scope of the truth."""
        inside = np.ones(len(self.incident), bool)
        for column, value in (self.truth["cohort"] or {}).items():
            inside &= (self.incident[column] == value).to_numpy()
        if self.truth["system"]:
            inside &= (self.incident["system"] == self.truth["system"]).to_numpy()
        return inside


def auc(rows: pd.DataFrame) -> float:
    return float(roc_auc_score(rows["outcome"], rows["score"]))


@pytest.mark.parametrize("scenario", [*CAUSES, *INNOCENT, *CONTROLS])
def test_every_scenario_is_a_question_that_can_be_asked(scenario: str, tmp_path: Path) -> None:
    one = made(scenario, 2, 1.0, ROWS)
    one.write(tmp_path / "made")
    question = params.load(tmp_path / "made" / "question.yml", [])
    assert question.history is None
    assert question.columns.item is None
    assert json.loads((tmp_path / "made" / "truth.json").read_text("utf-8")) == one.truth
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "made" / "log.parquet"), one.log)
    assert one.truth["innocent"] == (scenario not in CAUSES)


@pytest.mark.parametrize("scenario", ["shuffled_cohort~ramp", "default_half+labels_flipped_cohort"])
def test_the_same_arguments_give_the_same_rows(scenario: str) -> None:
    one, two = made(scenario, 5, 0.5, ROWS), made(scenario, 5, 0.5, ROWS)
    pd.testing.assert_frame_equal(one.log, two.log)
    assert one.truth == two.truth
    assert not one.log.equals(made(scenario, 6, 0.5, ROWS).log)


@pytest.mark.parametrize("seed", range(8))
def test_a_fault_changes_scores_or_outcomes_of_the_incident_in_its_scope_alone(seed: int) -> None:
    for scenario in ("shuffled_cohort", "default_half", "labels_flipped_cohort"):
        healthy, faulty = Read("none", seed), Read(scenario, seed)
        pd.testing.assert_frame_equal(healthy.baseline, faulty.baseline)
        same = ["time", "outcome" if scenario != "labels_flipped_cohort" else "score"]
        pd.testing.assert_frame_equal(healthy.incident[same], faulty.incident[same])
        outside = ~faulty.struck()
        pd.testing.assert_frame_equal(healthy.incident[outside], faulty.incident[outside])
        assert faulty.truth["reference"] == pytest.approx(auc(healthy.incident), abs=1e-9)
        taken = auc(healthy.incident) - auc(faulty.incident)
        assert faulty.truth["took"] == pytest.approx(taken, abs=1e-9)


def test_what_each_cause_leaves_behind() -> None:
    assert Read("constant", 3).incident["score"].nunique() == 1
    half = Read("default_half", 3).incident["score"].value_counts(normalize=True)
    assert half.iloc[0] == pytest.approx(0.5, abs=0.05)
    assert Read("cut_two", 3).incident["score"].nunique() == 2
    assert Read("cut_ten", 3).incident["score"].nunique() == 10
    zeroed = Read("labels_zeroed_cohort", 3)
    assert zeroed.incident["outcome"][zeroed.struck()].sum() == 0
    flipped, healthy = Read("labels_flipped_cohort", 3), Read("none", 3)
    changed = flipped.incident["outcome"] != healthy.incident["outcome"]
    np.testing.assert_array_equal(changed, flipped.struck())
    sign = Read("sign", 3)
    assert auc(sign.incident) == pytest.approx(1 - auc(healthy.incident), abs=0.01)
    shuffled = Read("shuffled_system", 3)
    assert auc(shuffled.incident[shuffled.struck()]) == pytest.approx(0.5, abs=0.06)
    scale = Read("scale_system", 3)
    plain = made("none", 3, 1.0, ROWS)
    assert plain.truth["kind"] == "no_drop"
    by_system = [auc(rows) for _, rows in scale.incident.groupby("system")]
    assert auc(scale.incident) < np.average(by_system) - 0.02
    again = Read("duplicates", 3)
    assert again.incident.duplicated().sum() > 0.05 * len(again.incident)
    taken = Read("takeover", 3)
    assert set(taken.incident["system"]) == {"next"}
    assert "next" not in set(taken.baseline["system"])
    release = Read("new_release", 3)
    assert "9.0.0" not in set(release.baseline["release"])
    band = Read("feature_as_cohort", 3)
    assert "0" not in set(band.baseline["band"])
    late = Read("late", 3).incident.groupby(lambda row: row // 1)["outcome"].mean()
    assert late.iloc[-300:].mean() < late.iloc[:300].mean()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_ramp_rises_and_what_recovers_ends(seed: int) -> None:
    ramp, recovers, healthy = (
        Read(name, seed) for name in ("default_half~ramp", "default_half~recovers", "none")
    )
    for read, rising in ((ramp, True), (recovers, False)):
        hit = (read.incident["score"] != healthy.incident["score"]).to_numpy()
        third = len(hit) // 3
        assert (hit[:third].mean() < hit[-third:].mean()) == rising
    assert ramp.truth["onset"] <= ramp.truth["until"]
    assert not (recovers.incident["score"] != healthy.incident["score"]).to_numpy()[-100:].any()


@pytest.mark.parametrize(("shape", "sooner"), [("early", True), ("late", False)])
def test_windows_that_are_off_begin_days_before_or_after_the_fault(
    shape: str, sooner: bool
) -> None:
    one = made(f"shuffled_cohort~{shape}", 4, 1.0, ROWS)
    start = one.question["incident"]["start"]
    assert (start < one.truth["onset"]) == sooner
    assert start != one.truth["onset"]
    assert one.question["baseline"]["end"] == start


@pytest.mark.parametrize("share", [50, 80])
@pytest.mark.parametrize("seed", [1, 4])
def test_of_two_causes_the_first_takes_its_share_of_what_each_takes_alone(
    share: int, seed: int
) -> None:
    one = made(f"default_half+labels_flipped_cohort@{share}", seed, 1.0, ROWS)
    first, second = (cause["took"] for cause in one.truth["causes"])
    assert first / (first + second) == pytest.approx(share / 100, abs=0.05)


@pytest.mark.parametrize("scenario", INNOCENT)
def test_auc_falls_where_rows_grow_alike_though_scores_mean_what_they_meant(scenario: str) -> None:
    fell = [auc(read.baseline) - auc(read.incident) for read in (Read(scenario, s) for s in (1, 2))]
    assert min(fell) > 0.02


def test_seeds_differ_in_every_respect() -> None:
    seen: dict[str, set[Any]] = {}
    for seed in range(30):
        one: Made = made("none", seed, 1.0, ROWS)
        score = one.log[one.question["columns"]["score"]]
        form = "points" if score.min() >= 300 else "logit" if score.min() < 0 else "probability"
        outcome = one.log[one.question["columns"]["outcome"]]
        for name, value in {
            "form": form,
            "cluster": "cluster" in one.question["columns"],
            "system": "system" in one.question["columns"],
            "cohorts": len(one.question["cohorts"]),
            "rare": bool(outcome.mean() < 0.1),
            "zone": one.log[one.question["columns"]["time"]].dt.tz is None,
        }.items():
            seen.setdefault(name, set()).add(value)
    assert {name: len(values) for name, values in seen.items()} == {
        "form": 3, "cluster": 2, "system": 2, "cohorts": 3, "rare": 2, "zone": 2,
    }  # fmt: skip


def test_what_is_no_scenario_is_told() -> None:
    for wrong in ("nothing", "constant~sideways", "constant+late+sign", "constant@x", "none+late"):
        with pytest.raises(InputError, match="there is no ordinary:"):
            made(wrong, 1, 1.0, ROWS)


def test_every_planned_scenario_can_be_read() -> None:
    assert len(FAULTS["ordinary"]) == len(set(FAULTS["ordinary"]))
