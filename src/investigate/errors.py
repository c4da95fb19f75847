"""The two ways in which a command ends without an answer."""


class InputError(Exception):
    """The user's input cannot be used: one line that says what, where and the remedy.

    The command line prints it and exits with status 2; nothing has been written.
    """


class RunError(Exception):
    """A run started and failed; its evidence is kept and the command exits with status 1."""
