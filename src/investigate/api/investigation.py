"""A question with its counts, to be asked one thing after another."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Literal

from investigate import analyses, log, rendering
from investigate.analyses.wording import day
from investigate.api import given
from investigate.api.asked import ASKED, Asked
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.finding import Finding
from investigate.question import params
from investigate.question.fields import InMemory
from investigate.question.question import Question, Window

Every = Literal["minute", "hour", "day"]


class Investigation(Asked):
    """A question with its counts; `investigate.open` makes one.

    Each method computes its finding once; it is remembered with the counts, and goes with
    them. `where` and `between` give other investigations, so nothing here ever changes.

    Parameters
    ----------
    question : Question
        What is asked.
    counts : Counts, optional
        What the log's rows leave behind; counted from the log where left out.
    tables : mapping of str to pyarrow.Table, optional
        The tables in memory that the question names, by their hash.

    Raises
    ------
    InputError
        Where the log has to be counted and cannot be.

    Examples
    --------
    >>> import investigate
    >>> found = investigate.open(
    ...     investigate.example_log(), time="time", outcome="outcome", score="score",
    ...     system="system", item="exercise", cluster="student", cohorts=["country"],
    ...     baseline=("2024-01-01", "2024-01-29"), incident=("2024-01-29", "2024-02-12"),
    ... )
    >>> found.drop().sentence
    'AUC fell from 0.833 ...'
    >>> found.contributions("country").to_frame()["group"].tolist()
    ['DE', 'FR', 'PL']
    """

    def __init__(
        self,
        question: Question,
        counts: Counts | None = None,
        tables: Mapping[str, Any] | None = None,
    ) -> None:
        self._question = question
        self._tables = dict(tables or {})
        self._counts = log.count(question, self._tables) if counts is None else counts

    @property
    def question(self) -> Question:
        """What is asked."""
        return self._question

    @property
    def counts(self) -> Counts:
        """What the log's rows leave behind: all that analyses see."""
        return self._counts

    @property
    def tables(self) -> Mapping[str, Any]:
        """The tables in memory that the question names, by their hash."""
        return self._tables

    def where(self, columns: Mapping[str, Any] | None = None, /, **more: Any) -> "Investigation":
        """The same question of a slice of the rows, as if the log held no others.

        Parameters
        ----------
        columns : mapping, optional
            The value, or a list of values, that a row must have in each column; for columns
            whose names are no Python names. ``(missing)`` is a row without a value.
        **more
            The same by keyword; ``system`` is the question's system column, whatever its name.

        Returns
        -------
        Investigation
            Narrowed also by what this one was narrowed by. The log is counted again.

        Raises
        ------
        InputError
            For a column or a value that the log does not hold, or a slice without a window.

        Examples
        --------
        >>> german = found.where(country="DE")
        >>> german.counts.meta["rows"] < found.counts.meta["rows"]
        True
        """
        if columns is not None and not isinstance(columns, Mapping):
            raise InputError(
                ".where(): expected columns with their values, such as country='DE', got a "
                f"{type(columns).__name__}"
            )
        wanted: dict[str, Any] = dict(self._question.where)
        for name, value in {**(columns or {}), **more}.items():
            named = self._question.columns.system if name == "system" else None
            wanted[named or name] = value
        return self._asking(".where()", {"where": wanted})

    def waterfall(self, by: str = "system") -> Finding:
        """The change in AUC step by step, from counts alone; the explorer shows it as well.

        The groups whose scores lost most of their meaning are turned back first, one on top of
        the other; then the others, the spread of scores, and the mix of groups.

        Parameters
        ----------
        by : str
            The groups, as in `contributions`.

        Returns
        -------
        Finding
            A row a step, with its ``part``, ``group`` and ``points``, which sum to the change.

        Raises
        ------
        InputError
            For a grouping that was not counted.

        Examples
        --------
        >>> found.waterfall().table[0]["group"]
        'rules'
        """
        return self.ask(analyses.waterfall, self._grouping(by))

    def between(
        self,
        start: Any,
        end: Any,
        every: Every | None = None,
        baseline: tuple[Any, Any] | None = None,
    ) -> "Investigation":
        """The same question of another incident.

        Parameters
        ----------
        start, end : date, datetime or str
            The incident; its end is not in it.
        every : {"minute", "hour", "day"}, optional
            The step at which AUC is followed through time; by the span where left out.
        baseline : pair of date, datetime or str, optional
            Another baseline, too; the same where left out.

        Returns
        -------
        Investigation
            With the same slice. The log is counted again.

        Raises
        ------
        InputError
            For windows that overlap, are in the wrong order, or hold no rows.

        Examples
        --------
        >>> first = found.between("2024-01-29", "2024-02-05", every="hour")
        >>> first.question.incident.end
        datetime.date(2024, 2, 5)
        """
        changes: dict[str, Any] = {"incident": as_window((start, end))}
        if baseline is not None:
            changes["baseline"] = as_window(baseline)
        if every is not None:
            changes["every"] = every
        return self._asking(".between()", changes)

    def to_params(self, path: str | Path, log: str | Path | None = None) -> Path:
        """Write the question as a params file, which `investigate run` and `open` accept.

        Parameters
        ----------
        path : str or path
            The YAML file to write.
        log : str or path, optional
            Where to write a log that was a table in memory, as Parquet; the params file then
            names it. Without it the file names the table by its hash alone.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        InputError
            Where it cannot be written, or `log` is given and the log was no table in memory.

        Examples
        --------
        >>> import investigate, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = found.to_params(f"{folder}/q.yml", log=f"{folder}/log.parquet")
        ...     again = investigate.open(written)
        >>> again.verdict().sentence == found.verdict().sentence
        True
        """
        path, asked = given.path(path, ".to_params()", "a params file"), self._question
        if log is not None:
            asked = self._with_file(given.path(log, ".to_params(): log", "a Parquet file"))
        try:
            path.write_text(params.as_yaml(asked), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path}: cannot write it: {error.strerror}") from error
        return path

    def plot(self, figure: str | None = None) -> Any:
        """AUC through time, with both windows, the date of the change and events.

        Parameters
        ----------
        figure : str, optional
            As in `Finding.plot`, of `onset`.

        Returns
        -------
        matplotlib.figure.Figure

        Examples
        --------
        >>> found.plot().savefig("auc.png")
        """
        return self.onset().plot(figure)

    def __repr__(self) -> str:
        rows = [f"Investigation {self._question.case!r}: {self.drop().sentence}"]
        rows += [f"  {name:<9} {value}" for name, value in self._facts().items()]
        rows.append(f"  ask it    {' '.join(f'{name}()' for name in ASKED)}")
        return "\n".join(rows)

    def _repr_html_(self) -> str:
        facts = "".join(
            f'<tr><td style="text-align:left"><b>{escape(name)}</b></td>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for name, value in self._facts().items()
        )
        asked = ", ".join(f"<code>.{name}()</code>" for name in ASKED)
        return (
            '<div class="investigation">\n'
            f'<p class="claim" style="font-size:1.3em;font-weight:600">'
            f"{escape(self.drop().sentence)}</p>\n"
            f"<table>{facts}</table>\n<p>Ask it: {asked}; narrow it: <code>.where()</code>, "
            "<code>.between()</code>; keep it: <code>.to_params()</code>.</p>\n</div>"
        )

    def _facts(self) -> dict[str, str]:
        asked = self._question
        rows = f"{rendering.value(self._counts.meta['rows'])} rows"
        source = asked.log if isinstance(asked.log, str) else getattr(asked.log, "url", None)
        facts = {
            "log": f"{source or 'a table in memory'}, {rows}",
            "baseline": _span(asked.baseline),
            "incident": _span(asked.incident),
        }
        if asked.where:
            conditions = (f"{name} = {' or '.join(values)}" for name, values in asked.where)
            facts["where"] = ", ".join(conditions)
        if asked.every:
            facts["timeline"] = f"by {asked.every}"
        facts["groups"] = ", ".join(self.groupings)
        return facts

    def _asking(self, place: str, changes: Mapping[str, Any]) -> "Investigation":
        asked = params.from_values({**self._question.parameters(), **changes}, place)
        return Investigation(asked, tables=self._tables)

    def _with_file(self, path: Path) -> Question:
        import pyarrow.parquet as pq

        source = self._question.log
        if not isinstance(source, InMemory):
            raise InputError("log: the log is a file already; leave log out")
        if source.in_memory not in self._tables:
            raise InputError("log: the table is not at hand; open the question with it first")
        try:
            pq.write_table(self._tables[source.in_memory], path)
        except OSError as error:
            raise InputError(f"{path}: cannot write it: {error.strerror or error}") from error
        return self._question.model_copy(update={"log": str(path)})


def as_window(value: Any) -> Any:
    """A pair as a window's two keys; numpy's and pandas' times as Python's."""
    value = given.plain(value)
    if isinstance(value, Window):
        return value.model_dump()
    if isinstance(value, Mapping):
        return {name: _moment(moment) for name, moment in value.items()}
    if isinstance(value, list | tuple) and len(value) == 2:
        return {"start": _moment(value[0]), "end": _moment(value[1])}
    return value


def _moment(value: Any) -> Any:
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return str(value) if type(value).__module__ == "numpy" else value


def _span(window: Window) -> str:
    return f"{day(window.start)} to {day(window.end)}"
