"""The parts of a log: names that stay, versions that do not."""

import os
from pathlib import Path

import duckdb
import pytest

from investigate.log import parts


def test_files_of_a_glob_by_their_path_below_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data/b.csv", "data/a/b.csv", "data/a/c.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    found = parts("data/**/*.csv")
    assert [part.name for part in found] == ["a/b.csv", "a/c.csv", "b.csv"]
    assert found == parts(str(tmp_path / "data" / "**" / "*.csv"))
    assert [part.name for part in parts("data/a/b*.csv")] == ["b.csv"]
    assert not any(part.whole for part in found)


def test_a_link_that_leads_elsewhere_is_called_by_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "away.csv").write_text("x\n")
    (tmp_path / "data" / "link.csv").symlink_to(tmp_path / "away.csv")
    assert [part.name for part in parts(f"{tmp_path}/data/*.csv")] == [f"{tmp_path}/away.csv"]


def test_a_version_changes_with_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n")
    os.utime(path, ns=(5, 5))
    (first,) = parts(str(path))
    assert first.whole
    assert parts(str(path)) == [first]
    os.utime(path, ns=(6, 6))
    (later,) = parts(str(path))
    path.write_text("xy\n")
    os.utime(path, ns=(6, 6))
    (longer,) = parts(str(path))
    assert len({first.version, later.version, longer.version}) == 3


def test_a_file_called_like_a_glob_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("x\n")
    assert [part.whole for part in parts(f"{tmp_path}/a[1].csv")] == [True]


def test_a_databases_version_sees_what_is_not_merged_yet(tmp_path: Path) -> None:
    path = tmp_path / "log.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (x INTEGER)")
    (before,) = parts(str(path))
    path.with_name("log.duckdb.wal").write_bytes(b"more")
    (after,) = parts(str(path))
    assert before.version != after.version
    assert before.name == after.name
