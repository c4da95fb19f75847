"""Messages: each put once, in one line what fell, and nothing of a log but its names."""

from pathlib import Path

import alerted
import pytest
from alerted import alert, day
from watched import PAYLOADS

from investigate.errors import RunError
from investigate.monitor.cases import enter
from investigate.monitor.messages import MOST, all_clear, announce
from investigate.updates.outbox import Message, MessageState, Outbox

CASE = "made-2024-02-10"
WATCH = alerted.watch(send=["OPS_HOOK"])
FELL = "made: AUC of all rows fell from 0.750 to 0.600 [0.550, 0.650] since 2024-02-10"
HOSTILE = [*PAYLOADS, "a\r\nBcc: x@example.org", "\x1b[2J\x00", "\u202eabc", "x" * 50_000]


@pytest.fixture(autouse=True)
def hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_HOOK", "json://127.0.0.1:9/hooks/s3cr3t-path")


def waiting(outbox: Path) -> list[Message]:
    return Outbox(outbox).messages(MessageState.WAITING)


def test_that_a_case_was_opened_is_put_once(tmp_path: Path) -> None:
    own = [alert(1, 40, case=CASE, opens=True), alert(2, 41, by="land", label="DE", case=CASE)]
    alerts = [*own, alert(3, 50, case="made-2024-02-20", opens=True)]
    announce(own[0], alerts, WATCH, Path("my audit"), tmp_path)
    announce(own[0], alerts[:1], WATCH, Path("my audit"), tmp_path)
    (one,) = waiting(tmp_path)
    assert one.title == FELL
    assert one.body.splitlines() == [
        f"- {FELL[6:]}",
        "- AUC of land: DE fell from 0.750 to 0.600 [0.550, 0.650] since 2024-02-11",
        f"Case: my audit/{CASE}",
        f"To find out why: investigate run 'my audit/{CASE}/alerts/1.yml'",
        f"To write an update: investigate update 'my audit/{CASE}'",
    ]


def test_a_state_begun_anew_tells_of_a_case_of_the_same_name(tmp_path: Path) -> None:
    opens, outbox = alert(1, 40, case=CASE, opens=True), tmp_path / "outbox"
    for audit in (tmp_path / "first", tmp_path / "second"):
        for _ in range(2):
            enter(opens, [opens], WATCH, audit, day(45))
            announce(opens, [opens], WATCH, audit, outbox)
            all_clear(opens, [opens], WATCH, audit, outbox)
    cases = [next(s for s in m.body.splitlines() if s[:5] == "Case:") for m in waiting(outbox)]
    assert sorted(cases) == 2 * [f"Case: {tmp_path}/first/{CASE}"] + 2 * [
        f"Case: {tmp_path}/second/{CASE}"
    ]


def test_that_all_is_over_is_another_message(tmp_path: Path) -> None:
    opens = alert(1, 40, 50, case=CASE, opens=True)
    announce(opens, [opens], WATCH, Path("audit"), tmp_path)
    all_clear(opens, [opens], WATCH, Path("audit"), tmp_path)
    all_clear(opens, [opens], WATCH, Path("audit"), tmp_path)
    back = "made: AUC of all rows is back inside its bounds since 2024-02-19"
    assert sorted(m.title for m in waiting(tmp_path)) == [FELL, back]


def test_what_was_withdrawn_and_what_is_back_are_not_called_alike(tmp_path: Path) -> None:
    withdrawn = alert(1, 40, 50, case=CASE, opens=True, withdrawn=True)
    own = [withdrawn, alert(2, 41, 50, by="land", label="DE", case=CASE)]
    all_clear(own[0], own, WATCH, Path("audit"), tmp_path)
    (one,) = waiting(tmp_path)
    assert one.title.endswith(f"would not raise it; no alert of case {CASE} is open any more")


def test_a_long_list_is_cut(tmp_path: Path) -> None:
    own = [alert(n, 40, 50, by="land", label=f"L{n}", case=CASE) for n in range(1, 12)]
    all_clear(own[0], own, WATCH, Path("audit"), tmp_path)
    (one,) = waiting(tmp_path)
    assert one.title.endswith(f", and so is all else in case {CASE}")
    assert len(one.body.splitlines()) == MOST + 3
    assert one.body.splitlines()[MOST:] == [
        "- and 3 more",
        f"Case: audit/{CASE}",
        f"To write an update: investigate update audit/{CASE} --resolved audit/{CASE}",
    ]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_stays_in_its_line(tmp_path: Path, label: str) -> None:
    opens = alert(1, 40, 50, by="land", label=label, case=CASE, opens=True)
    announce(opens, [opens], WATCH, Path("audit"), tmp_path)
    all_clear(opens, [opens], WATCH, Path("audit"), tmp_path)
    for one in waiting(tmp_path):
        assert one.title.isprintable()
        assert len(one.title) < 200
        assert all(line.isprintable() and len(line) < 200 for line in one.body.split("\n"))
    assert sorted(len(m.body.split("\n")) for m in waiting(tmp_path)) == [3, 4]


def test_secrets_are_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE", "hunter2-hunter2")
    watch = alerted.watch(send=["OPS_HOOK"], log="${WAREHOUSE}/*.parquet")
    label = "hunter2-hunter2 json://127.0.0.1:9/hooks/s3cr3t-path"
    opens = alert(1, 40, 50, by="land", label=label[:60], case=CASE, opens=True)
    announce(opens, [opens], watch, Path("audit"), tmp_path)
    (one,) = waiting(tmp_path)
    assert "of land: ${WAREHOUSE} ${OPS_HOOK} fell" in one.title
    assert all(b"hunter2" not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.slow
def test_an_outbox_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    opens = alert(1, 40, case=CASE, opens=True)
    with pytest.raises(RunError, match="a message could not be kept: ") as caught:
        announce(opens, [opens], WATCH, Path("audit"), tmp_path / "file" / "outbox")
    assert "\n" not in str(caught.value)
