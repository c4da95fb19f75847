"""Queries that this process wrote before, by what they ask.

To write a query costs Ibis more than it costs the engine to answer it on a small log, and
questions that are asked one after the other have most of their queries in common.
"""

import hashlib
import io
import pickle
from collections.abc import Callable
from typing import Any

import ibis.expr.operations as ops
from ibis.backends import BaseBackend

MOST = 4096
"""Queries that are remembered: some kilobytes each."""

_written: dict[bytes, str] = {}


class _Asked(pickle.Pickler):
    """All that an expression is made of, but for the connection that its tables lie in."""

    def persistent_id(self, part: Any) -> str | None:
        if isinstance(part, BaseBackend):
            return "connection"
        # Of a function of the engine Ibis makes a class, which stands in no module.
        if isinstance(part, type) and issubclass(part, ops.ScalarUDF):
            return f"{part.__module__} {part.__qualname__}"
        return None


def written(expression: Any, write: Callable[[], str]) -> str:
    """What `write` gives for an Ibis expression; asked once for all that are made alike.

    The tables of the expression lie in one connection of one kind.
    """
    asked = io.BytesIO()
    _Asked(asked, pickle.HIGHEST_PROTOCOL).dump(expression.op())
    key = hashlib.sha256(asked.getbuffer()).digest()
    query = _written.get(key)
    if query is None:
        if len(_written) >= MOST:
            _written.clear()
        query = _written[key] = write()
    return query
