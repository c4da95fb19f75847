"""Receivers for the tests of sending."""

from receivers import mail, web

__all__ = ["mail", "web"]
