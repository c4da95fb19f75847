"""Receivers for the tests of monitors."""

from receivers import mail, web

__all__ = ["mail", "web"]
