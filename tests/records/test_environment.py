import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from placed import ANSWER, Place

from investigate import log
from investigate.counts.table import Counts
from investigate.errors import RunError
from investigate.question import params
from investigate.question.question import Question
from investigate.records import environment
from investigate.records.environment import check_unchanged, code, hashed, shown
from investigate.records.sources import numbered


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


def test_inputs_by_role_path_and_hash(place: Place) -> None:
    (place.folder / "events.csv").write_text("time,label\n2024-01-11,deploy\n")
    sources = numbered(place.notebooks(_1_answer=[ANSWER]))
    asked = params.load("params.yml", ["events=events.csv"])
    entries = hashed(asked, Path("params.yml"), sources)
    assert [(entry["role"], entry["path"]) for entry in entries] == [
        ("params", "params.yml"),
        ("data", "log.csv"),
        ("data", "events.csv"),
        ("notebook", "notebooks/1_answer.ipynb"),
    ]
    for entry in entries:
        data = Path(entry["path"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["bytes"] == len(data)


def test_a_path_elsewhere_is_shown_whole(place: Place) -> None:
    assert shown(Path("a/b.csv")) == "a/b.csv"
    assert shown(place.folder / "b.csv") == "b.csv"
    assert shown(place.folder.parent / "c.csv") == (place.folder.parent / "c.csv").as_posix()


@pytest.mark.slow
def test_a_log_that_changes_while_it_is_counted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = log.count

    def counted(question: Question, *tables: Any) -> Counts:
        counts = count(question, *tables)
        with (place.folder / "log.csv").open("a") as file:
            file.write("2024-01-15,1,0.5,old,1\n")
        return counts

    monkeypatch.setattr(log, "count", counted)
    place.notebooks(_1_answer=[ANSWER])
    with pytest.raises(RunError, match=r"^log.csv: changed while it was read; nothing was written"):
        place.run()
    assert not (place.folder / "audit").exists()


@pytest.mark.slow
def test_an_input_that_is_gone_is_named() -> None:
    before = [{"path": "a", "sha256": "1"}, {"path": "b", "sha256": "2"}]
    check_unchanged(before, [dict(entry) for entry in before])
    with pytest.raises(RunError, match=r"^b: changed"):
        check_unchanged(before, before[:1])
