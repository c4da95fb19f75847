"""A case with a finding, in a folder of its own."""

from pathlib import Path

import pytest
from receivers import mail, web
from updates.cases import FIRST, record, stored


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a case whose one record names a faulty system; the current one is above."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "audit" / "checkout-score"
    record(folder, FIRST, stored("system_fault"))
    return folder


__all__ = ["case", "mail", "web"]
