"""A batch runs what is not finished, and none of its runs stops another."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from kept import kept_counts as kept_counts
from placed import ANSWER, DOCUMENT, Place

from investigate.batch.batch import Batch, BatchAsked
from investigate.batch.folder import BatchSummary
from investigate.batch.sweeps import axis
from investigate.log.cache import Cache
from investigate.site.batches import own_page
from investigate.site.build import build

pytestmark = pytest.mark.slow

NOTEBOOK = """\
import pathlib, time
while case == "two" and pathlib.Path("sleep").exists():
    time.sleep(0.05)
assert case != "two" or not pathlib.Path("fail").exists(), "it went wrong"
"""
BEGIN = """\
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from batch.test_batch import batch, own_page
batch("one,two").run(lambda run, result, number, of: None, own_page)
"""


def batch(cases: str, again: bool = False) -> Batch:
    return Batch(
        BatchAsked(
            files=(Path("params.yml"),),
            axes=(axis(f"case={cases}"),),
            notebooks=Path("notebooks"),
            most=1,
            again=again,
            cache=Cache.usual(),
        )
    )


def run(cases: str, again: bool = False) -> tuple[BatchSummary, list[str]]:
    """The summary, and the cases that were run."""
    ran: list[str] = []
    begun = batch(cases, again)
    summary = begun.run(lambda one, result, number, of: ran.append(one.case), own_page)
    return summary, ran


def test_runs_that_read_the_same_log_share_its_rows(place: Place) -> None:
    place.notebooks(_1_answer=[ANSWER])
    begun = Batch(
        BatchAsked(
            files=(Path("params.yml"),),
            axes=(axis("incident.end=2024-01-20,2024-01-21"), axis("timezone=UTC,Asia/Tokyo")),
            notebooks=Path("notebooks"),
        )
    )
    kept = place.folder / "rows"
    assert [one.prepared for one in begun._tasks(begun.plan, kept)] == [kept] * 4
    # A sweep has the answer alone, and is another batch with every notebook.
    every = Batch(replace(begun.asked, every_notebook=True))
    assert {one.settings.answer_alone for one in begun._tasks(begun.plan, kept)} == {True}
    assert {one.settings.answer_alone for one in every._tasks(every.plan, kept)} == {False}
    # The zone is a part of what is read: these two have nothing in common.
    assert [one.prepared for one in begun._tasks(begun.plan[:2], kept)] == [None] * 2


def statuses(summary: BatchSummary) -> list[int | None]:
    return [row.status for row in summary.rows]


def test_one_that_fails_stops_no_other_and_is_run_again_alone(place: Place) -> None:
    place.notebooks(_1_answer=[NOTEBOOK, ANSWER])
    Path("fail").touch()
    summary, ran = run("one,no/case,two,three")
    assert ran == ["one", "two", "three"]
    assert statuses(summary) == [0, 2, 1, 0]
    assert summary.status == 2
    results = [row.result for row in summary.rows if row.result is not None]
    assert len(results) == 4
    assert results[0].change == DOCUMENT["auc"]["change"]["value"]  # type: ignore[index]
    assert "it went wrong" in results[2].error
    failed = json.loads((Path(results[2].record) / "record.json").read_text("utf-8"))
    assert failed["status"] == "failed"
    assert "cannot name a folder" in results[1].error
    assert "--sweep case" in results[1].error
    (folder,) = Path("audit/_batches").iterdir()
    frame = pd.read_csv(io.StringIO((folder / "summary.csv").read_text("utf-8")))
    assert frame["status"].tolist() == [0, 2, 1, 0]
    assert frame["case"][3] == frame["case.1"][3] == "three"
    Path("fail").unlink()
    summary, ran = run("one,no/case,two,three")
    assert ran == ["two"]
    assert statuses(summary) == [0, 2, 0, 0]
    # What is run once is still there; without it, it is run again.
    place.notebooks(_1_answer=[NOTEBOOK, ANSWER, "1 + 1"])
    assert run("one,no/case,two,three")[1] == ["one", "two", "three"]
    # The site has a page of it, whose links lead somewhere.
    build(Path("audit"), Path("site"))
    (page,) = Path("site/batches").glob("*/index.html")
    text = page.read_text("utf-8")
    links = [part.partition('"')[0] for part in text.split('<a href="')[1:]]
    assert len(links) == 4
    assert all((page.parent / link).is_file() for link in links)
    assert str(page.relative_to("site")) in Path("site/index.html").read_text("utf-8")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_it_goes_on_where_it_was_stopped(place: Place, number: signal.Signals) -> None:
    place.notebooks(_1_answer=[NOTEBOOK, ANSWER])
    Path("sleep").touch()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", BEGIN], env=environment) as begun:
        wait(lambda: len(list(Path("audit").glob("two/*/record.json"))) == 1)
        begun.send_signal(number)
        assert begun.wait(300) != 0
    Path("sleep").unlink()
    (one,) = Path("audit/one").glob("*/")
    if number == signal.SIGINT:
        (file,) = Path("audit/_batches").glob("*/batch.json")
        summary = BatchSummary.read(json.loads(file.read_text("utf-8")))
        assert statuses(summary) == [0, 1]
        assert "interrupted" in summary.rows[1].outcome_text
    summary, ran = run("one,two")
    assert ran == ["two"]
    assert statuses(summary) == [0, 0]
    assert summary.rows[0].result is not None
    assert Path(summary.rows[0].result.record) == one
    # The record of the run that was stopped is still there.
    assert len(list(Path("audit/two").glob("*/record.json"))) == 2


def wait(there: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until
        time.sleep(0.1)
