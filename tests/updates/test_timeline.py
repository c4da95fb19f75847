from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from updates.cases import AT, FIRST, SECOND, case_folder, record, stored

from investigate.ledger.append import EntryDraft as Entered
from investigate.ledger.append import append
from investigate.updates.draft import drafted
from investigate.updates.evidence import evidence
from investigate.updates.parts import span
from investigate.updates.rhythm import Rhythm
from investigate.updates.story import postmortem
from investigate.updates.timeline import timeline, times
from investigate.updates.trail import Update, enter

FOUND = datetime(2024, 2, 22, 8, 16, tzinfo=UTC)


def test_moments_of_a_case(case: Path) -> None:
    draft = drafted(case, "product", at=AT, rhythm=Rhythm())
    enter(case, Update(draft, draft.text))
    append(case, Entered("sign-off", FIRST, {}, {"verdict": "approve"}))
    append(case, Entered("rerun", FIRST, {}, {"record": SECOND, "agrees": False}))
    append(case, Entered("prune", None, {}, {"pruned": {}}))
    found = timeline(evidence(case))
    assert [m.kind for m in found] == ["onset", "run", "finding", "update", "sign-off", "rerun"]
    assert found[0].when == datetime(2024, 2, 10, tzinfo=UTC)
    assert found[2].when == FOUND
    assert found[2].text == (
        "AUC fell from 0.834 to 0.675; the evidence points to: the values of a system "
        "lost their meaning (system `calibration`)"
    )
    assert "`approve`, as entry 3" in found[4].text
    assert found[5].text == f"Rerun as `{SECOND}`: it found something else"


def test_times(case: Path) -> None:
    found = times(evidence(case))
    assert found.detect == datetime(2024, 2, 22, 8, 15, tzinfo=UTC) - datetime(
        2024, 2, 10, tzinfo=UTC
    )
    assert (found.update, found.cause) == (None, timedelta(minutes=1))


def test_the_cause_is_that_of_the_first_record_that_names_one(tmp_path: Path) -> None:
    case = tmp_path / "c"
    record(case, "20240222T060000Z-aaaaaa", None, status="failed", error="x")
    record(case, "20240222T070000Z-aaaaaa", stored("unexplained"))
    record(case, "20240222T090000Z-aaaaaa", stored("system_fault"))
    assert times(evidence(case)).cause == timedelta(hours=3, minutes=1)
    texts = [m.text for m in timeline(evidence(case)) if m.kind in ("run", "finding")]
    assert texts[0].endswith("began, which failed")
    assert texts[2] == "AUC fell from 0.834 to 0.699; the cause is unknown"


def test_what_is_missing_is_not_known(tmp_path: Path) -> None:
    case = case_folder(tmp_path / "c")
    append(case, Entered("alert", None, {}, {}))
    found = times(evidence(case))
    assert (found.detect, found.update, found.cause) == (None, None, None)
    text = postmortem(evidence(case))
    assert text.count("not known") == 4
    assert "alert: An alert was raised" in text


def test_an_unclear_date_is_no_onset(tmp_path: Path) -> None:
    found = stored("system_fault")
    found["onset"]["p_value"] = 0.06
    record(tmp_path / "c", FIRST, found)
    assert "onset" not in [m.kind for m in timeline(evidence(tmp_path / "c"))]


def test_an_onset_is_a_day_of_the_questions_zone(tmp_path: Path) -> None:
    import json

    folder = record(tmp_path / "c", FIRST, stored("system_fault"), entered=False)
    document = json.loads((folder / "record.json").read_text())
    document["parameters"]["timezone"] = "Asia/Tokyo"
    (folder / "record.json").write_text(json.dumps(document))
    assert timeline(evidence(tmp_path / "c"))[0].when == datetime(2024, 2, 9, 15, tzinfo=UTC)


def test_the_postmortem_leaves_room_for_people(case: Path) -> None:
    text = postmortem(evidence(case))
    assert text == postmortem(evidence(case))
    assert "Time to detect, from the onset to the first alert or run: 12 d 8 h" in text
    assert "## Why it happened\n*" in text
    assert "caused" not in text


@given(st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_a_span_is_within_its_smaller_unit(length: timedelta) -> None:
    units = {"d": 86_400, "h": 3_600, "min": 60}
    parts = span(length).replace(",", "").split()
    seconds = sum(int(n) * units[u] for n, u in zip(parts[::2], parts[1::2], strict=True))
    assert 0 <= length.total_seconds() - seconds < (3_600 if length >= timedelta(days=1) else 60)


@pytest.mark.slow
def test_an_onset_after_the_first_run_is_no_time_to_detect(tmp_path: Path) -> None:
    record(tmp_path / "c", "20240201T081500Z-aaaaaa", stored("unexplained"))
    found = times(evidence(tmp_path / "c"))
    assert (found.detect, found.cause) == (None, None)
