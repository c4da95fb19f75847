"""Tables of servers, opened where they lie; what fails there is reported in one line of our own.

What an engine says of an error may hold passwords and rows, so none of it is repeated.
"""

import difflib
from typing import Any, Protocol

import ibis

from investigate.errors import InputError
from investigate.log.addresses import database, lacking
from investigate.log.files import Files
from investigate.question.variables import filled


class Backend(Protocol):
    """What the kit asks of a server's backend, beside what Ibis' have."""

    def listed(self) -> dict[str, tuple[str, str]]:
        """Its tables, by the names that a question gives them."""

    def opened(self, schema: str, name: str) -> ibis.Table:
        """A table as the kit's queries read it."""

    def opened_path(self, path: str) -> ibis.Table:
        """Files that the engine itself reads, where it does."""

    def create_table(self, name: str, /, obj: Any, *, temp: bool) -> ibis.Table:
        """Rows as a table that lasts as long as the connection."""

    def checksum(self, table: ibis.Table, columns: list[str]) -> tuple[int, int]:
        """Rows of an opened table, and the sum over them of a hash of what `columns` say."""

    def disconnect(self) -> None:
        """Let go of it, and of all that was kept there."""


def connected(files: Files) -> Backend:
    """The engine at the address of `files`. Raises `InputError` where it cannot be reached."""
    return _spark(files) if files.kind == "Spark" else _postgres(files)


def _postgres(files: Files) -> Backend:
    place = database(files.address, files.part)
    try:
        from investigate.log.servers.postgres import Postgres
    except ImportError as error:
        raise lacking(files.part, "PostgreSQL") from error
    try:
        return Postgres.at(place)
    except Exception as error:
        if (message := _refused(error, files)) is None:
            raise
        raise InputError(message) from None


def _spark(files: Files) -> Backend:
    url = filled(files.address, files.part)
    try:
        from investigate.log.servers.spark import Spark
    except ImportError as error:
        raise lacking(files.part, "Spark") from error
    try:
        return Spark.at(url)
    except Exception as error:
        if _of_spark(error):
            raise InputError(
                f"{files.part}: {files.address}: no session of Spark starts there; see that Java "
                "17 is installed, or that the cluster can be reached"
            ) from None
        raise


def opened(backend: Backend, files: Files) -> ibis.Table:
    """The table that `files` names. Raises `InputError` where it is not there."""
    if files.path:
        return _of_path(backend, files)
    tables = backend.listed()
    if files.table in tables:
        return backend.opened(*tables[files.table])
    if not tables:
        raise InputError(f"{files.part}: {files.address} holds no table that can be seen")
    close = difflib.get_close_matches(str(files.table), list(tables), n=1)
    some = ", ".join(list(tables)[:20])
    remedy = f"did you mean {close[0]!r}?" if close else f"it has {some}"
    raise InputError(f"{files.part}: {files.address} has no table {files.table!r}; {remedy}")


def _of_path(backend: Backend, files: Files) -> ibis.Table:
    if files.kind != "Spark":
        raise InputError(f"{files.part}: {files.kind} reads tables and no paths; name a table")
    path = filled(files.path, files.part)
    try:
        return backend.opened_path(path)
    except Exception as error:
        if not _of_spark(error):
            raise
        raise InputError(
            f"{files.part}: Spark cannot read {files.path!r} as Parquet; name files or a folder of "
            "it that the session sees"
        ) from None


def _of_spark(error: BaseException) -> bool:
    """Whether an error is Spark's own, or of the way to it."""
    module = type(error).__module__
    return module.startswith(("pyspark", "py4j")) or isinstance(error, ConnectionError)


def _refused(error: Exception, files: Files) -> str | None:
    """Why there is no connection; `None` for an error of another kind."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    lead = f"{files.part}: {files.address}"
    low = str(error).lower()
    if "password" in low or "authentication" in low or "role " in low:
        return f"{lead} refuses this user or password; see that its environment variable holds it"
    if "database" in low and "does not exist" in low:
        return f"{lead} has no such database; check its name"
    if "timeout" in low or "timed out" in low:
        return f"{lead} does not answer in time; see whether a firewall lies between"
    return f"{lead} cannot be reached; see whether the server runs, and the host and port"


def failed(error: BaseException, files: Files) -> InputError | None:
    """What to say of an engine's error while it was read; `None` for an error of another kind."""
    lead = f"{files.part}: {files.address}"
    if files.kind == "Spark":
        return InputError(f"{lead}: {_SPARK}") if _of_spark(error) else None
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    code = str(error.sqlstate or "")
    if isinstance(error, psycopg.OperationalError) and (not code or code.startswith(("08", "57P"))):
        return InputError(f"{lead}: the connection was lost while it was read; run it again")
    return InputError(f"{lead}: {_WHY.get(code) or _WHY.get(code[:2]) or _OTHER.format(code)}")


_SPARK = (
    "the session could not answer, or was lost; see its log and memory (spark.driver.memory), "
    "and run it again"
)
_WHY = {
    "42501": "this user may not read that table, or keep temporary tables; have it granted "
    "(SELECT, TEMPORARY)",
    "25006": "it takes no temporary tables, as a standby does; name a server that does",
    "57014": "a query was cancelled, perhaps at its time limit (statement_timeout); run it again",
    "53": "it has no memory, disk or connections left; free some, and run it again",
    "54": "the question asks for more columns or terms than it takes; ask for fewer",
}
_OTHER = "it could not answer (SQLSTATE {}); see its log, or name a Parquet file of that table"
