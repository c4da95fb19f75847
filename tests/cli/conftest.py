"""A case, and receivers of messages, for the tests of commands."""

from updates.conftest import case, mail, web

__all__ = ["case", "mail", "web"]
