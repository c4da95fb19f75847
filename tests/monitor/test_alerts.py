"""Alerts: nothing is raised or ended twice, whatever grows and whatever comes late."""

from typing import Any

import alerted
import pytest
from alerted import day, seen
from hypothesis import given
from hypothesis import strategies as st

from investigate.monitor.alerts import FIXED, Alert, OutOfBounds, news, reconciled

STREAMS = [("AUC", "all", "all"), ("AUC", "land", "DE"), ("rows", "all", "all")]


@st.composite
def histories(draw: Any) -> list[OutOfBounds]:
    """Stretches that are apart on each stream, as they are known at the end."""
    found = []
    for measure, by, label in STREAMS:
        at = 0
        for _ in range(draw(st.integers(0, 3))):
            since = at + draw(st.integers(1, 5))
            raised = since + draw(st.integers(0, 3))
            at = raised + draw(st.integers(1, 6))
            goes_on = draw(st.booleans())
            found.append(
                seen(since, None if goes_on else at, measure=measure, by=by, label=label,
                     raised=day(raised))
            )  # fmt: skip
            if goes_on:
                break
    return sorted(found, key=lambda one: (one.raised, one.what))


def until(history: list[OutOfBounds], newest: int) -> list[OutOfBounds]:
    """What is known of it when the bucket `newest` has been judged."""
    known = []
    for one in history:
        if one.raised > day(newest):
            continue
        goes_on = one.ended is None or one.ended > day(newest)
        last = {"ended": None, "back": None, "after": None} if goes_on else {}
        known.append(OutOfBounds(**{**vars(one), **last}))
    return known


@given(history=histories(), looks=st.sets(st.integers(0, 60), min_size=1))
def test_each_is_raised_once_and_ends_once(history: list[OutOfBounds], looks: set[int]) -> None:
    alerts: list[Alert] = []
    for newest in [*sorted(looks), 90]:
        before = [alert.model_copy() for alert in alerts]
        alerts = reconciled(alerts, until(history, newest), day(newest))
        assert alerts == reconciled(alerts, until(history, newest), day(newest))
        assert [a.number for a in alerts] == list(range(1, len(alerts) + 1))
        assert all(a == b for a, b in zip(before, alerts, strict=False) if not a.open)
        for was, now in zip(before, alerts, strict=False):
            assert (was.what, was.raised, was.since) == (now.what, now.raised, now.since)
    raised = sorted((a.what, a.raised, a.since, a.ended, a.back) for a in alerts)
    assert raised == sorted((s.what, s.raised, s.since, s.ended, s.back) for s in history)
    assert not any(a.withdrawn for a in alerts)


@given(
    moved=st.integers(-4, 4), later=st.integers(-4, 4), ends=st.one_of(st.none(), st.just(30))
)  # fmt: skip
def test_late_rows_that_move_it_leave_it_the_same(moved: int, later: int, ends: int | None) -> None:
    known = reconciled([], [seen(10)], day(20))
    again = seen(10 + moved, ends, raised=day(14 + later), value=0.5)
    (alert,) = reconciled(known, [again], day(40))
    assert (alert.number, alert.since, alert.value) == (1, day(10), 0.6)
    assert alert.ended == (None if ends is None else day(30))
    assert not alert.withdrawn


def test_what_late_rows_explain_is_withdrawn_once() -> None:
    known = reconciled([], [seen(10)], day(20))
    (gone,) = reconciled(known, [], day(21))
    assert (gone.ended, gone.withdrawn, gone.back) == (day(21), True, None)
    assert reconciled([gone], [], day(22)) == [gone]
    assert known[0].open


def test_what_goes_on_after_its_end_was_taken_back_is_an_alert_again() -> None:
    (over,) = reconciled([], [seen(10, 20)], day(20))
    both = reconciled([over], [seen(10)], day(25))
    assert [(a.number, a.open) for a in both] == [(1, False), (2, True)]
    assert reconciled(both, [seen(10)], day(26)) == both
    ended = reconciled(both, [seen(10, 28)], day(28))
    assert [(a.ended, a.withdrawn) for a in ended] == [(day(20), False), (day(28), False)]
    # So it is where it was withdrawn.
    (gone,) = reconciled(reconciled([], [seen(10)], day(20)), [], day(21))
    assert [a.open for a in reconciled([gone], [seen(10)], day(22))] == [False, True]


def test_a_fixed_limit_and_a_chart_on_one_stream_are_two() -> None:
    both = reconciled([], [seen(10), seen(11, why=FIXED)], day(20))
    assert [a.why for a in both] == ["chart", "fixed limit"]
    one_over = reconciled(both, [seen(10), seen(11, 21, why=FIXED)], day(21))
    assert [a.open for a in one_over] == [True, False]


def test_two_stretches_of_one_stream_are_two() -> None:
    first = reconciled([], [seen(10, 20)], day(20))
    assert [a.since for a in reconciled(first, [seen(10, 20), seen(21)], day(30))] == [
        day(10), day(21),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ended", "looked", "is_news"),
    [
        (None, None, True),
        (None, 5, True),
        (20, None, False),  # nobody was watching
        (20, 19, True),  # it came and went between two looks
        (20, 20, False),  # only late rows show it
        (20, 25, False),
    ],
)
def test_what_people_hear_of(ended: int | None, looked: int | None, is_news: bool) -> None:
    until = None if looked is None else day(looked)
    assert news(alerted.alert(1, 10, ended), until) is is_news


def test_an_alert_survives_being_kept() -> None:
    alert = alerted.alert(3, 10, 20, case="made-2024-01-11", opens=True, label="a\n\x1b'\u2028")
    assert Alert.model_validate_json(alert.model_dump_json()) == alert
    assert alert.what == ("AUC", "all", "a\n\x1b'\u2028", "chart")
