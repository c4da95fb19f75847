"""Batches that cannot begin: one line that names the place and the remedy."""

from pathlib import Path

import pytest
from placed import Place

from investigate.batch.folder import BatchFolder
from investigate.batch.plan import planned
from investigate.errors import InputError


def test_a_batch_that_runs_already_or_cannot_be_kept(tmp_path: Path) -> None:
    folder = BatchFolder(tmp_path / "a")
    with folder.held(), pytest.raises(InputError, match="this batch is running already; wait for"):
        folder.held().__enter__()
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match=r"file/b: cannot write there: .*; name another --audit"),
        BatchFolder(tmp_path / "file" / "b").held(),
    ):
        pass


def test_where_no_run_can_be_the_first_says_why(place: Place) -> None:
    text = Path("params.yml").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("log:")]
    memory = [*lines, f"log: {{in_memory: {'0' * 64}, rows: 5}}"]
    Path("memory.yml").write_text("\n".join(memory), encoding="utf-8")
    for path, says in (
        ("memory.yml", "memory.yml: a table in memory is in no file; a batch reads files"),
        ("gone.yml", "gone.yml: cannot read the params file: No such file or directory"),
    ):
        with pytest.raises(InputError) as caught:
            planned([Path(path)], [], [], (place.folder, []))
        assert str(caught.value) == says
