"""Counts kept between runs, by what they depend on: the same question of the same rows.

What they depend on is what is asked, the content of every file that is read, and the code that
counts. A file that changed has another hash, so that old counts are never taken for its own.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache as once
from importlib.metadata import version
from pathlib import Path
from typing import Any

from investigate import zones
from investigate.counts.table import Counts
from investigate.paths import PACKAGE
from investigate.question.fields import Table
from investigate.question.question import Question

VARIABLE = "INVESTIGATE_CACHE"
"""The environment variable that names the folder, or says ``off``."""
LIMIT = 2_000_000_000
"""Bytes of all that is kept; what was used longest ago goes first."""
ABANDONED = 24 * 3600.0
"""Seconds after which what was half written is nobody's."""

COUNTING = ("counts", "log", "question")
PACKAGES = (
    *("duckdb", "ibis-framework", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "sqlglot"),
)
AFTERWARDS = ("confidence", "false_discovery_rate", "smallest_drop", "tolerance")
"""Thresholds of analyses, of which counts know nothing."""
SUMS, PART = "sums.json", ".counts-part-"

Data = Sequence[tuple[str, str]]
"""Each file that is read, and the SHA-256 of its content."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Within, no other process holds the lock at `path`; one that cannot be made holds nobody."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


class Cache:
    """Counts in a folder of their own; several processes may use it at once.

    What cannot be read or written there is counted anew, without a message.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder, self.limit = folder, limit

    @classmethod
    def usual(cls) -> "Cache | None":
        """That of this user; none where the environment says ``off``."""
        named = os.environ.get(VARIABLE, "")
        if named.lower() == "off":
            return None
        if named:
            return cls(Path(named).expanduser())
        above = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(above) if Path(above).is_absolute() else Path("~/.cache").expanduser()
        return cls(base / "investigate" / "counts")

    def find(self, key: str, question: Question) -> Counts | None:
        """The counts that are kept under `key`, as those of `question`."""
        place = self.folder / key
        try:
            sums = json.loads((place / SUMS).read_text("utf-8"))
            if sums != _sums(place):
                raise ValueError("it is not what was written")
            counts = Counts.load(place)
            os.utime(place)
        except Exception:
            # It is not there, or somebody changed it; it is counted anew and kept again.
            shutil.rmtree(place, ignore_errors=True)
            return None
        return replace(counts, meta={**counts.meta, "fingerprint": question.fingerprint()})

    def keep(self, key: str, counts: Counts) -> None:
        """Keep `counts` under `key`, whole or not at all, and drop what there is no room for."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = Path(tempfile.mkdtemp(prefix=PART, dir=self.folder))
            try:
                counts.save(part)
                (part / SUMS).write_text(json.dumps(_sums(part)), "utf-8")
                part.rename(self.folder / key)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            self._make_room(key)

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Within, no other process counts for `key`; waits for one that does."""
        # Where no folder can be made there is nothing to hold either.
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with held(self.folder / f".lock-{key}"):
            yield

    def _make_room(self, newest: str) -> None:
        kept, now = [], time.time()
        for place in self.folder.iterdir():
            with suppress(OSError):
                used = place.stat().st_mtime
                # The folder may hold what is somebody else's, which is never removed.
                if (place / SUMS).is_file() and not place.name.startswith("."):
                    kept.append((place.name == newest, used, place.name, place))
                elif place.name.startswith(PART) and now - used > ABANDONED:
                    shutil.rmtree(place, ignore_errors=True)
        room = self.limit
        # A lock stays: whoever waits for it holds the very file.
        for _own, _used, _name, place in sorted(kept, reverse=True):
            room -= _bytes(place)
            if room < 0:
                shutil.rmtree(place, ignore_errors=True)


def key(question: Question, data: Data) -> str | None:
    """What the counts of `question` depend on, as one hash; `None` where that is not known.

    `data` are the files that it reads with the hashes of their content. A table in memory is
    named by its own, in the question. What a server holds has none.
    """
    if any(on_a_server(source) for source in sources_of(question)):
        return None
    asked = question.asked()
    del asked["case"]
    asked["thresholds"] = {
        name: value for name, value in asked["thresholds"].items() if name not in AFTERWARDS
    }
    dependencies = [
        asked,
        sorted(data),
        counting_code(),
        {name: version(name) for name in PACKAGES},
    ]
    text = json.dumps([*dependencies, zones.database()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@once
def counting_code() -> str:
    """SHA-256 of the code that counts."""
    files = [*PACKAGE.glob("*.py"), *(p for n in COUNTING for p in (PACKAGE / n).rglob("*.py"))]
    known = hashlib.sha256()
    for path in sorted(files):
        known.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return known.hexdigest()


def sources_of(question: Question) -> Iterator[Any]:
    """The addresses that `question` reads, as it writes them."""
    yield question.log
    if question.outcomes is not None:
        yield question.outcomes.log
    if question.history is not None:
        yield question.history.log
        yield from (arm.history for arm in question.replay.arms)
    if isinstance(question.events, str):
        yield question.events


def on_a_server(source: Any) -> bool:
    """Whether an address is that of a server."""
    url = source.url if isinstance(source, Table) else source
    scheme, separator, _rest = str(url).partition("://")
    return bool(separator) and scheme.lower() != "duckdb"


def _sums(place: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.iterdir())
        if path.name != SUMS
    }


def _bytes(place: Path) -> int:
    return sum(path.stat().st_size for path in place.iterdir() if path.is_file())
