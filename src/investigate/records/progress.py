"""The progress bar on a terminal; elsewhere a line now and then of a run that takes long."""

import threading
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

QUIET = 15.0
"""Seconds between lines, where there is no terminal to draw a bar on."""

LONG = 5.0
"""Seconds left from which on they are shown."""


class ProgressBar:
    """Shows what a run is at; silent without a console.

    Where the console is no terminal, a line every `every` seconds says so.
    """

    def __init__(self, console: Console | None, every: float = QUIET) -> None:
        self._lines = None if console is None or console.is_terminal else console
        self._every, self._ends = every, threading.Event()
        self._cells = self._of = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            _Rest(self.rest),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=console is None or not console.is_terminal,
        )
        self._task = self._progress.add_task("counting the log", total=None, done="")
        self._notebooks = self._ended = 0
        self._ends_at: float | None = None
        self._begun = monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        if self._lines is not None:
            threading.Thread(target=self._tell, args=(monotonic(),), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.set()
        self._progress.stop()

    def begin(self, notebooks: int, cells: int) -> None:
        """The notebooks start: so many, with so many cells in all."""
        self._ends_at = None
        self._notebooks = notebooks
        self._of = cells
        self._progress.update(self._task, description="running notebooks", total=cells, completed=0)
        self._show()

    def counting(self, what: str, done: float) -> None:
        """The log is counted: what comes next, and the share of the work that is done."""
        now = monotonic()
        self._ends_at = now + (now - self._begun) * (1 - done) / done if done > 0 else None
        self._progress.update(
            self._task, description=f"counting the log: {what}", total=1.0, completed=done
        )

    def stage(self, name: str) -> None:
        """Something that notebooks share is computed before they run."""
        self._ends_at = None
        self._progress.update(self._task, description=f"computing what notebooks share: {name}")

    def cell(self) -> None:
        """One more cell has begun."""
        self._cells += 1
        self._progress.update(self._task, description="running notebooks", advance=1)

    def notebook(self) -> None:
        """One more notebook has ended."""
        self._ended += 1
        self._show()

    def rest(self) -> str:
        """How many notebooks have ended; or about how long counting takes, where worth a word."""
        if self._ends_at is None:
            return str(self._progress.tasks[0].fields["done"])
        # While one long step lasts, what is left shrinks.
        left = self._ends_at - monotonic()
        if left < LONG:
            return ""
        return f"about {left:.0f} s left" if left < 120 else f"about {left / 60:.0f} min left"

    def _show(self) -> None:
        self._progress.update(self._task, done=f"{self._ended} of {self._notebooks}")

    def _tell(self, begun: float) -> None:
        while self._lines is not None and not self._ends.wait(self._every):
            what = self._progress.tasks[0].description
            if not self._of and (left := self.rest()):
                what += f", {left}"
            if self._cells:
                what += f", {self._ended} of {self._notebooks} ended, cell {self._cells}"
                what += f" of {self._of}"
            line = f"{monotonic() - begun:.0f} s: {what}"
            self._lines.print(line, highlight=False, soft_wrap=True)


class _Rest(ProgressColumn):
    """What is left, as of now: the bar is drawn again while a step lasts."""

    max_refresh = 0.5

    def __init__(self, told: Callable[[], str]) -> None:
        super().__init__()
        self._told = told

    def render(self, task: Task) -> Text:
        return Text(self._told())
