import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.records.agreement import Agreement, agreement, code_known
from investigate.records.compare import ChangedValue, ComparedNumber, Comparison, findings

VERSION = (ChangedValue("environment.python", "3.11.7", "3.12.0"),)


def agreed(a: object, b: object, versions: bool, known: bool = True) -> Agreement:
    numbers, texts = findings({"x": a}, {"x": b})
    conditions = VERSION if versions else ()
    return agreement(Comparison("a", "b", (), numbers, (), conditions, texts), known)


@pytest.mark.parametrize(
    ("a", "b", "same", "other"),
    [
        (0.7, 0.7, True, True),
        (0.7, math.nextafter(0.7, 1), False, True),
        (0.7, 0.7 + 5e-7, False, True),
        (0.7, 0.7001, False, False),
        (1e-29, 3e-29, False, True),
        (1e7, 1e7 + 5, False, True),
        (10_000_000, 10_000_001, False, False),
        (0.7, None, False, False),
        ("mix", "fault", False, False),
        (True, False, False, False),
    ],
)
def test_what_agrees_under_the_same_and_under_other_versions(
    a: object, b: object, same: bool, other: bool
) -> None:
    assert agreed(a, b, versions=False).agrees is same
    assert agreed(a, b, versions=True).agrees is other
    assert agreed(a, b, versions=False, known=False).agrees is other


def test_a_sentence_may_be_worded_otherwise_by_another_version_alone() -> None:
    text = (ChangedValue("verdict.sentence", "0.250", "0.251"),)
    assert agreement(Comparison("a", "b", (), (), (), VERSION, text), True).agrees
    assert not agreement(Comparison("a", "b", (), (), (), (), text), True).agrees


def test_a_later_version_may_tell_more() -> None:
    code = (ChangedValue("code.commit", "a", "b"),)
    for before, after in (({}, {"x": 0.7}), ({}, {"x": "mix"})):
        numbers, texts = findings(before, after)
        found = agreement(Comparison("a", "b", (), numbers, (), code, texts), True)
        assert (found.agrees, found.added) == (True, 1)
        gone = findings(after, before)
        assert not agreement(Comparison("a", "b", (), gone[0], (), code, gone[1]), True).agrees
        same_code = agreement(Comparison("a", "b", (), numbers, (), VERSION, texts), True)
        assert (same_code.agrees, same_code.added) == (False, 0)


@given(st.lists(st.tuples(st.none() | st.floats(-1, 1), st.none() | st.floats(-1, 1))))
def test_every_number_is_counted_once(pairs: list[tuple[float | None, float | None]]) -> None:
    a, b = ({str(n): pair[k] for n, pair in enumerate(pairs)} for k in (0, 1))
    numbers, texts = findings(a, b)
    found = agreement(Comparison("a", "b", (), numbers, (), VERSION, texts), True)
    assert found.equal + len(found.within) + len(found.different) == len(numbers)
    assert all(isinstance(number, ComparedNumber) for number in found.within)


def test_code_with_changes_of_its_own_is_not_known() -> None:
    clean, dirty = {"code": {"dirty": False}}, {"code": {"dirty": True}}
    wheel = {"code": {"commit": None, "dirty": None}}
    assert code_known(clean, wheel)
    assert not code_known(clean, dirty)
    assert not code_known({"code": None})
