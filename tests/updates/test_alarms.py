"""Alerts with their ends, the leading one, and what is said of it."""

import re
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from updates.cases import AT, FIRST, IN_A_GROUP, LIMIT, ON_ALL, OVER, case_folder, record, stored
from updates.test_approved import statements, tokens

from investigate.ledger.append import EntryDraft, append
from investigate.ledger.entry import GENESIS, Entry
from investigate.updates.account import CaseAccount, account
from investigate.updates.alerted import alarms, leading, lost
from investigate.updates.draft import drafted
from investigate.updates.evidence import CaseEvidence, evidence
from investigate.updates.recovery import by_monitor
from investigate.updates.rhythm import Rhythm
from investigate.updates.trail import due

ONE_IS_OVER = ("alert-end", {**OVER, "alert": "1"})


def case_of(*bodies: tuple[str, dict[str, Any]]) -> CaseEvidence:
    entries = tuple(
        Entry(n=n, kind=kind, time="2024-02-12T06:00:00Z", of=None, files={}, prev=GENESIS, body=b)
        for n, (kind, b) in enumerate(bodies, 1)
    )
    return CaseEvidence(Path("checkout-score"), None, (), entries)


def account_of(case: CaseEvidence) -> CaseAccount:
    return account(case, "", AT + timedelta(hours=4), None)


def test_an_end_is_of_the_alert_before_it() -> None:
    found = alarms(case_of(("alert", ON_ALL), ONE_IS_OVER, ("alert", ON_ALL), ("alert", LIMIT)))
    assert [a.end.n if a.end else None for a in found] == [2, None, None]


@pytest.mark.parametrize(
    ("bodies", "about"),
    [
        ([LIMIT, IN_A_GROUP, ON_ALL], "AUC of all rows"),
        ([LIMIT, IN_A_GROUP], "AUC of `country` `DE`"),
        ([LIMIT], "the share of missing scores"),
        ([{}], "this score"),
    ],
)
def test_auc_of_all_rows_speaks_first(bodies: list[dict[str, Any]], about: str) -> None:
    first = leading(alarms(case_of(*(("alert", body) for body in bodies))))
    assert first is not None
    assert first.about == about


def test_what_goes_on_speaks_before_what_is_over() -> None:
    first = leading(alarms(case_of(("alert", ON_ALL), ("alert", IN_A_GROUP), ONE_IS_OVER)))
    assert first is not None
    assert not first.everything


def test_severity_is_by_what_all_rows_lost(tmp_path: Path) -> None:
    assert lost(alarms(case_of(("alert", ON_ALL)))) == pytest.approx(0.741 - 0.612)
    # A limit is no level that AUC had before.
    assert lost(alarms(case_of(("alert", {**ON_ALL, "why": "fixed limit"})))) is None
    assert lost(alarms(case_of(("alert", IN_A_GROUP)))) is None
    case = case_folder(tmp_path / "c")
    append(case, EntryDraft("alert", None, {}, {**ON_ALL, "value": 0.735}))
    assert drafted(case, "product", at=AT, rhythm=Rhythm()).severity == "low"
    (one,) = due([case], AT + timedelta(days=10_000), Rhythm())
    assert one.severity == "low"


NUMBERS = st.none() | st.floats(0.0, 1.0)


@given(st.sampled_from(["chart", "fixed limit"]), NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_no_sentence_says_more_than_the_alert(
    why: str, value: float | None, low: float | None, high: float | None, expected: float | None
) -> None:
    body = {**ON_ALL, "why": why, "value": value, "low": low, "high": high, "expected": expected}
    found = account_of(case_of(("alert", body)))
    if "fall" in found.headline.text:
        assert high is not None
        assert expected is not None
        assert high < expected
    if "rise" in found.headline.text:
        assert low is not None
        assert expected is not None
        assert low > expected
    if "cannot be told from chance" in found.in_words[0].text if found.in_words else False:
        assert low is not None
        assert high is not None
        assert low <= 0.5 <= high
    assert found.cause.text == "The cause is not known yet."
    for statement in statements(found):
        printed = sorted(token.rstrip("%") for token in tokens(statement.text))
        assert printed == sorted(cited.text for cited in statement.cites), statement.text


def test_recovery_needs_every_alert_to_be_over(tmp_path: Path) -> None:
    both = ("alert", ON_ALL), ("alert", IN_A_GROUP)
    assert not by_monitor(case_of(*both)).shown
    found = by_monitor(case_of(*both, ONE_IS_OVER))
    assert not found.shown
    assert found.statements[0].text == "Alerts are still open, on AUC of `country` `DE`."
    found = by_monitor(case_of(*both, ONE_IS_OVER, ("alert-end", {**OVER, "alert": "2"})))
    assert found.shown
    assert found.record == "entry 4"
    assert not by_monitor(case_of()).shown
    again = ("alert", {**ON_ALL, "alert": "9"})
    assert not by_monitor(case_of(*both[:1], ONE_IS_OVER, again)).shown


def test_a_withdrawn_alert_is_no_recovery_of_auc() -> None:
    end = ("alert-end", {**OVER, "alert": "1", "withdrawn": True})
    found = by_monitor(case_of(("alert", ON_ALL), end))
    assert found.shown
    assert found.headline.text == "The alert on AUC of all rows was withdrawn"
    assert "back inside" not in " ".join(s.text for s in found.statements)


@pytest.mark.slow
def test_after_a_finding_the_end_of_alerts_is_told_and_can_close_the_case(tmp_path: Path) -> None:
    case = case_folder(tmp_path / "checkout-score")
    append(case, EntryDraft("alert", None, {}, ON_ALL))
    record(case, FIRST, stored("system_fault"))
    assert "back inside" not in drafted(case, "engineers", at=AT, rhythm=Rhythm()).text
    append(case, EntryDraft(ONE_IS_OVER[0], None, {}, ONE_IS_OVER[1]))
    open_still = drafted(case, "engineers", at=AT, rhythm=Rhythm())
    assert not open_still.resolved
    assert "AUC of all rows is back inside its bounds since 2024-03-05" in open_still.text
    closing = drafted(case, "engineers", at=AT, rhythm=Rhythm(), resolved=case)
    assert closing.resolved
    assert closing.recovered == "entry 3"
    assert closing.text.startswith("# `checkout-score`: AUC of all rows is back inside its bounds")
    assert "This is the last update" in closing.text
    assert evidence(case).run is not None


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(ON_ALL)), HOSTILE),
    st.dictionaries(st.sampled_from(sorted(OVER)), HOSTILE),
    st.booleans(),
)
def test_whatever_alerts_hold_there_is_a_draft(
    body: dict[str, Any], end: dict[str, Any], over: bool
) -> None:
    with TemporaryDirectory() as folder:
        case = case_folder(Path(folder) / "c")
        ends = [("alert-end", {**end, "alert": "1"})] if over else []
        found = case_of(("alert", {**body, "alert": "1"}), *ends)
        text = "\n".join(s.text for s in statements(account_of(found)))
        text += "\n".join(s.text for s in by_monitor(found).statements)
        assert not set(re.sub(r"`[^`\n]*`", "", text)) & set("<>{}")
        assert all(line.isprintable() for line in text.split("\n"))
        assert not list(case.iterdir())


@pytest.mark.parametrize(
    ("body", "end", "says"),
    [
        (ON_ALL, {"withdrawn": True}, "It is not known why this happened"),
        (LIMIT, {}, "does not show what brought the share of missing scores back"),
        (ON_ALL, {}, "does not show what brought AUC of all rows back"),
    ],
)
def test_what_did_not_come_back_is_not_said_to_have_been_brought_back(
    tmp_path: Path, body: dict[str, Any], end: dict[str, Any], says: str
) -> None:
    case = case_folder(tmp_path / "checkout-score")
    append(case, EntryDraft("alert", None, {}, {**body, "alert": "1"}))
    record(case, FIRST, stored("system_fault"))
    append(case, EntryDraft("alert-end", None, {}, {**OVER, "alert": "1", **end}))
    text = drafted(case, "engineers", at=AT, rhythm=Rhythm(), resolved=case).text
    assert says in text
    assert text.count("brought") == (says.count("brought"))
