"""What looks innocent and is not, and the other way round, on seeds that nothing was chosen on."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import close_cases
import pytest

from investigate.analyses import verdict
from investigate.finding import Finding
from investigate.kinds import kind
from investigate.log import count

pytestmark = pytest.mark.slow
SEEDS = (61,)
Scope = dict[str, str] | None
EXPECTED: dict[str, tuple[set[str], list[Scope]]] = {
    "none": ({"no_drop"}, [None]),
    "feature_lost": ({"lost_resolution"}, [None]),
    "feature_lost_in_one_store": ({"lost_resolution"}, [{"store": "web"}]),
    "lost_feature_is_a_cohort": (
        {"lost_resolution", "lost_validity"},
        [{"store": "web"}, {"band": "unknown"}, {"band": "unknown", "store": "web"}],
    ),
    "new_release_is_noise": (
        {"lost_validity", "system_fault"},
        [{"release": "8.0"}, {"store": "web"}, {"release": "8.0", "store": "web"}],
    ),
    "new_model_is_noise": ({"lost_validity", "system_fault"}, [None]),
    "constant": ({"missing_input"}, [None]),
    "default_in_half": ({"missing_input"}, [None]),
    "cut": ({"missing_input", "lost_resolution"}, [None]),
    "two_causes": (
        {"lost_validity", "outcome_fault"}, [{"store": "web"}, {"store": "south"}, None]
    ),
    "close_calls": ({"cannot_tell"}, [None]),
}  # fmt: skip


@cache
def found(case: str, seed: int) -> tuple[Finding, dict[str, Any]]:
    with TemporaryDirectory() as folder:
        question = close_cases.asked(case, Path(folder), seed)
        finding = verdict(count(question), question)
    return finding, finding.detail["verdict"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", EXPECTED)
def test_the_answer_is_the_expected_one(case: str, seed: int) -> None:
    finding, named = found(case, seed)
    kinds, scopes = EXPECTED[case]
    assert named["kind"] in kinds, finding.claim
    assert named["cohort"] in scopes, finding.claim
    parts = [part["points"] for part in finding.detail["account"]]
    assert sum(parts) == pytest.approx(-finding.detail["change"]["value"], abs=1e-9)
    if case != "none":
        assert "Nothing is broken" not in finding.claim
        assert not kind(named["kind"]).innocent


@pytest.mark.parametrize("seed", SEEDS)
def test_a_model_that_took_over_is_named_and_scores_are_not_told_from_labels(
    seed: int,
) -> None:
    finding, named = found("new_model_is_noise", seed)
    assert named["system"] == "second"
    assert named["either"]
    assert "second served 100% of the incident's rows" in finding.claim
    assert named["points"] == pytest.approx(-finding.detail["change"]["value"], abs=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_causes_labels_are_told_from_scores(seed: int) -> None:
    finding, _ = found("two_causes", seed)
    supported = {
        (suspect["kind"], suspect["cohort"]["store"])
        for suspect in finding.detail["suspects"]
        if suspect["cohort"] and "store" in suspect["cohort"] and suspect["stands"]
    }
    assert ("lost_validity", "web") in supported, finding.claim


@pytest.mark.parametrize("seed", SEEDS)
def test_close_calls_accuse_nobody_and_say_what_would_tell(seed: int) -> None:
    finding, named = found("close_calls", seed)
    assert named["system"] is None
    assert "columns.item" in finding.claim
    standing = [s for s in finding.detail["suspects"] if s["stands"]]
    most = max(s["points"] for s in standing if kind(s["kind"]).state == "open")
    assert all(s["points"] < most / 3 for s in standing if kind(s["kind"]).broken)


@pytest.mark.parametrize("seed", SEEDS)
def test_traffic_that_moved_to_the_weaker_model_accuses_neither(seed: int) -> None:
    finding, named = found("traffic_to_the_weaker_model", seed)
    assert (named["kind"], named["system"]) == ("population_mix", "lite"), finding.claim
    assert "itself each system ranks as it did" in finding.claim
    standing = [s for s in finding.detail["suspects"] if s["stands"]]
    assert not any(kind(s["kind"]).broken for s in standing), finding.claim


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", ["reversed_in_one_store", "noise_everywhere"])
def test_one_cause_that_takes_validity_and_moves_width_is_one_part(case: str, seed: int) -> None:
    finding, named = found(case, seed)
    lost = -finding.detail["change"]["value"]
    first, rest = finding.detail["account"]
    assert (first["kind"], rest["kind"]) == ("lost_validity", "unexplained"), finding.claim
    assert first["points"] == pytest.approx(lost, abs=0.01)
    assert named["points"] == pytest.approx(first["points"], abs=0.005)
    reversed_there = case == "reversed_in_one_store"
    assert named["cohort"] == ({"store": "web"} if reversed_there else None)
    assert ("its scores rank in reverse" in finding.claim) is reversed_there
