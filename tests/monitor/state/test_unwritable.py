"""A state that cannot be made or written: one line that names the file."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from investigate.errors import InputError, RunError
from investigate.monitor.state import file


def test_a_state_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise duckdb.IOException("No space left on device\nin a line of its own")

    monkeypatch.setattr(duckdb, "connect", full)
    with pytest.raises(InputError) as caught:
        file._make(tmp_path / "a")
    assert str(caught.value) == f"state: cannot make '{tmp_path}/a': No space left on device"


def test_what_was_counted_and_cannot_be_kept(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.close()
    with pytest.raises(RunError) as caught:
        file._commit(connection, tmp_path / "a")
    assert str(caught.value).startswith(f"state: cannot write '{tmp_path}/a': ")
    assert "\n" not in str(caught.value)
