import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from crates import document

from investigate.errors import InputError
from investigate.records.record import RecordFolder, check_writable

FINISHED = "2024-03-01T12:00:09.500Z"


def test_a_new_record_is_running(tmp_path: Path) -> None:
    record = RecordFolder.create(
        tmp_path / "new" / "audit", {"case": "a", "parameters": {"x": "ü"}}
    )
    stored = json.loads(record.paths.record.read_text("utf-8"))
    assert stored == {
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
        made = list(
            pool.map(lambda n: RecordFolder.create(tmp_path, {"case": "a", "n": n}), range(64))
        )
    assert len({record.paths.folder for record in made}) == 64
    for n, record in enumerate(made):
        assert json.loads(record.paths.record.read_text("utf-8"))["n"] == n


def test_a_name_that_is_taken_is_not_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["aaaaaa", "aaaaaa", "bbbbbb"])
    monkeypatch.setattr("investigate.records.record.datetime", Frozen)
    monkeypatch.setattr("secrets.token_hex", lambda _: next(drawn))
    first, second = (RecordFolder.create(tmp_path, {"case": "a", "n": n}) for n in (1, 2))
    assert first.paths.folder.name == "20240301T120000Z-aaaaaa"
    assert second.paths.folder.name == "20240301T120000Z-bbbbbb"
    assert first.document["n"] == json.loads(first.paths.record.read_text("utf-8"))["n"] == 1


class Frozen:
    @staticmethod
    def now(zone: object) -> object:
        from datetime import UTC, datetime

        return datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_the_last_word_replaces_the_first(tmp_path: Path) -> None:
    record = begun(tmp_path)
    (record.paths.folder / "b.txt").write_text("b")
    (record.paths.folder / "a").mkdir()
    (record.paths.folder / "a" / "c.txt").write_text("cc")
    record.finish("failed", "it broke", finished=FINISHED, seconds={"total": 1.0})
    stored = json.loads(record.paths.record.read_text("utf-8"))
    assert (stored["status"], stored["exit_status"]) == ("failed", 1)
    assert (stored["error"], stored["seconds"]) == ("it broke", {"total": 1.0})
    crate = record.paths.crate.read_bytes()
    assert [(o["path"], o["bytes"]) for o in stored["outputs"]] == [
        ("a/c.txt", 2), ("b.txt", 1), ("ro-crate-metadata.json", len(crate)),
    ]  # fmt: skip
    assert stored["outputs"][2]["sha256"] == hashlib.sha256(crate).hexdigest()
    assert sorted(p.name for p in record.paths.folder.iterdir()) == [
        "a", "b.txt", "record.json", "ro-crate-metadata.json",
    ]  # fmt: skip


def test_the_crate_says_how_the_run_ended(tmp_path: Path) -> None:
    for status, word in (("succeeded", "Completed"), ("failed", "Failed")):
        record = begun(tmp_path)
        record.finish(status, None if status == "succeeded" else "it broke", finished=FINISHED)
        text = record.paths.crate.read_text("utf-8")
        assert f"http://schema.org/{word}ActionStatus" in text
        assert ("it broke" in text) == (status == "failed")


def test_a_crate_that_cannot_be_written_fails_the_run_and_the_last_word_is_kept(
    tmp_path: Path,
) -> None:
    record = begun(tmp_path)
    record.finish("succeeded", None, finished=FINISHED)
    record.paths.crate.unlink()
    (record.paths.crate / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="Is a directory"):
        record.finish("succeeded", None, finished=FINISHED)
    record.finish("failed", "it broke", finished=FINISHED)
    stored = json.loads(record.paths.record.read_text("utf-8"))
    assert stored["status"] == "failed"
    assert stored["error"].startswith("it broke; the record is no RO-Crate: ")
    assert stored["outputs"] == []


def test_a_crate_that_says_something_else_does_not_stay(tmp_path: Path) -> None:
    record = begun(tmp_path)
    record.finish("succeeded", None, finished=FINISHED)
    record.finish("failed", "it broke", finished=None)
    stored = json.loads(record.paths.record.read_text("utf-8"))
    assert "the record is no RO-Crate: AttributeError" in stored["error"]
    assert not record.paths.crate.exists()


def begun(audit: Path) -> RecordFolder:
    known = document()
    return RecordFolder.create(
        audit, {key: known[key] for key in known if key not in ("id", "status", "error")}
    )


def test_a_folder_can_be_made_far_below(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b" / "c")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_dangling_link_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "audit").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="audit: cannot write a record there"):
        check_writable(tmp_path / "audit")
