"""The answers to nine incidents of known cause: kind, place, day, and what they add up to."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import known_cases
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses import verdict
from investigate.finding import Finding
from investigate.kinds import kind
from investigate.log import count

pytestmark = pytest.mark.slow
Scope = dict[str, str] | None
ANDROID = {"channel": "android"}
SCORES = {"lost_resolution", "lost_validity", "missing_input", "system_fault"}
"""Kinds that say that scores broke, or that scores or labels did."""
EXPECTED: dict[str, tuple[set[str], list[Scope]]] = {
    "feature lost in a channel": ({"lost_resolution", "system_fault"}, [ANDROID]),
    "new release is noise": (
        SCORES - {"missing_input"},
        [ANDROID, {"app_version": "7.3.0"}, {"app_version": "7.3.0", **ANDROID}],
    ),
    "lost feature is a cohort": (
        SCORES,
        [ANDROID, {"feature_band": "0"}, {"feature_band": "0", **ANDROID}],
    ),
    "one constant": ({"missing_input"}, [None]),
    "default in half": ({"missing_input"}, [None]),
    "new model is noise": ({"lost_validity", "system_fault"}, [None]),
    "cut to zero and one": (SCORES, [None]),
    "two causes": (SCORES | {"outcome_fault"}, [ANDROID, {"channel": "ios"}]),
}
BROKEN = tuple(EXPECTED)


@cache
def answered(case: str) -> Finding:
    with TemporaryDirectory() as folder:
        question = known_cases.asked(case, Path(folder))
        return verdict(count(question), question)


def named(case: str) -> dict[str, Any]:
    found: dict[str, Any] = answered(case).detail["verdict"]
    return found


def lost(case: str) -> float:
    """AUC before minus AUC after, by scikit-learn from the rows."""
    rows = known_cases.frame(case)
    areas = [
        roc_auc_score(part["y"], part["score"])
        for start, end in (
            (known_cases.BASELINE, known_cases.ONSET),
            (known_cases.ONSET, known_cases.END),
        )
        for part in [rows[(rows["time"] >= start) & (rows["time"] < end)]]
    ]
    return float(areas[0] - areas[1])


@pytest.mark.parametrize("case", BROKEN)
def test_the_cause_is_named_with_its_place_and_its_day(case: str) -> None:
    kinds, scopes = EXPECTED[case]
    found = named(case)
    assert found["kind"] in kinds, found["sentence"]
    assert found["cohort"] in scopes, found["sentence"]
    assert pd.Timestamp(found["onset"]) == pd.Timestamp(known_cases.ONSET)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_score_is_never_cleared(case: str) -> None:
    found = named(case)
    assert kind(found["kind"]).broken
    assert "nothing is broken" not in found["sentence"].lower()
    assert "no drop" not in found["sentence"].lower()
    # Nor does any other suspect that stands carry most of the drop as a thing without fault.
    innocent = [s for s in answered(case).detail["suspects"] if kind(s["kind"]).innocent]
    assert all(s["points"] < lost(case) / 3 for s in innocent if s["stands"] and not s["either"])


@pytest.mark.parametrize("case", [*EXPECTED, "close calls"])
def test_the_account_adds_up_to_the_drop_of_the_rows(case: str) -> None:
    parts = answered(case).detail["account"]
    assert sum(part["points"] for part in parts) == pytest.approx(lost(case), abs=0.0005)
    change = answered(case).detail["change"]["value"]
    assert sum(part["points"] for part in parts) == pytest.approx(-change, abs=1e-9)
    assert parts[-1]["kind"] == "unexplained"
    assert abs(parts[-1]["points"]) < 0.1 * lost(case)


def test_a_constant_and_a_default_account_for_all_that_was_lost() -> None:
    for case in ("one constant", "default in half"):
        assert named(case)["points"] == pytest.approx(lost(case), abs=0.015)
        assert "0.35" in named(case)["sentence"]


def test_scores_cut_to_two_values_are_said_to_be_cut() -> None:
    assert "2 values (0 and 1)" in named("cut to zero and one")["sentence"]


def test_a_new_release_and_a_new_value_are_compared_with_the_rows_that_they_took() -> None:
    for case in ("new release is noise", "lost feature is a cohort"):
        assert "compared with channel android before" in named(case)["sentence"]


def test_a_model_that_took_over_is_named_where_all_ranking_was_lost() -> None:
    found = named("new model is noise")
    assert found["system"] == "model_b"
    assert found["either"]
    assert found["points"] == pytest.approx(lost("new model is noise"), abs=0.02)


def test_both_of_two_causes_are_named_with_their_places() -> None:
    account = answered("two causes").detail["account"]
    causes = {(part["kind"], (part["cohort"] or {}).get("channel")) for part in account}
    assert ("outcome_fault", "ios") in causes
    assert any(name in SCORES and place == "android" for name, place in causes)
    for place in ("android", "ios"):
        assert f"in channel {place}" in named("two causes")["sentence"]


def test_close_calls_are_neither_cleared_nor_held_against_anyone() -> None:
    found = named("close calls")
    assert found["kind"] == "cannot_tell"
    assert found["system"] is None
    assert found["cohort"] is None
    assert found["sentence"].startswith("It cannot be told")
