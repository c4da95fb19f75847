"""The installation is checked part by part, and what is wrong has a remedy."""

from importlib import metadata
from pathlib import Path

import pytest

from investigate.workplace import doctor


@pytest.mark.slow
def test_this_installation_can_do_all_that_is_needed(tmp_path: Path) -> None:
    found = {one.part: one for one in doctor.examine(tmp_path / "audit")}
    assert list(found)[:3] == ["Python", "packages", "kernel"]
    assert len(found) == 10
    assert [one for one in found.values() if one.needed and not one.fine] == []
    assert not (tmp_path / "audit").exists()


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        ("numpy>=2", None),
        ("ibis-framework[duckdb]>=12", None),
        ("sqlglot<30", None),
        ("numpy>=2000.1", f"numpy {metadata.version('numpy')} is older than 2000.1"),
        ("no-such-package>=1", "no-such-package is not installed"),
    ],
)
def test_packages_that_lack_or_are_too_old_are_told(requirement: str, message: str | None) -> None:
    assert doctor.lacking([requirement]) == ([message] if message else [])


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = {one.part: one for one in doctor.examine(tmp_path / "file" / "audit")}["records"]
    assert found.needed
    assert not found.fine
    assert "cannot be written: Not a directory" in found.found


@pytest.mark.slow
def test_a_check_that_raises_is_a_part_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.InstallationPart:
        raise RuntimeError("no\nsecond line")

    monkeypatch.setattr(doctor, "_engine", broken)
    found = {one.part: one for one in doctor.examine()}["engine"]
    assert (found.found, found.fine) == ("RuntimeError: no", False)
