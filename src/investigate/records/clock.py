"""Wall time by part."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Seconds spent in each named part, and since the start."""

    def __init__(self) -> None:
        self.started = time.time()
        self._start = time.perf_counter()
        self._parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add what happens within to the part called `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._parts[name] = self._parts.get(name, 0.0) + time.perf_counter() - start

    def now(self) -> float:
        """The moment, in seconds since 1970."""
        return time.time()

    def seconds(self) -> dict[str, float]:
        """Seconds by part, to the millisecond, and ``total``."""
        parts = {**self._parts, "total": time.perf_counter() - self._start}
        return {name: round(seconds, 3) for name, seconds in parts.items()}
