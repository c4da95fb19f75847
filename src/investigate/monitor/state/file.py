"""The state's file: one process at a time, made whole or not at all, changed by one transaction."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from investigate.errors import InputError, RunError
from investigate.monitor.state.store import LATER, TABLES, VERSION, MonitorState
from investigate.monitor.watch import Watch

_BETWEEN = 0.05


class BusyError(RunError):
    """Another process holds the file, and went on holding it."""


@contextmanager
def locked(path: Path, wait: float) -> Iterator[None]:
    """Within, nobody else holds the file at `path`, which is made where it is missing.

    Raises `BusyError` after `wait` seconds in vain, and `InputError` where there can be no file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(f"state: cannot write {str(path)!r}: {error.strerror}") from error
    try:
        _wait_for(file, path, wait)
        # The kernel lets go of it when the process ends, however that is.
        yield
    finally:
        os.close(file)


def _wait_for(file: int, path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise BusyError(
                    f"state: another process has held {str(path)!r} for {wait:g} seconds; "
                    "try again when it has ended"
                ) from error
            time.sleep(_BETWEEN)
        else:
            return


_COUNTED = ("log", "columns", "cohorts", "every", "timezone", "most_groups")
"""What of a watch decides how rows are counted."""
_WITH_OUTCOMES = ("outcomes", "wait_days", "enough_outcomes")
"""What does as well where outcomes are joined."""

_REMEDY = "name another file under `state`, or remove this one to count anew"


@contextmanager
def opened(path: Path, watch: Watch, wait: float = 600.0) -> Iterator[MonitorState]:
    """The state of `watch` in the file at `path`, made where it is missing.

    All that changes within becomes lasting at the end, at once; nothing does where an
    exception ends it, or where the process is killed. Another process that has the state
    open is waited for, `wait` seconds at most, and then a `RunError` is raised. Raises
    `InputError` where the file is no state, or one of a watch that counts differently.
    """
    with locked(path.with_name(path.name + ".lock"), wait):
        if not path.exists():
            _make(path)
        connection = _connected(path)
        try:
            _require_version(connection, path)
            connection.execute("BEGIN")
            connection.execute(LATER)
            _require_settings(connection, path, watch)
            yield MonitorState(connection)
            _commit(connection, path)
        finally:
            # What is not committed is undone.
            connection.close()


def _make(path: Path) -> None:
    new = path.with_name(f".{path.name}.part")
    for left in (new, new.with_name(new.name + ".wal")):
        left.unlink(missing_ok=True)
    try:
        with contextlib.closing(duckdb.connect(str(new))) as connection:
            connection.execute(TABLES)
            connection.execute("INSERT INTO about VALUES (?, '{}')", [VERSION])
        new.replace(path)
    except (duckdb.Error, OSError) as error:
        raise InputError(f"state: cannot make {str(path)!r}: {_line(error)}") from error


def _connected(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), config={"autoinstall_known_extensions": "false"})
    except duckdb.Error as error:
        if "lock" in str(error):
            raise RunError(f"state: another program has {str(path)!r} open; close it") from error
        raise InputError(f"state: {str(path)!r} is no state of a watch; {_REMEDY}") from error


def _require_version(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        found = connection.execute("SELECT version FROM about").fetchall()
    except duckdb.Error as error:
        raise InputError(f"state: {str(path)!r} is no state of a watch; {_REMEDY}") from error
    if found != [(VERSION,)]:
        raise InputError(f"state: {str(path)!r} was made by another version of the kit; {_REMEDY}")


def _require_settings(connection: duckdb.DuckDBPyConnection, path: Path, watch: Watch) -> None:
    values = watch.model_dump(mode="json")
    names = _COUNTED if watch.outcomes is None else (*_COUNTED, *_WITH_OUTCOMES)
    settings = {name: values[name] for name in names}
    row = connection.execute("SELECT settings FROM about").fetchone()
    before = _settings(row[0] if row else None)
    if before == settings:
        return
    counted = connection.execute("SELECT count(*) FROM parts").fetchone()
    if counted and counted[0]:
        every = dict.fromkeys((*names, *before))
        changed = [name for name in every if before.get(name) != settings.get(name)]
        raise InputError(
            f"state: {str(path)!r} was counted with other settings ({', '.join(changed)}); "
            f"{_REMEDY}"
        )
    text = json.dumps(settings, sort_keys=True, ensure_ascii=False)
    connection.execute("UPDATE about SET settings = ?", [text])


def _settings(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _commit(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        connection.execute("COMMIT")
        # Otherwise the log of what was written would lie beside the file, at some length.
        connection.execute("CHECKPOINT")
    except duckdb.Error as error:
        raise RunError(f"state: cannot write {str(path)!r}: {_line(error)}") from error


def _line(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0]
