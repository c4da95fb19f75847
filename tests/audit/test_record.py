import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from investigate.audit.record import Record, check_writable
from investigate.errors import InputError


def test_a_new_record_is_running(tmp_path: Path) -> None:
    record = Record.create(tmp_path / "new" / "audit", {"case": "a", "parameters": {"x": "ü"}})
    document = json.loads(record.paths.record.read_text("utf-8"))
    assert document == {
        "schema": 1,
        "id": record.paths.folder.name,
        "status": "running",
        "exit_status": None,
        "error": None,
        "case": "a",
        "parameters": {"x": "ü"},
    }
    assert record.paths.folder.parent == tmp_path / "new" / "audit" / "a"


def test_many_at_once_share_no_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda n: Record.create(tmp_path, {"case": "a", "n": n}), range(64)))
    assert len({record.paths.folder for record in made}) == 64
    for n, record in enumerate(made):
        assert json.loads(record.paths.record.read_text("utf-8"))["n"] == n


def test_a_name_that_is_taken_is_not_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["aaaaaa", "aaaaaa", "bbbbbb"])
    monkeypatch.setattr("investigate.audit.record.datetime", Frozen)
    monkeypatch.setattr("secrets.token_hex", lambda _: next(drawn))
    first, second = (Record.create(tmp_path, {"case": "a", "n": n}) for n in (1, 2))
    assert first.paths.folder.name == "20240301T120000Z-aaaaaa"
    assert second.paths.folder.name == "20240301T120000Z-bbbbbb"
    assert first.document["n"] == json.loads(first.paths.record.read_text("utf-8"))["n"] == 1


class Frozen:
    @staticmethod
    def now(zone: object) -> object:
        from datetime import UTC, datetime

        return datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_the_last_word_replaces_the_first(tmp_path: Path) -> None:
    record = Record.create(tmp_path, {"case": "a"})
    (record.paths.folder / "b.txt").write_text("b")
    (record.paths.folder / "a").mkdir()
    (record.paths.folder / "a" / "c.txt").write_text("cc")
    record.finish("failed", "it broke", seconds={"total": 1.0})
    document = json.loads(record.paths.record.read_text("utf-8"))
    assert (document["status"], document["exit_status"]) == ("failed", 1)
    assert (document["error"], document["seconds"]) == ("it broke", {"total": 1.0})
    assert [(o["path"], o["bytes"]) for o in document["outputs"]] == [("a/c.txt", 2), ("b.txt", 1)]
    assert sorted(p.name for p in record.paths.folder.iterdir()) == ["a", "b.txt", "record.json"]


def test_a_folder_can_be_made_far_below(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b" / "c")
    assert list(tmp_path.iterdir()) == []


def test_a_dangling_link_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "audit").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="audit: cannot write a record there"):
        check_writable(tmp_path / "audit")
