"""Reruns of real runs: the kit's notebooks on a small log, and one-cell notebooks."""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import made
import pytest
from kept import kept_counts as kept_counts
from ledgers import troubles
from placed import ANSWER, Place
from rich.console import Console

from investigate.cli.rerun import rerun_at
from investigate.errors import InputError, RunError
from investigate.ledger.chain import read
from investigate.ledger.files import write
from investigate.ledger.verify import verify
from investigate.log.cache import Cache
from investigate.paths import PROJECT
from investigate.records.rerun import Rerun
from investigate.records.run import params_text, run
from investigate.records.workers import Settings

pytestmark = pytest.mark.slow

OUTSIDE = ANSWER.replace("'value': -0.1,", "'value': float(open('outside').read()),")
"""An answer that depends on what the record does not know of."""

NOTEBOOKS = ("3_which_systems", "7_the_answer")
"""Of the kit's; tests/test_whole.py reruns all of them."""


def printed(record: Path, **options: Path) -> tuple[Rerun, str]:
    file = io.StringIO()
    done = rerun_at(record, Console(file=file, width=200), settings=Settings(60.0, 2), **options)
    return done, file.getvalue()


def hashes(record: Path) -> dict[str, str]:
    paths = [record / "findings.json", *sorted((record / "notebooks").glob("*.ipynb"))]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def files(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rerun, str]]:
    """Notebooks of the kit run and rerun on a log whose cause is known."""
    folder = tmp_path_factory.mktemp("whole")
    here = Path.cwd()
    os.chdir(folder)
    try:
        made.platform(3, rows=6000, damage="scrambled").to_parquet("log.parquet")
        write(Path("question.yml"), params_text(made.question(cohorts=["country"])))
        Path("notebooks").mkdir()
        for name in NOTEBOOKS:
            shutil.copy(PROJECT / "notebooks" / f"{name}.ipynb", "notebooks")
        answer = run(
            Path("question.yml"), audit=Path("audit"), notebooks=Path("notebooks"),
            cache=Cache.usual(),
        )  # fmt: skip
        done, text = printed(answer.record)
        yield done, text
    finally:
        os.chdir(here)


def test_the_same_numbers_and_the_same_bytes(whole: tuple[Rerun, str]) -> None:
    done, text = whole
    here = Path.cwd()
    assert here.is_dir()
    first, second = hashes(done.original.absolute()), hashes(done.record.absolute())
    assert first == second
    assert len(first) == len(NOTEBOOKS) + 1
    assert done.agreement.agrees
    assert done.agreement.equal == len(done.comparison.numbers) > 100
    assert len(done.comparison.same_notebooks) == len(NOTEBOOKS)
    assert f"numbers    {done.agreement.equal} are equal, 0 within tolerance, 0 different" in text
    assert f"notebooks  {len(NOTEBOOKS)} are equal byte by byte" in text


def test_it_is_entered_and_the_case_stays_whole(whole: tuple[Rerun, str]) -> None:
    done, _ = whole
    case = done.record.absolute().parent
    entries = read(case).entries
    kinds = ["started", "run", "started", "run", "rerun"]
    assert [entry.kind for entry in entries] == kinds
    last = entries[-1]
    assert (last.n, last.of) == (done.entry, done.original.name)
    assert last.files == {
        f"{record.name}/findings.json": hashes(record.absolute())["findings.json"]
        for record in (done.original, done.record)
    }
    body = last.body
    assert (body["record"], body["agrees"]) == (done.record.name, True)
    assert body["numbers"] == {
        "equal": done.agreement.equal, "within_tolerance": 0, "different": 0, "named": [],
    }  # fmt: skip
    assert len(body["notebooks"]["equal_bytes"]) == len(NOTEBOOKS)
    assert troubles(case) == []
    assert verify(case).records == (done.original.name, done.record.name)


def test_numbers_that_differ_are_named_entered_and_fail(place: Place) -> None:
    place.notebooks(_1_answer=[OUTSIDE])
    Path("outside").write_text("-0.1")
    record = place.run().record
    Path("outside").write_text("-0.3")
    with pytest.raises(RunError, match=r"^1 number differ.*such as auc.change.value \(record: "):
        printed(record)
    last = read(record.parent).entries[-1]
    assert (last.kind, last.body["agrees"]) == ("rerun", False)
    assert last.body["numbers"]["different"] == 1
    assert last.body["numbers"]["named"] == ["auc.change.value"]
    assert last.body["notebooks"]["different"] == ["1_answer"]
    assert troubles(record.parent) == []


def test_inputs_that_differ_are_said(place: Place) -> None:
    place.notebooks(_1_answer=[ANSWER])
    record = place.run().record
    log = Path("log.csv").read_text().splitlines()
    Path("log.csv").write_text("\n".join(log[:-1]) + "\n")
    place.notebooks(_1_answer=[ANSWER, "'more'"])
    done, text = printed(record)
    assert done.agreement.agrees
    assert not done.agreement.exact
    names = [change.name for change in done.comparison.conditions]
    assert names[:2] == ["data log.csv", "notebook 1_answer.ipynb"]
    assert "data log.csv: " in text
    assert "tolerance  a difference of 1e-09" in text
    named = read(record.parent).entries[-1].body["conditions"]["named"]
    assert [name for name, _, _ in named[:2]] == names[:2]


def test_the_new_record_may_go_elsewhere(place: Place, tmp_path: Path) -> None:
    place.notebooks(_1_answer=[ANSWER])
    record = place.run().record
    before = files(record.parent)
    done, _ = printed(record, audit=tmp_path / "other")
    assert files(record.parent) == before
    case = tmp_path / "other" / "small"
    assert done.record.parent == case
    assert [entry.kind for entry in read(case).entries] == ["started", "run", "rerun"]
    assert troubles(case) == []


def test_what_cannot_be_rerun_is_refused_and_nothing_is_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.notebooks(_1_answer=[ANSWER])
    record = place.run().record
    case, whole = record.parent, place.folder / "kept"
    shutil.copytree(case, whole)

    def refused(line: str, folder: Path = record) -> None:
        before = files(place.folder)
        with pytest.raises(InputError, match=line) as raised:
            printed(folder)
        assert len(str(raised.value).splitlines()) == 1
        assert files(place.folder) == before

    refused("there is no record here", place.folder)
    shutil.copytree(record, case / "stranger")
    refused("stranger: it is not in the ledger", case / "stranger")
    shutil.rmtree(case / "stranger")
    for name in ("findings.json", "question.yml", "record.json", "notebooks/1_answer.ipynb"):
        text = (record / name).read_text("utf-8")
        (record / name).write_text(text + " ", encoding="utf-8")
        refused(f"{record / name}: altered: .*altered evidence is not rerun")
        (record / name).write_text(text, encoding="utf-8")
    Path("log.csv").rename("moved.csv")
    refused("change to the folder where that was started")
    Path("moved.csv").rename("log.csv")
    (place.folder / "empty").mkdir()
    # Data are looked up from here upwards, notebooks are not.
    monkeypatch.chdir(place.folder / "empty")
    refused("notebooks: the recorded notebooks are not there; change to the folder")


def test_a_run_that_failed_has_nothing_to_compare_with(place: Place) -> None:
    place.notebooks(_1_answer=["1 / 0"])
    with pytest.raises(RunError):
        place.run()
    (record,) = place.records()
    with pytest.raises(InputError, match="no findings to compare with; ask its question anew"):
        printed(record)
    assert len(read(record.parent).entries) == 2
    assert json.loads((record / "record.json").read_text("utf-8"))["status"] == "failed"
