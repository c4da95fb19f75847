"""No sentence says more than the finding: over numbers of all kinds, not chosen ones."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from updates.cases import stored

from investigate.kinds import kinds
from investigate.updates import causes, happened
from investigate.updates.facts import Facts, facts
from investigate.updates.parts import Grade

pytestmark = pytest.mark.quick_cases(1)

ENDS = st.lists(st.floats(-0.5, 0.5), min_size=3, max_size=3).map(sorted)
BROKEN = [known.name for known in kinds() if known.broken]
INNOCENT = [known.name for known in kinds() if known.innocent]
KINDS = st.sampled_from([*(known.name for known in kinds()), "something_new"])


def finding(
    kind: str, change: list[float], points: list[float], supported: bool, p: float
) -> Facts:
    found: dict[str, Any] = stored("system_fault")
    low, value, high = change
    found["auc"]["change"] = {"value": value, "low": low, "high": high}
    for one in (found["verdict"], found["suspects"][0]):
        one |= {"kind": kind, "low": points[0], "points": points[1], "high": points[2]}
    found["suspects"][0]["stands"] = supported
    found["onset"]["p_value"] = p
    # Dated by AUC of all rows alone.
    found["verdict"] |= {"onset_low": None, "onset_high": None}
    return facts(found)


@given(KINDS, ENDS, ENDS, st.booleans())
def test_a_cause_is_pointed_to_only_where_it_stands(
    kind: str, change: list[float], points: list[float], supported: bool
) -> None:
    found = finding(kind, change, points, supported, 0.001)
    for statement in (causes.cause(found), causes.cause_in_short(found)):
        pointed = "points to" in statement.text
        assert pointed == (supported and kind in BROKEN)
        assert ("Nothing is broken" in statement.text) == (supported and kind in INNOCENT)
        if "most of the drop" in statement.text:
            # Even at the low end of what it recovers, and the high end of what was lost.
            assert points[0] > -change[0] / 2
        if any(f"{verb} part of the drop" in statement.text for verb in ("recovers", "for")):
            # Only a part, even at the high end of what it recovers and the low end of the drop.
            assert points[2] < -change[2]
        if kind == "unexplained" or not supported:
            assert statement.grade in (Grade.UNKNOWN, Grade.SURE)
            assert "unknown" in statement.text or kind == "no_drop"


@given(KINDS, ENDS)
def test_auc_fell_only_where_its_interval_says_so(kind: str, change: list[float]) -> None:
    text = happened.in_auc(finding(kind, change, [0.0, 0.1, 0.2], True, 0.001)).text
    if "AUC fell" in text:
        assert change[2] < 0
        assert kind != "no_drop"
    if "AUC rose" in text:
        assert change[0] > 0
    if "did not measurably fall" in text:
        assert change[0] <= 0 <= change[2]


@given(KINDS, ENDS)
def test_the_headline_says_no_more_than_the_sentence(kind: str, change: list[float]) -> None:
    found = finding(kind, change, [0.0, 0.1, 0.2], True, 0.001)
    line, sentence = happened.headline(found).text, happened.in_auc(found).text
    assert ("AUC fell from" in line) == ("AUC fell from" in sentence)
    assert ("AUC rose" in line) == ("AUC rose" in sentence)


@given(ENDS, ENDS)
def test_ruled_out_is_what_surely_recovers_little(change: list[float], points: list[float]) -> None:
    found = finding("system_fault", change, [0.1, 0.1, 0.1], True, 0.001)
    other = stored("system_fault")
    other["auc"]["change"] = {"low": change[0], "value": change[1], "high": change[2]}
    other["suspects"] = [
        {**other["suspects"][1], "low": points[0], "points": points[1], "high": points[2]}
    ]
    found = facts(other)
    named = bool(causes.ruled_out(found))
    assume(found.suspects[0].kind != found.verdict.kind)
    assert named == (points[2] < -change[2] / 3)
    assert named != bool(causes.unclear(found))


@given(st.floats(0, 1))
def test_a_date_is_told_only_where_it_stands_out(p: float) -> None:
    found = finding("system_fault", [-0.2, -0.1, -0.05], [0.05, 0.1, 0.2], True, p)
    statement = happened.since(found, 0.05)
    assert (statement.grade == Grade.UNCLEAR) == (p > 0.05)
    assert ("unclear" in statement.text) == (p > 0.05)


def test_likely_where_the_date_has_an_interval() -> None:
    found = facts(stored("system_fault_in_a_cohort"))
    assert happened.since(found, 0.05).grade == Grade.LIKELY
    assert happened.since(facts(stored("system_fault")), 0.05).grade == Grade.SURE


def test_chance_is_told_where_the_interval_holds_a_half() -> None:
    found: dict[str, Any] = stored("system_fault")
    for low, high, phrase in (
        (0.49, 0.55, "is no better than a coin toss"),
        (0.40, 0.70, "may be no better than a coin toss"),
        (0.41, 0.48, "is worse than a coin toss"),
        (0.51, 0.55, ""),
    ):
        found["auc"]["incident"] |= {"value": 0.52, "low": low, "high": high}
        statement = happened.in_words(facts(found))
        assert statement is not None
        assert phrase in statement.text
        assert ("coin toss" in statement.text) == bool(phrase)


@pytest.mark.parametrize("kind", INNOCENT)
def test_nothing_is_cleared_beside_a_part_that_is_broken(kind: str) -> None:
    found: dict[str, Any] = stored("system_fault")
    for one in (found["verdict"], found["suspects"][0]):
        one |= {"kind": kind, "low": 0.1, "points": 0.12, "high": 0.14}
    found["suspects"][0]["stands"] = True
    fault = {**found["suspects"][1], "kind": "outcome_fault", "system": None, "cohort": {"a": "b"}}
    found["account"] = [
        {**found["suspects"][0]},
        {**fault, "points": 0.05, "low": 0.03, "high": 0.07},
    ]
    for statement in (causes.cause(facts(found)), causes.cause_in_short(facts(found))):
        assert "Nothing is broken" not in statement.text
        assert "does not clear the score" in statement.text
        assert "`b`" in statement.text
    found["account"][1]["low"] = -0.01
    assert "Nothing is broken" in causes.cause(facts(found)).text


@pytest.mark.slow
def test_no_drop_in_the_whole_is_no_all_clear_where_a_group_fell() -> None:
    found: dict[str, Any] = stored("no_drop")
    found["verdict"]["either"] = False
    found["certificate"] = {"answer": "less", "fell": []}
    assert causes.cause(facts(found)).text.endswith("there is none to explain.")
    found["certificate"]["fell"] = [{"by": "country", "group": "FR", "change": -0.1}]
    for statement in (causes.cause(facts(found)), causes.cause_in_short(facts(found))):
        assert "within `country` `FR` AUC surely fell" in statement.text
        assert statement.grade is Grade.UNKNOWN


def test_of_several_causes_what_all_of_them_leave_is_told() -> None:
    found: dict[str, Any] = stored("two_causes")
    alone = next(row for row in found["suspects"] if row["kind"] == "unexplained")
    parts = [row for row in found["suspects"] if row["kind"] != "unexplained"][:2]
    for row in parts:
        row |= {"points": 0.06, "low": 0.04, "high": 0.08}
    found["account"] = [*parts, {"kind": "unexplained", "points": 0.016, "low": 0.0, "high": 0.03}]
    texts = [statement.text for statement in causes.unknown(facts(found))]
    assert f"{alone['points']:.3f}" not in texts[0]
    assert texts[0].startswith("0.016 of the ")


def test_rows_that_are_there_are_not_told_as_few() -> None:
    found: dict[str, Any] = stored("late_outcomes")
    # Outcomes that count as negative until they are in leave rows as many as ever.
    assert happened.since(facts(found), 0.05).text.startswith("Outcomes are not all in from 20")


@pytest.mark.parametrize("either", [False, True])
def test_a_drop_smaller_than_asked_about_is_no_drop_that_was_not_measured(either: bool) -> None:
    found = stored("no_drop")
    found["auc"]["change"] = {"value": -0.02, "low": -0.03, "high": -0.01}
    found["verdict"]["either"] = either
    told = facts(found)
    texts = [
        happened.headline(told).text, happened.in_auc(told).text, happened.since(told, 0.05).text,
        happened.affected(told).text, causes.cause(told).text, causes.cause_in_short(told).text,
    ]  # fmt: skip
    if either:
        # The interval is no reason: it leaves zero out.
        assert texts[0] == "Whether AUC fell cannot be told"
        assert "less than" not in " ".join(texts)
        assert texts[4] == "Whether there is a drop cannot be told, nor what explains it."
        return
    assert texts[0] == "AUC fell by less than was asked about"
    assert not any("No drop was measured" in text for text in texts)
    within = {**found, "certificate": {"fell": [{"by": "country", "group": "DE"}]}}
    assert causes.cause(facts(within)).text.startswith("The drop in the whole is smaller than")
