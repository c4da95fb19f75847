import io
import threading

import pytest
from rich.console import Console

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


def test_a_pipe_shows_nothing() -> None:
    assert shown() == ""
    with ProgressBar(None) as bar:
        bar.begin(1, 1)


class Told(io.StringIO):
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
    stream = Told()
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
    told = stream.getvalue()
    assert "s: counting the log\n" in told
    assert "s: computing what notebooks share: verdict\n" in told
    assert "s: running notebooks, 1 of 2 ended, cell 1 of 30\n" in told
