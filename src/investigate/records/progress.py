"""The progress bar: on a terminal, and nowhere else."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class Bar:
    """Shows what a run is at; silent without a console, or where it is no terminal."""

    def __init__(self, console: Console | None) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[done]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=console is None or not console.is_terminal,
        )
        self._task = self._progress.add_task("counting the log", total=None, done="")
        self._notebooks = self._ended = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, notebooks: int, cells: int) -> None:
        """The notebooks start: so many, with so many cells in all."""
        self._notebooks = notebooks
        self._progress.update(self._task, description="running notebooks", total=cells)
        self._show()

    def cell(self) -> None:
        """One more cell has begun."""
        self._progress.advance(self._task)

    def notebook(self) -> None:
        """One more notebook has ended."""
        self._ended += 1
        self._show()

    def _show(self) -> None:
        self._progress.update(self._task, done=f"{self._ended} of {self._notebooks}")
