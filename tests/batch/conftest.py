"""A small log and a question about it."""

from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest
from placed import Place, make_place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A folder with a log and a question, the current one."""
    monkeypatch.chdir(tmp_path)
    return make_place(tmp_path)


@pytest.fixture(autouse=True, scope="module")
def warm_process_ended() -> Iterator[None]:
    """The warm process of a batch holds the engine; those of other tests' notebooks must not."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]
    yield
    forkserver._forkserver._stop()  # type: ignore[attr-defined]
