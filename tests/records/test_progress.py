import io
import threading
from pathlib import Path

import pytest
from placed import make_place
from rich.console import Console

from investigate import log
from investigate.log.progress import listening
from investigate.question import params
from investigate.records import progress
from investigate.records.progress import ProgressBar


def shown(**settings: bool) -> str:
    console = Console(file=io.StringIO(), width=80, **settings)
    with ProgressBar(console) as bar:
        bar.begin(notebooks=2, cells=3)
        bar.cell()
        bar.notebook()
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_terminal_shows_how_far_it_is() -> None:
    assert "running notebooks" in shown(force_terminal=True)
    assert "1 of 2" in shown(force_terminal=True)


def test_counting_says_of_how_many_rows_and_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    bar = ProgressBar(console)
    now[0] = 110.0
    bar.counting("1,000 rows, groups", 0.25)
    (task,) = bar._progress.tasks
    assert task.description == "counting the log: 1,000 rows, groups"
    assert (task.completed, task.total) == (0.25, 1.0)
    # 10 s for a quarter are 30 s for the rest, and less the longer that step lasts.
    assert bar.rest() == "about 30 s left"
    now[0] = 118.0
    assert bar.rest() == "about 22 s left"
    now[0] = 150.0
    assert bar.rest() == ""
    bar.counting("1,000 rows, items", 0.2)
    assert bar.rest() == "about 3 min left"
    bar.begin(notebooks=2, cells=3)
    assert bar.rest() == "0 of 2"


@pytest.mark.slow
def test_a_count_tells_how_far_it_is_to_whoever_listens(tmp_path: Path) -> None:
    place, heard = make_place(tmp_path), list[tuple[str, float]]()
    overrides = [f"log={place.folder / 'log.csv'}"]
    question = params.load(place.folder / "params.yml", overrides)
    with listening(lambda what, done: heard.append((what, done))):
        log.count(question)
    log.count(question)
    shares = [done for _, done in heard]
    assert len(heard) > 3
    assert heard[0] == ("reading its rows", 0.0)
    assert all(what.startswith("400 rows, ") for what, _ in heard[1:])
    assert shares == sorted(set(shares))
    assert 0 < shares[1] < shares[-1] < 1


def test_a_pipe_shows_nothing() -> None:
    assert shown() == ""
    with ProgressBar(None) as bar:
        bar.begin(1, 1)


class NotifyingStream(io.StringIO):
    """A stream that says when something was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def write(self, text: str) -> int:
        done = super().write(text)
        if text.endswith("\n"):
            self.written.set()
        return done


@pytest.mark.slow
def test_a_long_run_in_a_pipe_says_what_it_is_at() -> None:
    stream = NotifyingStream()
    with ProgressBar(Console(file=stream, width=80), every=0.01) as bar:
        assert stream.written.wait(60)
        bar.begin(notebooks=2, cells=30)
        bar.stage("verdict")
        stream.written.clear()
        assert stream.written.wait(60)
        stream.written.clear()
        bar.cell()
        bar.notebook()
        assert stream.written.wait(60)
        stream.written.clear()
        assert stream.written.wait(60)
    text = stream.getvalue()
    assert "s: counting the log\n" in text
    assert "s: computing what notebooks share: verdict\n" in text
    assert "s: running notebooks, 1 of 2 ended, cell 1 of 30\n" in text
