"""Whose doing a loss is: of a system that took rows over, or of all that serve a cohort."""

import re
from dataclasses import replace

import made
import numpy as np
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.faults import _by_width, faults
from investigate.analyses.suspects.innocent import innocent
from investigate.analyses.suspects.losses import Losses
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.suspect import recovers
from investigate.question.question import Question

pytestmark = pytest.mark.slow

COLUMNS = {"time": "time", "outcome": "outcome", "score": "score", "cluster": "student"}
QUESTION: Question = made.question(columns={**COLUMNS, "system": "engine"}, cohorts=["school"])


def taken_over(broken: str | None) -> list[tuple[str, str | None, dict[str, str] | None]]:
    """Engine ml took rows of school a over, where scores of ``broken`` (of all) are noise now."""
    rng = np.random.default_rng(4)
    log = made.platform(4, 12_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(["a", "b", "c"], len(log), p=[0.3, 0.4, 0.3])
    here = now & (log["school"] == "a").to_numpy()
    log["engine"] = np.where(rng.random(len(log)) < np.where(here, 0.65, 0.4), "ml", "rules")
    signal = rng.normal(size=len(log)) * 2
    log["score"] = (1 / (1 + np.exp(-signal))).round(3)
    log["outcome"] = (rng.random(len(log)) < 1 / (1 + np.exp(-1.6 * signal))).astype(int)
    hit = here if broken is None else here & (log["engine"] == broken).to_numpy()
    log.loc[hit, "score"] = rng.permutation(log.loc[hit, "score"])
    found = faults(plain.count(log, QUESTION), QUESTION)
    return [(one.kind, one.system, one.cohort) for one in found if one.supported]


def test_a_system_that_took_over_is_not_accused_of_what_others_lost_beside_it() -> None:
    assert taken_over(None) == [("lost_validity", None, {"school": "a"})]
    assert taken_over("ml") == [("system_fault", "ml", {"school": "a"})]


def test_a_cohort_that_one_system_alone_serves_is_named_by_itself() -> None:
    rng = np.random.default_rng(6)
    log = made.platform(6, 12_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(["a", "b", "c"], len(log))
    log["engine"] = np.where(log["school"] == "c", "rules", "ml")
    signal = rng.normal(size=len(log)) * 2
    log["score"] = made.logistic(signal).round(3)
    log["outcome"] = (rng.random(len(log)) < made.logistic(1.6 * signal)).astype(int)
    # Of another school of that system a few rows are struck too, so that it holds more than a.
    part = log["school"].map({"a": 1.0, "b": 0.1, "c": 0.0})
    hit = now & (rng.random(len(log)) < part).to_numpy()
    log.loc[hit, "score"] = rng.permutation(log.loc[hit, "score"])
    (found,) = faults(plain.count(log, QUESTION), QUESTION)
    assert (found.kind, found.system, found.cohort) == ("lost_validity", None, {"school": "a"})
    assert "All its rows are those of ml, which has others too." in found.evidence


def test_items_say_nothing_of_rows_in_which_causes_are_undone() -> None:
    log = made.platform(5, 6_000)
    question = made.question(cohorts=["country"])
    counts = plain.count(log, question)
    value = str(log["country"].iloc[0])
    scope = Scope("country", "", value, int((log["country"] == value).sum()))

    def seen(*undone: tuple[str, tuple[str, str] | None]) -> bool:
        known = replace(counts, meta={**counts.meta, "undone_in": list(undone)})
        return Losses(known, question, undo_of(known)).seen(scope) is not None

    assert seen()
    assert seen(("country", ("", "elsewhere")))
    assert not seen(("country", ("", value)))
    assert not seen(("system", ("default", "")))
    assert not seen(("all", None))


@pytest.mark.parametrize(("what", "either"), [("flipped", False), ("more", True)])
def test_outcomes_that_rise_may_be_real_and_accuse_labels_alone_only_in_reverse(
    what: str, either: bool
) -> None:
    rng = np.random.default_rng(9)
    log = made.platform(9, 6_000).drop(columns="outcome")
    log["school"] = rng.choice(["a", "b", "c"], len(log))
    signal = rng.normal(-1.5, 1.5, len(log))
    log["score"] = made.logistic(signal).round(3)
    outcome = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    hit = (log["time"] >= "2024-02-10").to_numpy() & (log["school"] == "a").to_numpy()
    some = rng.random(len(log))
    struck = {
        "flipped": 1 - outcome,
        "more": np.where(some < 0.4, 1, outcome),
    }
    log["outcome"] = np.where(hit, struck[what], outcome)
    question = made.question(cohorts=["school"], columns=COLUMNS)
    found = next(one for one in faults(plain.count(log, question, 200), question) if one.supported)
    assert (found.kind, found.cohort) == ("outcome_fault", {"school": "a"})
    assert found.either == either


def test_labels_of_one_group_are_not_hidden_by_what_others_gained() -> None:
    rng = np.random.default_rng(6)
    log = made.platform(6, 12_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(list("abcdef"), len(log))
    # Scores lie closer together, and outcomes follow them better than before.
    signal = rng.normal(size=len(log)) * np.where(now, 1.5, 2)
    log["score"] = made.logistic(signal).round(3)
    follows = made.logistic(signal * np.where(now, 1.5, 1))
    log["outcome"] = (rng.random(len(log)) < follows).astype(int)
    lacking = now & (log["school"] == "a").to_numpy() & (rng.random(len(log)) < 0.8)
    log.loc[lacking, "outcome"] = 0
    question = made.question(columns=COLUMNS, cohorts=["school"])
    counts = plain.count(log, question, 200)
    assert undo_of(counts).everywhere("all", with_spread=False)[0] < 0
    found = [(one.kind, one.cohort) for one in faults(counts, question) if one.supported]
    assert found == [("outcome_fault", {"school": "a"})]


def test_a_small_group_that_ranks_in_reverse_is_told_as_that_beside_a_loss_everywhere() -> None:
    rng = np.random.default_rng(4)
    log = made.platform(4, 5_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(["a", "b", "c"], len(log), p=[0.05, 0.8, 0.15])
    signal = rng.normal(0.5, 1, len(log))
    follows = made.logistic(signal * np.where(now, 0.9, 1))
    log["outcome"] = (rng.random(len(log)) < follows).astype(int)
    turned = now & (log["school"] == "a").to_numpy()
    log["score"] = made.logistic(np.where(turned, -signal, signal)).round(3)
    alone = {part: part for part in ("time", "outcome", "score")}
    question = made.question(columns=alone, cohorts=["school"])
    counts = plain.count(log, question, 200)
    found = {str(one.cohort): one for one in faults(counts, question) if one.supported}
    own = log[turned]
    area = roc_auc_score(own["outcome"], own["score"])
    assert {one.kind for one in found.values()} == {"lost_validity"}
    assert set(found) == {"None", "{'school': 'a'}"}
    told = re.search(
        "a has an AUC of (.*), below a half: its scores rank in reverse",
        found["{'school': 'a'}"].evidence,
    )
    assert told is not None
    assert float(told[1]) == pytest.approx(area, abs=0.01)


def test_a_group_in_reverse_is_named_beside_scores_that_were_rounded_everywhere() -> None:
    rng = np.random.default_rng(7)
    log = made.platform(7, 16_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(["a", "b", "c"], len(log), p=[0.3, 0.4, 0.3])
    signal = rng.normal(-3, 0.8, len(log))
    log["outcome"] = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    turned = now & (log["school"] == "a").to_numpy()
    score = made.logistic(np.where(turned, -6 - signal, signal))
    log["score"] = np.where(now, score.round(1), score)
    alone = {part: part for part in ("time", "outcome", "score")}
    question = made.question(columns=alone, cohorts=["school"])
    found = [one for one in faults(plain.count(log, question), question) if one.supported]
    named = [one for one in found if one.cohort == {"school": "a"}]
    assert [one.kind for one in named] == ["lost_validity"]
    assert "its scores rank in reverse" in named[0].evidence


def test_scores_mixed_up_in_one_group_are_no_width_beside_labels_of_another() -> None:
    rng = np.random.default_rng(9)
    log = made.platform(9, 14_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(["a", "b", "c"], len(log), p=[0.3, 0.4, 0.3])
    signal = rng.normal(0, 1.5, len(log))
    log["score"] = made.logistic(signal).round(3)
    log["outcome"] = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    mixed = now & (log["school"] == "b").to_numpy()
    log.loc[mixed, "score"] = rng.permutation(log.loc[mixed, "score"])
    alone = {part: part for part in ("time", "outcome", "score")}
    question = made.question(columns=alone, cohorts=["school"])
    case = Losses(counts := plain.count(log, question), question, undo_of(counts))
    scope = next(s for s in case.undo.scopes("school") if s.cohort == "b")
    assert log.loc[mixed, "score"].std() == pytest.approx(log.loc[~now, "score"].std(), rel=0.05)
    assert not _by_width(case, scope)
    log.loc[mixed, "score"] = made.logistic(0.2 * signal[mixed]).round(3)
    case = Losses(counts := plain.count(log, question), question, undo_of(counts))
    assert _by_width(case, scope)


def test_predictions_that_became_alike_everywhere_miss_no_input_in_one_group() -> None:
    question = made.question()
    counts = plain.count(made.platform(4, 12_000, "spread"), question)
    found = [one for one in faults(counts, question) if one.supported]
    assert [one.cohort for one in found] == [{"version": "1.9"}]
    assert "missing_input" not in {one.kind for one in found}


def test_scores_mixed_up_within_items_do_not_accuse_labels() -> None:
    log = made.platform(7, 20_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    rng = np.random.default_rng(7)
    mixed = log["score"].groupby(log["item"].where(now)).transform(rng.permutation)
    log["score"] = np.where(now, mixed, log["score"])
    columns = {part: part for part in ("time", "outcome", "score", "item")}
    question = made.question(columns=columns, cohorts=["country"])
    (found,) = (one for one in faults(plain.count(log, question), question) if one.supported)
    assert (found.kind, found.scope, found.either) == ("lost_validity", "", True)


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_another_scale_of_all_scores_is_not_told_as_more_than_was_lost(noise: float) -> None:
    rng = np.random.default_rng(8)
    log = made.platform(8, 20_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    signal = rng.normal(size=len(log)) * 1.5
    log["outcome"] = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    scored = signal + rng.normal(size=len(log)) * np.where(now, noise, 0.2)
    # The map keeps the order of all rows: AUC is what it would be without it.
    log["score"] = made.logistic(np.where(now, 1.7 * scored + 1, scored))
    question = made.question(columns=COLUMNS, cohorts=["country"])
    before, after = (
        roc_auc_score(log["outcome"][rows], log["score"][rows]) for rows in (~now, now)
    )
    found = [one for one in faults(plain.count(log, question), question) if one.supported]
    assert [one.kind for one in found] == (["lost_validity"] if noise else [])
    for one in found:
        assert one.points.value == pytest.approx(before - after, abs=0.003)


def test_a_group_that_seems_to_have_lost_by_chance_is_not_accused() -> None:
    # Of many sound logs, those of which a group alone would be sure: a part of all by chance.
    rng, chosen = np.random.default_rng(1), 0
    for seed in range(20):
        log = made.platform(seed, 4_000)
        for column in ("country", "school", "version"):
            log[column] = rng.choice(list("abcdefgh"), len(log))
        question = made.question(columns=COLUMNS, cohorts=["country", "school", "version"])
        counts = plain.count(log, question, 200)
        found = [one for one in faults(counts, question) if one.scope]
        lost = [one for one in found if one.kind == "lost_validity"]
        chosen += sum(recovers(one.points) for one in lost)
        assert not [one for one in lost if one.supported]
    assert chosen > 0


@pytest.mark.parametrize(("tolerance", "accused"), [(0.001, True), (0.4, False)])
def test_a_loss_that_is_surely_below_the_tolerance_accuses_nobody(
    tolerance: float, accused: bool
) -> None:
    log, rng = made.platform(3, 12_000), np.random.default_rng(3)
    here = (log["version"] == "2.0") & (log["time"] >= "2024-02-10")
    log.loc[here, "score"] = rng.permutation(log.loc[here, "score"])
    columns = {name: own for name, own in COLUMNS.items() if name != "cluster"}
    thresholds = {"tolerance": tolerance}
    question = made.question(columns=columns, cohorts=["version"], thresholds=thresholds)
    (found,) = [s for s in faults(plain.count(log, question, 200), question) if s.cohort]
    assert (found.kind, found.either, found.supported) == ("lost_validity", True, accused)
    if not accused:
        assert found.points.high < tolerance


@pytest.mark.parametrize("turned", ["scores", "labels"])
def test_all_scores_that_rank_in_reverse_are_told_as_that(turned: str) -> None:
    rng = np.random.default_rng(10)
    log = made.platform(10, 12_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    signal = rng.normal(-1, 1.2, len(log))
    outcome = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    log["score"] = made.logistic(np.where(now & (turned == "scores"), -signal, signal))
    log["outcome"] = np.where(now & (turned == "labels"), 1 - outcome, outcome)
    question = made.question(columns=COLUMNS, cohorts=["country"])
    before, after = (
        roc_auc_score(log["outcome"][rows], log["score"][rows]) for rows in (~now, now)
    )
    counts = plain.count(log, question)
    (found,) = (one for one in faults(counts, question) if one.supported)
    kinds = {"scores": "lost_validity", "labels": "outcome_fault"}
    assert (found.kind, found.scope, found.either) == (kinds[turned], "", False)
    assert found.points.value == pytest.approx(before - after, abs=0.01)
    told = re.search(r"AUC is (\S+), below a half: scores rank in reverse", found.evidence)
    assert told is not None
    assert float(told[1]) == pytest.approx(after, abs=0.001)
    assert not [one for one in innocent(counts, question) if one.kind == "lost_resolution"]


def test_a_group_whose_items_lost_their_order_is_named_where_all_together_gained() -> None:
    rng = np.random.default_rng(11)
    log = made.platform(11, 20_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["band"] = rng.choice(["evening", "morning", "noon"], len(log), p=[0.25, 0.45, 0.3])
    lost = now & (log["band"] == "evening").to_numpy()
    # Outcomes follow scores better elsewhere, so that all together lost no validity.
    logit = np.log(log["score"] / (1 - log["score"]))
    clearer = made.logistic(np.where(now & ~lost, 2.2, 1) * logit)
    log["outcome"] = (rng.random(len(log)) < clearer).astype(int)
    log.loc[lost, "score"] = made.logistic(0.1 * rng.permutation(logit[lost]))
    columns = {**COLUMNS, "item": "item"}
    question = made.question(columns=columns, cohorts=["band"])
    counts = plain.count(log, question)
    assert undo_of(counts).everywhere("all", with_spread=False)[0] < 0
    found = [one for one in faults(counts, question) if one.supported and one.scope]
    assert [(one.kind, one.cohort) for one in found] == [("system_fault", {"band": "evening"})]
