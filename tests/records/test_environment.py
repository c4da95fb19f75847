import subprocess
from pathlib import Path

import pytest

from investigate.records import environment
from investigate.records.environment import code


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that holds ``src/investigate``, from which the kit seems to run."""
    package = tmp_path / "src" / "investigate"
    package.mkdir(parents=True)
    (package / "a.py").write_text("")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.setattr(environment, "PACKAGE", package)
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    return tmp_path


def commit(folder: Path) -> str:
    command = ["env", "-u", "GIT_DIR", "git", "-c", "user.name=n", "-c", "user.email=e"]
    subprocess.run([*command, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*command, "commit", "-qm", "c"], cwd=folder, check=True)
    done = subprocess.run(
        [*command, "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_commit_and_changes_since(checkout: Path) -> None:
    head = commit(checkout)
    assert code() == {"commit": head, "dirty": False}
    (checkout / "new.txt").write_text("")
    assert code() == {"commit": head, "dirty": True}


def test_a_repository_without_a_commit(checkout: Path) -> None:
    assert code() == {"commit": None, "dirty": True}


def test_a_repository_around_an_installed_kit_is_not_its_own(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(checkout)
    installed = checkout / ".venv" / "src" / "investigate"
    installed.mkdir(parents=True)
    monkeypatch.setattr(environment, "PACKAGE", installed)
    assert code() == {"commit": None, "dirty": None}


def test_without_git(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(checkout)
    monkeypatch.setenv("PATH", "")
    assert code() == {"commit": None, "dirty": None}
