"""The command line: each command is a thin wrapper over one function."""

from typer.models import CommandInfo

from investigate.cli import asking, batch, init, telling, trail, watching, working
from investigate.cli.app import PANELS, app

__all__ = ["app", "asking", "batch", "init", "main", "telling", "trail", "watching", "working"]


def main() -> None:
    """The ``investigate`` command."""
    app.registered_commands.sort(key=_place)
    app()


def _place(command: CommandInfo) -> tuple[int, bool]:
    """Where ``--help`` shows a command: of the first group, what a newcomer wants first."""
    name = getattr(command.callback, "__name__", "")
    return PANELS.index(str(command.rich_help_panel)), name not in ("demo", "init")
