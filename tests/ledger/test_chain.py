"""Every entry of a ledger altered, cut, moved and taken out, one after the other."""

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest
from ledgers import lines, make_record, troubles, write

from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import Head, Last, disagreement, read
from investigate.ledger.entry import GENESIS, canonical

pytestmark = pytest.mark.slow

A, B, C = "a" * 64, "b" * 64, "c" * 64


def test_it_reads_back_what_was_written_last(tmp_path: Path) -> None:
    path = tmp_path / "head"
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        assert Head.read(file) is None
        for head in (Head(), Head(999_999, A), Head(1, B)):
            head.write(file)
            assert Head.read(file) == head
        assert path.read_text() == f"           1 {B}\n"
    finally:
        os.close(file)


@pytest.mark.parametrize("damage", [b"", b"1 a\n", b"x" * 78, b"1 " + b"a" * 64, b"\0" * 78])
def test_what_is_no_head(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "head").write_bytes(damage)
    file = os.open(tmp_path / "head", os.O_RDONLY)
    try:
        assert Head.read(file) is None
    finally:
        os.close(file)


@pytest.mark.parametrize(
    ("head", "last", "what"),
    [
        (Head(), Last(), None),
        (Head(3, A), Last(3, A, B), None),
        (Head(2, B), Last(3, A, B), None),
        (Head(), Last(1, A, GENESIS), None),
        (None, Last(), None),
        (None, Last(1, A, GENESIS), "ledger.head is missing or cannot be read"),
        (Head(3, A), Last(2, B, C), "ledger.head counts 3 entries, the last one here is entry 2"),
        (Head(1, A), Last(), "ledger.head counts 1 entries, the last one here is entry 0"),
        (Head(1, C), Last(3, A, B), "ledger.head counts 1 entries, the last one here is entry 3"),
        (Head(3, C), Last(3, A, B), "ledger.head holds another hash of entry 3"),
        (Head(2, C), Last(3, A, B), "ledger.head holds another hash of entry 2"),
        (Head(0, C), Last(1, A, GENESIS), "ledger.head holds another hash of entry 0"),
    ],
)
def test_a_ledger_and_its_head(head: Head | None, last: Last, what: str | None) -> None:
    assert disagreement(head, last) == what


ENTRIES = 5


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger") / "case"
    for n in (1, 2, 3):
        make_record(folder, f"r{n}")
    for n in (4, 5):
        append(folder, EntryDraft("note", None, {}, {"n": n}))
    return folder


@pytest.fixture
def case(whole: Path, tmp_path: Path) -> Path:
    """A copy: each entry that is written waits for the disk."""
    folder = shutil.copytree(whole, tmp_path / "case")
    assert troubles(folder) == []
    return folder


def check(case: Path, new: list[bytes]) -> list[str]:
    write(case, *new)
    return [line for line in troubles(case) if line.startswith("ledger.jsonl")]


@pytest.mark.parametrize("n", range(1, ENTRIES + 1))
@pytest.mark.parametrize("field", ["kind", "time", "of", "files", "body"])
def test_an_altered_entry_is_named(case: Path, n: int, field: str) -> None:
    old = lines(case)
    document = json.loads(old[n - 1])
    other = {"of": "other", "files": {"r1/more": "0" * 64}, "body": {"more": 1}}
    document[field] = other.get(field, "altered")
    found = check(case, [*old[: n - 1], canonical(document), *old[n:]])
    if n < ENTRIES:
        assert found == [f"ledger.jsonl entry {n}: entry {n + 1} holds another hash of it"]
    else:
        assert found == [f"ledger.jsonl: ledger.head holds another hash of entry {n}"]


@pytest.mark.parametrize("n", range(1, ENTRIES + 1))
def test_another_hash_of_the_one_before_is_named(case: Path, n: int) -> None:
    old = lines(case)
    altered = canonical({**json.loads(old[n - 1]), "prev": "1" * 64})
    found = check(case, [*old[: n - 1], altered, *old[n:]])
    before = "it does not begin a chain" if n == 1 else f"entry {n} holds another hash of it"
    after = (
        f"ledger.jsonl entry {n}: entry {n + 1} holds another hash of it"
        if n < ENTRIES
        else f"ledger.jsonl: ledger.head holds another hash of entry {n}"
    )
    assert found == [f"ledger.jsonl entry {max(n - 1, 1)}: {before}", after]


@pytest.mark.parametrize("n", range(1, ENTRIES + 1))
def test_every_byte_counts(case: Path, n: int) -> None:
    old = lines(case)
    for place in range(0, len(old[n - 1]), 7):
        altered = bytearray(old[n - 1])
        altered[place] ^= 1
        found = check(case, [*old[: n - 1], bytes(altered), *old[n:]])
        assert any(f"{kind} {n}" in line for kind in ("line", "entry") for line in found), place


@pytest.mark.parametrize("n", range(1, ENTRIES + 1))
def test_a_removed_entry_is_named(case: Path, n: int) -> None:
    old = lines(case)
    (line,) = check(case, [*old[: n - 1], *old[n:]])
    if n < ENTRIES:
        assert line == f"ledger.jsonl entry {n}: it is missing"
    else:
        assert line == ("ledger.jsonl: ledger.head counts 5 entries, the last one here is entry 4")


@pytest.mark.parametrize(("first", "second"), [*combinations(range(1, ENTRIES + 1), 2)])
def test_swapped_entries_are_named(case: Path, first: int, second: int) -> None:
    new = lines(case)
    new[first - 1], new[second - 1] = new[second - 1], new[first - 1]
    found = check(case, new)
    assert f"ledger.jsonl entry {first}: it stands after entry {second}" in found
    assert not any("missing" in line or "times" in line for line in found)


def test_reversed_entries_are_named(case: Path) -> None:
    found = check(case, lines(case)[::-1])
    assert [line for line in found if "stands after" in line] == [
        f"ledger.jsonl entry {n}: it stands after entry 5" for n in (4, 3, 2, 1)
    ]


@pytest.mark.parametrize("n", range(1, ENTRIES + 1))
def test_an_entry_that_is_there_twice_is_named(case: Path, n: int) -> None:
    old = lines(case)
    found = check(case, [*old, old[n - 1]])
    assert f"ledger.jsonl entry {n}: it is there 2 times" in found


@pytest.mark.parametrize("n", range(1, ENTRIES + 1))
def test_an_entry_that_was_cut_is_named(case: Path, n: int) -> None:
    old = lines(case)
    for end in (1, len(old[n - 1]) // 2, len(old[n - 1]) - 1):
        found = check(case, [*old[: n - 1], old[n - 1][:end], *old[n:]])
        # Its rest runs into the next line, so that both are gone.
        assert any(line.startswith(f"ledger.jsonl line {n}: ") for line in found)


@pytest.mark.parametrize("n", range(1, ENTRIES + 1))
def test_a_ledger_cut_within_any_entry_is_named(case: Path, n: int) -> None:
    old = lines(case)
    for end in range(0, len(old[n - 1]), 11):
        found = check(case, [*old[: n - 1], old[n - 1][:end]])
        counted = f"ledger.head counts 5 entries, the last one here is entry {n - 1}"
        assert f"ledger.jsonl: {counted}" in found
        assert (end > 0) == any("the last line is torn" in line for line in found)


def test_a_blank_line_is_named(case: Path) -> None:
    old = lines(case)
    assert check(case, [*old[:2], b"\n", *old[2:]]) == [
        "ledger.jsonl line 3: it is cut short or no JSON"
    ]


def test_an_entry_added_by_hand_is_named(case: Path) -> None:
    entry = read(case).entries[-1]
    more = canonical({**entry.model_dump(), "n": 6, "prev": "0" * 64})
    assert check(case, [*lines(case), more]) == [
        "ledger.jsonl entry 5: entry 6 holds another hash of it",
        "ledger.jsonl: ledger.head holds another hash of entry 5",
    ]


def test_a_number_out_of_all_proportion(case: Path) -> None:
    entry = read(case).entries[-1]
    found = check(case, [*lines(case)[:4], canonical({**entry.model_dump(), "n": 10**15})])
    assert len(found) < 5
    assert any("entry 1000000000000000" in line for line in found)


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (Path.unlink, "ledger.head is missing or cannot be read"),
        (lambda path: path.write_bytes(b""), "ledger.head is missing or cannot be read"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "missing or cannot be read"),
        (lambda path: path.write_bytes(b"%12d %s\n" % (5, b"0" * 64)), "another hash of entry 5"),
        (lambda path: path.write_bytes(b"%12d %s\n" % (3, b"0" * 64)), "counts 3 entries"),
        (lambda path: path.write_bytes(b"%12d %s\n" % (9, b"0" * 64)), "counts 9 entries"),
        (lambda path: path.with_name("ledger.jsonl").unlink(), "the last one here is entry 0"),
    ],
)
def test_a_damaged_head_is_named(case: Path, damage: Damage, message: str) -> None:
    damage(case / "ledger.head")
    assert any(line.startswith("ledger.jsonl: ") and message in line for line in troubles(case))


def test_a_ledger_or_head_that_is_no_file(case: Path, tmp_path: Path) -> None:
    for name, message in (
        ("ledger.jsonl", "ledger.jsonl: it is a link or device, no plain file"),
        ("ledger.head", "ledger.jsonl: ledger.head is missing or cannot be read"),
    ):
        path, away = case / name, case.with_name("away")
        path.rename(away)
        for make in (partial(os.symlink, away), os.mkfifo, Path.mkdir):
            make(path)
            assert message in troubles(case)
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        away.rename(path)
    assert troubles(case) == []


def test_reading_writes_nothing(case: Path) -> None:
    (case / "ledger.head").unlink()
    before = {path: path.stat().st_mtime_ns for path in case.rglob("*")}
    read(case)
    assert {path: path.stat().st_mtime_ns for path in case.rglob("*")} == before
