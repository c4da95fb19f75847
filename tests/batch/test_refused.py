"""Batches that cannot begin: one line that names the place and the remedy."""

import json
import re
from pathlib import Path

import pytest
from placed import Place

from investigate.batch.folder import BatchFolder, BatchRow, BatchSummary
from investigate.batch.plan import planned
from investigate.batch.result import BatchResult
from investigate.batch.sweeps import Axis
from investigate.errors import InputError
from investigate.site.batches import own_page
from investigate.site.build import build
from investigate.site.heatmap import heatmap


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


def summary(*runs: tuple[str, str, int], values: tuple[str, ...] = ("1", "2")) -> BatchSummary:
    rows = (BatchRow(path, "c", (value,), BatchResult(status)) for path, value, status in runs)
    return BatchSummary("b", (Axis("thresholds.tolerance", values),), tuple(rows))


def test_two_files_of_one_name_are_told_apart() -> None:
    both = [(path, value, 0) for path in ("a/q.yml", "b/q.yml") for value in ("1", "2")]
    found = summary(*both, ("c/other.yml", "1", 0))
    labels = [found.label(row) for row in found.rows]
    assert labels == ["a/q.yml 1", "a/q.yml 2", "b/q.yml 1", "b/q.yml 2", "other.yml 1"]
    # A line each: else the cells of one would cover those of the other.
    tops = re.findall(r'<rect x="[0-9.]+" y="([0-9]+)"', str(heatmap(found)))
    assert len(set(tops)) == 3
    text = own_page(found)
    assert all(label in text for label in labels)


def test_a_summary_of_many_runs_is_read_to_its_end() -> None:
    many = [(f"{n}.yml", value, int(n == 600)) for n in range(601) for value in ("1", "2")]
    found = summary(*many)
    assert found.status == 1
    assert BatchSummary.read(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("values", [(), ("3",)])
def test_a_summary_that_is_none_stops_no_site(tmp_path: Path, values: tuple[str, ...]) -> None:
    folder = tmp_path / "audit" / "_batches" / "b"
    folder.mkdir(parents=True)
    text = json.dumps(summary(("q.yml", "1", 0), values=values).to_json())
    (folder / "batch.json").write_text(text)
    build(tmp_path / "audit", tmp_path / "site")
    assert not (tmp_path / "site" / "batches").exists()


def test_the_folder_of_a_record_is_kept_as_it_is() -> None:
    kept = BatchResult(0, record="my  audit/" + "x" * 500)
    assert BatchResult.read(json.loads(json.dumps(kept.to_json()))) == kept
