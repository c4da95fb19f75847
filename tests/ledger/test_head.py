import os
from pathlib import Path

import pytest

from investigate.ledger.entry import GENESIS
from investigate.ledger.head import Head, Last, disagreement

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
