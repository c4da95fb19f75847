"""A small log and a question about it."""

from pathlib import Path

import pytest
from placed import Place, make_place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A folder with a log and a question, the current one."""
    monkeypatch.chdir(tmp_path)
    return make_place(tmp_path)
