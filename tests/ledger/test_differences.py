from pathlib import Path

from investigate.ledger.differences import differences, stated, top
from investigate.ledger.entry import GENESIS, Entry

A, B = "a" * 64, "b" * 64


def entry(n: int, **files: str) -> Entry:
    named = {path.replace("_", "/"): sha256 for path, sha256 in files.items()}
    return Entry(n=n, kind="note", time="", of=None, files=named, prev=GENESIS, body={})


def test_what_entries_say_is_kept_by_path_and_hash() -> None:
    said = stated([entry(1, r_a=A, r_b=B), entry(2, r_a=A), entry(3, r_a=B)])
    assert {path: dict(hashes) for path, hashes in said.items()} == {
        "r/a": {A: [1, 2], B: [3]},
        "r/b": {B: [1]},
    }


def test_the_top_of_a_path() -> None:
    assert [top(path) for path in ("r", "r/a", "r/a/b")] == ["r"] * 3


def test_in_the_order_of_names_and_paths(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / "r" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "r" / name).write_text(name)
    said = stated([entry(1, r_c=A, r_b=A), entry(2, s_a=A)])
    found = [(t.where, t.what.split(":")[0]) for t in differences(tmp_path, ["r", "s", "t"], said)]
    assert found == [
        ("r/a", "added"),
        ("r/b", "altered"),
        ("r/c", "altered"),
        ("s", "removed"),
        ("t", "not in the ledger"),
    ]


def test_a_record_json_that_is_none_is_no_trouble_here(tmp_path: Path) -> None:
    for text in ("", "[]", "[" * 100_000, '{"status": []}', "\0"):
        (tmp_path / "r").mkdir(exist_ok=True)
        (tmp_path / "r" / "record.json").write_text(text)
        (trouble,) = differences(tmp_path, ["r"], stated([]))
        assert trouble.what == "not in the ledger"
