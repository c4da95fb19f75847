"""What a kill or a full disk cuts off, at every byte at which it can."""

import hashlib
from pathlib import Path

import pytest
from ledgers import lines, make_record, troubles

from investigate.ledger.append import Draft, append
from investigate.ledger.chain import read
from investigate.ledger.head import Last
from investigate.ledger.repair import whole

NOTE = Draft("note", None, {}, {"text": "süß\u2028"})


@pytest.fixture
def case(tmp_path: Path) -> Path:
    make_record(tmp_path / "small", "r1")
    make_record(tmp_path / "small", "r2")
    return tmp_path / "small"


def tear(case: Path) -> tuple[list[bytes], bytes, bytes]:
    """The lines before the third, that line, and the head as it was before it was counted."""
    head = (case / "ledger.head").read_bytes()
    append(case, NOTE)
    *before, last = lines(case)
    return before, last, head


def test_cut_at_every_byte_no_entry_is_lost(case: Path) -> None:
    before, last, head = tear(case)
    for end in range(1, len(last)):
        torn = last[:end]
        (case / "ledger.jsonl").write_bytes(b"".join(before) + torn)
        (case / "ledger.head").write_bytes(head)
        (line,) = troubles(case)
        assert line.startswith("ledger.jsonl line 3: the last line is torn")
        entry = append(case, NOTE)
        assert lines(case) == [*before, entry.line()]
        assert (entry.n, entry.body["repaired"]) == (3, {"torn": ["ledger.torn-3"], "head": None})
        assert (case / "ledger.torn-3").read_bytes() == torn
        assert entry.files == {"ledger.torn-3": hashlib.sha256(torn).hexdigest()}
        assert troubles(case) == []
        (case / "ledger.torn-3").unlink()


def test_a_cut_entry_that_was_counted_is_missed_for_ever(case: Path) -> None:
    before, last, _ = tear(case)
    (case / "ledger.jsonl").write_bytes(b"".join(before) + last[:-1])
    assert troubles(case) == [
        "ledger.jsonl line 3: the last line is torn: it is not in the canonical form",
        "ledger.jsonl: ledger.head counts 3 entries, the last one here is entry 2",
    ]
    append(case, NOTE)
    append(case, NOTE)
    assert troubles(case) == [
        "ledger.jsonl entry 3: as it was written, something was wrong: "
        "ledger.head counts 3 entries, the last one here is entry 2"
    ]
    assert (case / "ledger.torn-3").read_bytes() == last[:-1]


@pytest.mark.parametrize("torn", [b"\0" * 300, b'{"n":3}\n', b"\n", b"{", b"\xff\xfe"])
def test_whatever_else_stands_at_the_end(case: Path, torn: bytes) -> None:
    before = lines(case)
    (case / "ledger.jsonl").write_bytes(b"".join(before) + torn)
    assert "ledger.jsonl line 3: the last line is torn" in troubles(case)[0]
    append(case, NOTE)
    assert lines(case)[:2] == before
    assert (case / "ledger.torn-3").read_bytes() == torn
    assert troubles(case) == []


def test_killed_in_the_midst_of_the_repair(case: Path) -> None:
    before, last, head = tear(case)
    for kept in (True, False):  # the torn bytes were kept, and then were or weren't taken out
        (case / "ledger.torn-3").write_bytes(last[:40])
        (case / "ledger.jsonl").write_bytes(b"".join(before) + (last[:40] if kept else b""))
        (case / "ledger.head").write_bytes(head)
        assert append(case, NOTE).body["repaired"]["torn"] == ["ledger.torn-3"]
        assert troubles(case) == []


def test_torn_twice_at_one_place_both_are_kept(case: Path) -> None:
    before, last, head = tear(case)
    (case / "ledger.torn-3").write_bytes(last[:40])
    (case / "ledger.jsonl").write_bytes(b"".join(before) + last[:50])
    (case / "ledger.head").write_bytes(head)
    entry = append(case, NOTE)
    assert entry.body["repaired"]["torn"] == ["ledger.torn-3", "ledger.torn-3-2"]
    assert (case / "ledger.torn-3").read_bytes() == last[:40]
    assert (case / "ledger.torn-3-2").read_bytes() == last[:50]
    assert troubles(case) == []


@pytest.mark.parametrize("change", ["alter", "remove"])
def test_the_torn_bytes_are_evidence_too(case: Path, change: str) -> None:
    with (case / "ledger.jsonl").open("ab") as file:
        file.write(b"torn")
    append(case, NOTE)
    (case / "ledger.torn-3").unlink()
    if change == "alter":
        (case / "ledger.torn-3").write_text("other")
    wrong = "altered: its hash is not that in entry 3" if change == "alter" else (
        "removed: entry 3 told of it"
    )  # fmt: skip
    assert troubles(case) == [f"ledger.torn-3: {wrong}"]


def test_damage_that_is_no_cut_stays_where_it_is(case: Path) -> None:
    damaged = [line.replace(b"\n", b"\r\n") for line in lines(case)]
    (case / "ledger.jsonl").write_bytes(b"".join(damaged))
    entry = append(case, NOTE)
    # One line may be torn; the other is damage, and is chained to as it stands.
    assert lines(case)[0] == damaged[0]
    assert (entry.n, entry.prev) == (2, hashlib.sha256(damaged[0]).hexdigest())
    assert (case / "ledger.torn-2").read_bytes() == damaged[1]
    assert any("line 1: it is not in the canonical form" in line for line in troubles(case))


def test_nothing_is_whole_in_an_empty_ledger(tmp_path: Path) -> None:
    assert whole(b"") == (Last(), 0)
    assert whole(b"torn") == (Last(), 0)
    assert whole(b"\n") == (Last(), 0)
    assert read(tmp_path).entries == ()
