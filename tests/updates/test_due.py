from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from updates.cases import AT, FIRST, case_folder, record, stored

from investigate.ledger.append import EntryDraft as Entered
from investigate.ledger.append import append
from investigate.ledger.chain import read
from investigate.updates.draft import drafted
from investigate.updates.rhythm import Rhythm
from investigate.updates.trail import Update, due, enter

LATER = datetime(2200, 1, 1, tzinfo=UTC)


def tell(case: Path, audience: str, at: datetime) -> None:
    draft = drafted(case, audience, at=at, rhythm=Rhythm())
    enter(case, Update(draft, draft.text))


def test_what_was_promised_counts_and_each_audience_by_itself(case: Path) -> None:
    tell(case, "executives", AT)
    tell(case, "engineers", AT + timedelta(hours=3))
    # Another rhythm since then changes no promise.
    policy = Rhythm.model_validate({"high": {"drop": 0.05, "every_hours": 100}})
    found = due([case], AT + timedelta(hours=5), policy)
    assert [(one.audience, one.by - AT) for one in found] == [("executives", timedelta(hours=4))]
    found = due([case], LATER, policy)
    assert [one.audience for one in found] == ["executives", "engineers"]
    assert found[1].by - AT == timedelta(hours=7)


def test_soon_and_overdue(case: Path) -> None:
    tell(case, "product", AT)
    by = AT + timedelta(hours=4)
    assert due([case], by - timedelta(minutes=61), Rhythm()) == []
    (one,) = due([case], by - timedelta(minutes=60), Rhythm())
    assert not one.overdue(by - timedelta(minutes=60))
    assert one.overdue(by)


def test_the_first_update_is_due_soon_after_the_case_began(case: Path) -> None:
    # The record began before its entry was written.
    begun = datetime(2024, 2, 22, 8, 15, tzinfo=UTC)
    (one,) = due([case], LATER, Rhythm(first_hours=2))
    assert (one.audience, one.last, one.by) == ("anyone", None, begun + timedelta(hours=2))


def test_an_alert_alone_opens_a_case(tmp_path: Path) -> None:
    case = case_folder(tmp_path / "c")
    append(case, Entered("alert", None, {}, {}))
    (one,) = due([case], LATER, Rhythm())
    raised = datetime.fromisoformat(read(case).entries[0].time)
    assert (one.severity, one.by) == ("high", raised + timedelta(hours=1))


def test_a_failed_run_alone_is_a_case_too(tmp_path: Path) -> None:
    record(tmp_path / "c", FIRST, None, status="failed", error="x")
    assert [one.severity for one in due([tmp_path / "c"], LATER, Rhythm())] == ["high"]


def test_where_nothing_fell_nobody_waits(tmp_path: Path) -> None:
    record(tmp_path / "c", FIRST, stored("no_drop"))
    assert due([tmp_path / "c"], LATER, Rhythm()) == []


@pytest.mark.slow
def test_an_altered_record_hides_no_other_case(case: Path) -> None:
    (case / FIRST / "record.json").write_text("{")
    other = case.parent / "other"
    record(other, FIRST, stored("outcome_fault"))
    assert len(due([case, other], LATER, Rhythm())) == 2
