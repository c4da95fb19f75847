"""What a monitor enters, in the timeline of a case, its times and what is due."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from updates import monitored
from updates.cases import FIRST, case_folder, record, stored
from updates.monitored import ALERT, END, make, timed

from investigate.ledger.append import EntryDraft, append
from investigate.ledger.entry import GENESIS, Entry
from investigate.updates.draft import drafted
from investigate.updates.evidence import CaseEvidence, evidence
from investigate.updates.rhythm import Rhythm
from investigate.updates.story import postmortem
from investigate.updates.timeline import stretches, timeline, times
from investigate.updates.trail import Update, due, enter

RAISED = datetime(2024, 2, 12, 6, tzinfo=UTC)


def alerted(case: Path, *entries: tuple[str, dict[str, Any]]) -> CaseEvidence:
    """A case of such entries, raised at `RAISED` and a day after each other."""
    for kind, body in entries:
        append(case_folder(case), EntryDraft(kind, None, {}, body))
    timed(case, *((RAISED + timedelta(days=i)).isoformat() for i in range(len(entries))))
    return evidence(case)


def test_the_moments_of_a_monitored_case(tmp_path: Path) -> None:
    found = timeline(evidence(make(tmp_path / "c")))
    assert [m.kind for m in found] == [
        "onset", "alert", "run", "finding", "update", "sign-off", "rerun", "recovery",
    ]  # fmt: skip
    assert found[0].when == datetime(2024, 2, 10, tzinfo=UTC)
    assert found[1].text == (
        "An alert was raised: AUC of all rows was 0.610, 0.740 expected; "
        "the change began on 2024-02-09"
    )
    assert found[-1].text == "AUC of all rows is back: 0.742, 0.740 expected"


def test_what_was_withdrawn_is_no_recovery(tmp_path: Path) -> None:
    case = tmp_path / "c"
    alerted(case, ("alert", ALERT), ("alert-end", {**END, "value": None, "withdrawn": True}))
    draft = drafted(case, "engineers", at=RAISED, rhythm=Rhythm(), resolved=case)
    enter(case, Update(draft, draft.text))
    last = timeline(evidence(case))[-2:]
    assert [m.kind for m in last] == ["alert-end", "update"]
    assert "was withdrawn" in last[0].text
    assert last[1].text.endswith(": the alerts of the case are over")
    assert "Recovery: not known" in postmortem(evidence(case))


@pytest.mark.parametrize(
    ("body", "began"),
    [
        ({"timezone": "Asia/Tokyo"}, datetime(2024, 2, 8, 15, tzinfo=UTC)),
        (
            {"since": "2024-02-09T05:00Z", "timezone": "Asia/Tokyo"},
            datetime(2024, 2, 9, 5, tzinfo=UTC),
        ),
        ({"timezone": "no/zone"}, None),
    ],
)
def test_days_are_of_the_watchs_zone_and_hours_of_utc(
    tmp_path: Path, body: dict[str, Any], began: datetime | None
) -> None:
    first = timeline(alerted(tmp_path / "c", ("alert", {**ALERT, **body})))[0]
    assert (first.when if first.kind == "onset" else None) == began


def test_times_count_from_the_onset_and_from_the_alert(tmp_path: Path) -> None:
    found = times(evidence(make(tmp_path / "c")))
    assert found.detect == RAISED - datetime(2024, 2, 10, tzinfo=UTC)
    assert found.update == datetime(2024, 2, 22, 9, tzinfo=UTC) - RAISED
    assert found.cause == datetime(2024, 2, 22, 8, 16, tzinfo=UTC) - RAISED


def test_before_a_finding_the_onset_is_the_alerts(tmp_path: Path) -> None:
    case = alerted(tmp_path / "c", ("alert", ALERT), ("alert-end", END))
    onset = timeline(case)[0]
    assert (onset.kind, onset.when) == ("onset", datetime(2024, 2, 9, tzinfo=UTC))
    assert onset.text == "AUC of all rows began to change, as an alert says"
    assert times(case).detect == timedelta(days=3, hours=6)
    # Nobody was told: an alert's end is no update.
    assert list(stretches(case)) == ["detect"]


def test_an_alerts_day_is_one_of_the_questions_zone(tmp_path: Path) -> None:
    import json

    folder = record(tmp_path / "c", FIRST, stored("no_drop"), entered=False)
    document = json.loads((folder / "record.json").read_text())
    document["parameters"]["timezone"] = "Asia/Tokyo"
    (folder / "record.json").write_text(json.dumps(document))
    case = alerted(tmp_path / "c", ("alert", ALERT))
    assert timeline(case)[0].when == datetime(2024, 2, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize("since", [None, "lately", "2024-02-13", "0001-01-01", 20240209, ["x"]])
def test_a_beginning_that_is_none_or_after_the_alert_is_left_out(
    tmp_path: Path, since: object
) -> None:
    case = alerted(tmp_path / "c", ("alert", {**ALERT, "since": since}))
    kinds = [m.kind for m in timeline(case)]
    assert kinds == (["onset", "alert"] if since == "0001-01-01" else ["alert"])


def test_names_are_code_spans(tmp_path: Path) -> None:
    hostile = {**ALERT, "stream": "co`l\n<b>: **x** [a](http://e)", "measure": "<i>`"}
    text = timeline(alerted(tmp_path / "c", ("alert", hostile)))[-1].text
    assert text.startswith(
        "An alert was raised: `‹i›'` of `co'l ‹b›` `**x** [a](http://e)` was 0.610, 0.740 expected"
    )
    assert (
        "\n" not in postmortem(evidence(tmp_path / "c")).split("alert: ")[1].split("\n- ")[0][:80]
    )


def test_an_alert_after_the_last_update_opens_the_case_again_and_its_end_does_not(
    tmp_path: Path,
) -> None:
    case = make(tmp_path / "c")
    much_later = datetime(2200, 1, 1, tzinfo=UTC)
    before = due([case], much_later, Rhythm())
    append(case, EntryDraft("alert-end", None, {}, END))
    assert due([case], much_later, Rhythm()) == before
    assert [one.audience for one in before] == ["engineers"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(ALERT)), JSON),
    st.sampled_from(["alert", "alert-end"]),
    st.sampled_from(["2024-02-12T06:00:00Z", "0001-01-01T00:00:00+23:00", "x"]),
)
def test_whatever_an_alert_holds_there_is_a_timeline(
    body: dict[str, Any], kind: str, time: str
) -> None:
    entry = Entry(n=1, kind=kind, time=time, of=None, files={}, prev=GENESIS, body=body)
    case = CaseEvidence(Path(monitored.__file__).parent, None, (), (entry,))
    for moment in timeline(case):
        assert moment.text.isprintable()
        assert not set(moment.text) & set("<>")
    times(case)
    postmortem(case)
