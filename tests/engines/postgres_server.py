"""A PostgreSQL of one's own, in a temporary folder and on a free port."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import psycopg
import pyarrow as pa
from ibis.backends.sql.datatypes import PostgresType
from psycopg import sql

USER, PASSWORD = "reader", "swordfish & co"
"""The password has what a URL must escape."""


class Database:
    """Tables of a server that runs on `port`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"postgres://{USER}:${{TEST_PASSWORD}}@127.0.0.1:{port}/postgres"

    def connected(self) -> Any:
        """A connection of one's own."""
        place = f"host=127.0.0.1 port={self.port} dbname=postgres user={USER}"
        return psycopg.connect(place, password=PASSWORD, autocommit=True)

    def put(self, name: str, table: pa.Table) -> dict[str, str]:
        """Holds `table` under a `name`, in a schema of its own; how a question names it."""
        kinds = ibis.schema(table.schema)
        columns = [
            sql.SQL("{} " + PostgresType.to_string(kind(nullable=True))).format(
                sql.Identifier(column)
            )
            for column, kind in kinds.items()
        ]
        place = sql.Identifier("Schema ä", name)
        with self.connected() as connection:
            connection.execute('CREATE SCHEMA IF NOT EXISTS "Schema ä"')
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(place))
            definitions = sql.SQL(", ").join(columns)
            connection.execute(sql.SQL("CREATE TABLE {} ({})").format(place, definitions))
            with (
                connection.cursor() as cursor,
                cursor.copy(sql.SQL("COPY {} FROM STDIN").format(place)) as copy,
            ):
                for row in zip(*(c.to_pylist() for c in table.columns), strict=True):
                    copy.write_row(row)
        return {"url": self.url, "table": f"Schema ä.{name}"}


def binaries() -> Path | None:
    """The folder of `initdb`, which Debian keeps off the path; `None` without a server."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = shutil.which("initdb")
    return known[0].parent if known else Path(found).resolve().parent if found else None


@contextmanager
def running() -> Iterator[int]:
    """The port of a server that starts here and stops at the end.

    The server refuses to run as root, so root runs it as the system's user `nobody`.
    """
    folder = binaries()
    assert folder is not None, "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    with tempfile.TemporaryDirectory(prefix="investigate-postgres-") as name:
        home = Path(name)
        # A folder's owner may change its mode; others only pass through.
        home.chmod(0o755)
        data = home / "data"
        data.mkdir()
        lead: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(data, "nobody")
            shutil.chown(home, "nobody")
            lead = ["runuser", "-u", "nobody", "--"]
        secret = home / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        _run(
            [
                *(*lead, str(folder / "initdb"), "-D", str(data), "-U", USER),
                *("--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"),
                *("--encoding=UTF8", "--locale=C.UTF-8"),
                # Text in the order of a dictionary, as many have it.
                *("--locale-provider=icu", "--icu-locale=en"),
            ]
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        options = f"-p {port} -h 127.0.0.1 -k {data} -c fsync=off -c max_connections=20"
        control = [*lead, str(folder / "pg_ctl"), "-D", str(data)]
        _run([*control, "-w", "-o", options, "-l", str(data / "log"), "start"])
        try:
            yield port
        finally:
            _run([*control, "-w", "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
