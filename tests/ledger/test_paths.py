from pathlib import Path

import pytest

from investigate.ledger.paths import OWN, LedgerPaths


def test_torn_lines_have_files_of_their_own(tmp_path: Path) -> None:
    paths = LedgerPaths(tmp_path)
    for path in (paths.torn(1), paths.torn(1, 2), paths.torn(12), paths.torn(1, 3)):
        path.touch()
    assert [path.name for path in paths.all_torn(1)] == [
        "ledger.torn-1", "ledger.torn-1-2", "ledger.torn-1-3"
    ]  # fmt: skip
    assert [path.name for path in paths.all_torn(12)] == ["ledger.torn-12"]
    assert paths.all_torn(2) == []


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("ledger.jsonl", True), ("ledger.head", True), ("ledger.torn-7", True),
        ("ledger.torn-7-2", True), ("ledger.torn-", False), ("ledger.json", False),
        ("ledger.jsonl.old", False), ("20240301T120000Z-aaaaaa", False),
    ],
)  # fmt: skip
def test_which_names_are_the_ledgers(name: str, own: bool) -> None:
    assert (OWN.fullmatch(name) is not None) == own
