"""Kept counts are those that would be counted, and never those of something else."""

import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from placed import PARAMS, make_log

from investigate import log
from investigate.counts.table import Counts
from investigate.log import cache
from investigate.log.cache import Cache, key
from investigate.question import params
from investigate.question.question import Question

TABLES = ("bins", "slices", "facts", "timeline", "arms", "signals")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Question:
    monkeypatch.chdir(tmp_path)
    make_log().to_csv("log.csv", index=False)
    Path("params.yml").write_text(PARAMS)
    return params.load(Path("params.yml"))


def other(question: Question, **changes: Any) -> Question:
    return params.from_values({**question.parameters(), **changes}, "here")


def same(one: Counts, two: Counts) -> bool:
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    return dict(one.meta) == dict(two.meta)


DATA = [("log.csv", "0" * 64)]


@pytest.mark.slow
def test_what_is_kept_is_what_was_counted(asked: Question, tmp_path: Path) -> None:
    kept, counts = Cache(tmp_path / "kept"), log.count(asked)
    known = key(asked, DATA)
    assert known is not None
    assert kept.find(known, asked) is None
    kept.keep(known, counts)
    found = kept.find(known, asked)
    assert found is not None
    assert same(found, counts)
    # A question that counts alike has these counts, under its own name.
    named = other(asked, case="another", thresholds={"confidence": 0.9})
    assert key(named, DATA) == known
    again = kept.find(known, named)
    assert again is not None
    assert same(again, log.count(named))
    assert again.meta["fingerprint"] != counts.meta["fingerprint"]


@pytest.mark.parametrize(
    "changes",
    [
        {"incident": {"start": "2024-01-12", "end": "2024-01-21"}},
        {"cohorts": ["system"]},
        {"thresholds": {"smallest_group": 11}},
        {"where": {"system": ["rules"]}},
        {"timezone": "Europe/Berlin"},
        {"every": "hour"},
        {"columns": {"time": "time", "outcome": "outcome", "score": "score"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_is_counted_otherwise_has_another_key(
    asked: Question, changes: dict[str, Any]
) -> None:
    changed = {**asked.parameters(), **changes}
    changed["cohorts"] = ["student"] if "cohorts" in changes else changed["cohorts"]
    assert key(params.from_values(changed, "here"), DATA) != key(asked, DATA)


def test_other_content_or_other_code_has_another_key(
    asked: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = key(asked, DATA)
    assert key(asked, [("log.csv", "1" * 64)]) != known
    monkeypatch.setattr(cache, "counting_code", lambda: "other")
    assert key(asked, DATA) != known


def test_what_a_server_holds_has_no_key(asked: Question) -> None:
    served = asked.model_copy(update={"log": "postgres://db/log"})
    assert key(served, []) is None


@pytest.mark.slow
def test_counts_that_somebody_changed_are_not_taken(asked: Question, tmp_path: Path) -> None:
    kept, counts = Cache(tmp_path / "kept"), log.count(asked)
    kept.keep("k", counts)
    counts.facts.assign(rows=1).to_parquet(kept.folder / "k" / "facts.parquet", index=False)
    assert kept.find("k", asked) is None
    assert not (kept.folder / "k").exists()
    kept.keep("k", counts)
    (kept.folder / "k" / "slices.parquet").unlink()
    assert kept.find("k", asked) is None


@pytest.mark.slow
def test_what_was_used_longest_ago_goes_first_and_parts_go_with_time(
    asked: Question, tmp_path: Path
) -> None:
    counts, kept = log.count(asked), Cache(tmp_path / "kept")
    other = kept.folder / "of somebody else" / "log.parquet"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"1" * 10_000_000)
    kept.keep("a", counts)
    size = sum(path.stat().st_size for path in (kept.folder / "a").iterdir())
    kept.limit = int(2.5 * size)
    old, young = (kept.folder / f".counts-part-{name}" for name in ("old", "young"))
    for part in (old, young):
        part.mkdir()
    os.utime(old, (0, 0))
    kept.keep("b", counts)
    for age, name in ((300, "a"), (200, "b")):
        os.utime(kept.folder / name, (time.time() - age,) * 2)
    assert kept.find("a", asked) is not None
    kept.keep("c", counts)
    assert other.is_file()
    left = {path.name for path in kept.folder.iterdir()} - {other.parent.name}
    assert left == {"a", "c", young.name}
    # What was removed by halves is kept anew.
    (kept.folder / "c" / "sums.json").unlink()
    assert kept.find("c", asked) is None
    kept.keep("c", counts)
    assert kept.find("c", asked) is not None


@pytest.mark.slow
def test_a_folder_that_cannot_be_made_is_no_reason_to_fail(asked: Question, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Cache(tmp_path / "file" / "below")
    with kept.alone("k"):
        kept.keep("k", log.count(asked))
    assert kept.find("k", asked) is None


def _hold(folder: Path, began: Any, queue: Any) -> None:
    with Cache(folder).alone("k"):
        began.set()
        time.sleep(0.3)
        queue.put("first")


@pytest.mark.slow
def test_a_second_process_waits_for_the_first(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    began, queue = spawn.Event(), spawn.Queue()
    first = spawn.Process(target=_hold, args=(tmp_path / "kept", began, queue))
    first.start()
    assert began.wait(60)
    with Cache(tmp_path / "kept").alone("k"):
        assert queue.get(timeout=60) == "first"
    first.join()


@pytest.mark.slow
def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def folder() -> Path | None:
        found = Cache.usual()
        return None if found is None else found.folder

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("INVESTIGATE_CACHE", raising=False)
    assert folder() == tmp_path / "investigate" / "counts"
    monkeypatch.setenv("INVESTIGATE_CACHE", str(tmp_path / "own"))
    assert folder() == tmp_path / "own"
    monkeypatch.setenv("INVESTIGATE_CACHE", "off")
    assert folder() is None
