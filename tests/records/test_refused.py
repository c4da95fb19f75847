"""Records that cannot be read or kept: one line that names the place and the remedy."""

from pathlib import Path

import pytest

import investigate
from investigate.errors import InputError, RunError
from investigate.records.alone import _refuse
from investigate.records.export import keep
from investigate.records.findings_file import dumps


def test_a_record_without_counts(tmp_path: Path) -> None:
    (tmp_path / "record.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r": the record holds no counts$"):
        _ = investigate.load(tmp_path).counts


def test_an_answer_that_is_no_number() -> None:
    with pytest.raises(RunError, match="the answer holds a number that is not finite"):
        dumps({"auc": float("nan")})


def test_places_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"file/x\.zip: it cannot be written: .*Not a directory"):
        keep(tmp_path / "file" / "x.zip", b"")
    with pytest.raises(InputError, match=r"x: cannot write there: .*File name too long"):
        _refuse(tmp_path / ("x" * 300), ())
    with pytest.raises(InputError, match=r"file: it is no folder; name one with --out"):
        _refuse(tmp_path / "file", ())


def test_a_table_that_is_not_at_hand(tmp_path: Path) -> None:
    found = investigate.open(
        investigate.example_log(500),
        time="time", outcome="outcome", score="score",
        baseline=("2024-01-01", "2024-01-29"), incident=("2024-01-29", "2024-02-12"),
    )  # fmt: skip
    alone = investigate.Investigation(found.question, found.counts)
    with pytest.raises(InputError, match="log: the table is not at hand; open the question with"):
        alone.to_params(tmp_path / "q.yml", log=tmp_path / "log.parquet")
    with pytest.raises(InputError, match=r"no/log\.parquet: cannot write it: .*"):
        found.to_params(tmp_path / "q.yml", log=tmp_path / "no" / "log.parquet")
    assert list(tmp_path.iterdir()) == []
