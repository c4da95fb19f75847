"""What a run depended on: its inputs, the code, the interpreter, the packages."""

import os
import platform
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from investigate import __version__, log, zones
from investigate.errors import InputError, RunError
from investigate.ledger.files import digest
from investigate.paths import PACKAGE
from investigate.question.question import Question
from investigate.records.sources import Source


def environment() -> dict[str, Any]:
    """Python, platform, the database of time zones and every installed distribution, by name."""
    named = [_named(distribution) for distribution in metadata.distributions()]
    distributions = {name: version for name, version in named if name}
    return {
        "investigate": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "zone_database": zones.database(),
        "distributions": dict(sorted(distributions.items(), key=lambda item: item[0].lower())),
    }


def _named(distribution: metadata.Distribution) -> tuple[str, str]:
    """Name and version; of the lines at its head alone, since to parse all takes ten times that."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    head = dict[str, str]()
    for line in text.split("\n\n", 1)[0].splitlines():
        key, separator, value = line.partition(":")
        if separator and key.lower() in ("name", "version"):
            head.setdefault(key.lower(), value.strip())
    return head.get("name", ""), head.get("version", "")


def code() -> dict[str, Any]:
    """Commit of the checkout that the kit runs from, and whether it was changed since."""
    if PACKAGE.parent.name != "src" or _git("rev-parse", "--show-prefix") != "src/investigate/":
        return {"commit": None, "dirty": None}
    status = _git("status", "--porcelain")
    return {
        "commit": _git("rev-parse", "--verify", "HEAD"),
        "dirty": None if status is None else bool(status),
    }


def _git(*arguments: str) -> str | None:
    # A hook's GIT_DIR names another repository; without optional locks, reading writes nothing.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=PACKAGE,
            env=settings,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


Inputs = list[dict[str, Any]]


def hashed(question: Question, params_file: Path | None, sources: Sequence[Source]) -> Inputs:
    """Role, path, SHA-256 and size of the params file, the data and the notebooks.

    A table in memory has no file: its path says so, and ``rows`` are its size. Of a
    server's table the hash is that of a checksum which its engine computes. Raises `InputError`
    where one cannot be read.
    """
    asked = [("params", params_file)] if params_file else []
    paths = [*asked, *(("data", path) for path in log.inputs(question))]
    tables = [
        {
            "role": "data",
            "path": f"{part}: a table in memory",
            "sha256": t.in_memory,
            "rows": t.rows,
        }
        for part, t in question.in_memory().items()
    ]
    tables += [
        {
            "role": "data",
            "path": f"{t['part']}: {t['name']}",
            "sha256": t["sha256"],
            "rows": t["rows"],
        }
        for t in log.server_tables(question)
    ]
    notebooks = [{"role": s.role, "path": shown(s.path), **s.digest()} for s in sources]
    return [_entry(role, path) for role, path in paths] + tables + notebooks


def check_unchanged(before: Inputs, after: Inputs) -> None:
    """Raise `RunError` naming the first input that changed in between."""
    if before == after:
        return
    known = {entry["path"]: entry for entry in before}
    changed = next((e["path"] for e in after if known.get(e["path"]) != e), before[-1]["path"])
    raise RunError(f"{changed}: changed while it was read; nothing was written, run again")


def shown(path: Path) -> str:
    """A path as a record names it: relative where it lies under the current folder."""
    full = path.absolute()
    return (full.relative_to(Path.cwd()) if full.is_relative_to(Path.cwd()) else full).as_posix()


def _entry(role: str, path: Path) -> dict[str, Any]:
    try:
        return {"role": role, "path": shown(path), **digest(path)}
    except OSError as error:
        raise InputError(f"{path}: cannot read it: {error.strerror}") from error
