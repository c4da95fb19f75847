"""The command line: each command is a thin wrapper over one function."""

from investigate.cli import asking, batch, init, telling, trail, watching, working
from investigate.cli.app import PANELS, app

__all__ = ["app", "asking", "batch", "init", "main", "telling", "trail", "watching", "working"]


def main() -> None:
    """The ``investigate`` command."""
    app.registered_commands.sort(key=lambda command: PANELS.index(str(command.rich_help_panel)))
    app()
