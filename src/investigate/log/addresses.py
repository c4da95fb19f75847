"""Addresses of tables that are no files: which engine holds them, and how to get there."""

import re
from typing import Literal
from urllib.parse import parse_qsl, unquote

from investigate.errors import InputError
from investigate.question.variables import NAMED, filled

Server = Literal["PostgreSQL", "Spark"]

SCHEMES: dict[str, Server] = {
    "postgres": "PostgreSQL",
    "postgresql": "PostgreSQL",
    "spark": "Spark",
}
SERVERS = tuple(dict.fromkeys(SCHEMES.values()))
EXTRA = "pip install 'investigate[engines]'"


def server(url: str, part: str) -> Server | None:
    """The engine at `url`; `None` for a path, or a DuckDB file's ``duckdb://``.

    Raises `InputError`, which tells of `part`, for an address that is not known.
    """
    written = filled(url, part) if url.startswith("${") else url
    scheme, separator, _rest = written.partition("://")
    if not separator or scheme.lower() == "duckdb":
        return None
    if scheme.lower() in SCHEMES:
        return SCHEMES[scheme.lower()]
    raise InputError(
        f"{part}: {scheme}:// is not built in yet; name a Parquet, CSV or DuckDB file, "
        "or a table at postgres:// or spark://"
    )


_DATABASE = re.compile(
    r"[a-z]+://(?:(?P<user>[^:@/?]+)(?::(?P<password>[^@/?]*))?@)?"
    r"(?P<host>[^:@/?]+)(?::(?P<port>[^:@/?]+))?/(?P<dbname>[^/?]+)(?:\?(?P<more>.*))?",
    re.IGNORECASE,
)


def database(url: str, part: str) -> dict[str, str]:
    """Host, port, user, password and name of the database at `url`, and what it says besides.

    An environment variable may hold any of them as it is, without the escapes of a URL, or all
    of the address. Raises `InputError` where it is none.
    """
    whole = filled(url, part) if NAMED.fullmatch(url) else url
    match = _DATABASE.fullmatch(whole)
    if match is None:
        raise InputError(
            f"{part}: {url!r} is no address of a database; write "
            "postgres://user:${PASSWORD}@host:5432/database"
        )
    fields = {name: value for name, value in match.groupdict().items() if value}
    more = dict(parse_qsl(fields.pop("more", "")))
    plain = {n: filled(v, part) if NAMED.search(v) else unquote(v) for n, v in fields.items()}
    return {**plain, **more}


def lacking(part: str, kind: Server) -> InputError:
    """What to say where the packages for an engine are not installed."""
    return InputError(f"{part}: {kind} is read by packages of their own: {EXTRA}")
