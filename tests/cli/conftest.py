"""A folder of their own, a case, and receivers of messages, for the tests of commands."""

from records.conftest import place
from updates.conftest import case, mail, web

__all__ = ["case", "mail", "place", "web"]
