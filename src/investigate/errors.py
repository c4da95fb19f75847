"""The two ways in which a command ends without an answer."""

from typing import Any


class _InOneLine(Exception):
    def _render_traceback_(self) -> list[str]:
        # Notebooks show this in place of the frames, which tell a user nothing.
        return [f"{type(self).__name__}: {self}"]


class InputError(_InOneLine):
    """The user's input cannot be used: one line that says what, where and the remedy.

    The command line prints it and exits with status 2; nothing has been written.

    Examples
    --------
    >>> import investigate
    >>> try:
    ...     investigate.open("no_such_log.parquet", time="t", outcome="y", score="s",
    ...                      baseline=("2024-01-01", "2024-02-01"),
    ...                      incident=("2024-02-01", "2024-02-08"))
    ... except investigate.InputError as error:
    ...     print(error)
    log: there is no file 'no_such_log.parquet' here or in a folder above; ...
    """

    others: tuple[str, ...] = ()
    """Lines on what else is wrong, as far as that is known."""
    rest: Any = None
    """The question without what is wrong in it, where that is one."""


class RunError(Exception):
    """A run started and failed; its evidence is kept and the command exits with status 1.

    Examples
    --------
    >>> import investigate
    >>> issubclass(investigate.RunError, Exception)
    True
    """
