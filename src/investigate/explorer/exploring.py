"""A question to look around in: both windows dragged, groups opened by a click."""

from pathlib import Path
from typing import Any

from investigate import log
from investigate.api import given
from investigate.api.investigation import Investigation
from investigate.api.opening import asked
from investigate.counts.by_step import ByStep
from investigate.errors import InputError
from investigate.explorer.data import page_data
from investigate.explorer.page import frame, page
from investigate.finding import Finding
from investigate.question.question import Question


class Explorer:
    """A page of a question's counts by day; `investigate.explore` makes one.

    Parameters
    ----------
    question : Question
        What is asked; its windows are where the page begins.
    counts : ByStep
        The log's counts by day or hour.
    opened : str, optional
        The path that the question was opened from, for the code that the page shows.
    account : Finding, optional
        The account of the question's windows, to be shown as such.

    Examples
    --------
    >>> import investigate
    >>> explorer = investigate.explore(found)
    >>> "Copy as code" in explorer.html
    True
    """

    def __init__(
        self,
        question: Question,
        counts: ByStep,
        opened: str | None = None,
        account: Finding | None = None,
    ) -> None:
        self.question = question
        self.counts = counts
        self._page_data = page_data(question, counts, opened, account)

    @property
    def html(self) -> str:
        """The whole page: one file that asks for nothing and works offline."""
        return page(self._page_data)

    def save(self, path: str | Path) -> Path:
        """Write the page as one file, to be opened by any browser.

        Parameters
        ----------
        path : str or path
            The HTML file to write.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        InputError
            Where it cannot be written.

        Examples
        --------
        >>> import investigate, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     page = investigate.explore(found).save(f"{folder}/explorer.html")
        ...     page.read_text(encoding="utf-8")[:15]
        '<!DOCTYPE html>'
        """
        path = given.path(path, ".save()", "an HTML file")
        try:
            path.write_text(self.html, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path}: cannot write it: {error.strerror}") from error
        return path

    def __repr__(self) -> str:
        found = self.counts
        return (
            f"Explorer {self.question.case!r}: {found.steps:,} {found.step}s in {found.bins:,} "
            "score bins; show it in a notebook, or .save('explorer.html')"
        )

    def _repr_html_(self) -> str:
        return frame(self._page_data)


def explore(source: Any, /, *, account: bool = True) -> Explorer:
    """A page on which both windows can be dragged, and groups opened by a click.

    AUC by day, its change between two windows, and four views of that change: contributions of
    groups, mix with spread and validity, the same step by step, and pairs of groups. All follow
    while a window is dragged, from counts by day, system, cohort and score bin that the page
    holds; it needs no kernel and no network. The account of the drop needs the log's rows: it is
    that of the question's windows, and the page says so as soon as others are shown. What it
    shows, `Investigation.between` and `Investigation.where` find, too: the page writes the code.

    Parameters
    ----------
    source : Investigation, Question, mapping, str or path
        An investigation, or whatever `investigate.open` makes one of.
    account : bool
        Whether the page holds the account of the question's windows; without it, the page of
        anything but an investigation is made in about half the time.

    Returns
    -------
    Explorer
        Shown by a notebook; `Explorer.save` writes it as a file.

    Raises
    ------
    InputError
        As `investigate.open` does, and where windows begin or end with neither a day nor an hour
        of UTC.

    Examples
    --------
    >>> import investigate
    >>> investigate.explore(found)
    Explorer 'notebook': 42 days in 6,000 score bins; show it in a notebook, or ...
    """
    question, tables, opened = asked(source)
    steps = log.by_steps(question, tables)
    if not account:
        return Explorer(question, steps, opened)
    found = source if isinstance(source, Investigation) else Investigation(question, None, tables)
    return Explorer(question, steps, opened, found.account())
