"""The command line: each command is a thin wrapper over one function."""

from investigate.cli import asking, trail
from investigate.cli.app import app

__all__ = ["app", "asking", "main", "trail"]


def main() -> None:
    """The ``investigate`` command."""
    app()
