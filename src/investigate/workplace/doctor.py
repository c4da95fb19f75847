"""Whether this installation can do what the kit does, each part tried for itself."""

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from investigate import zones
from investigate.paths import AUDIT, notebooks_folder

DISTRIBUTION = "investigate"
KERNEL = Path("share") / "jupyter" / "kernels" / DISTRIBUTION / "kernel.json"
LEAST_FREE = 10**9
"""Bytes that should be free where the engine spills."""


@dataclass(frozen=True)
class InstallationPart:
    """A part of the installation, what was found of it, and the remedy where it fails.

    ``needed``: without it the kit cannot work.
    """

    part: str
    found: str
    remedy: str = ""
    needed: bool = True

    @property
    def fine(self) -> bool:
        """Whether nothing is to be done."""
        return not self.remedy


def examine(audit: Path = AUDIT) -> Iterator[InstallationPart]:
    """Check one part after another; what raises is a part that fails."""
    parts: dict[str, Callable[[], InstallationPart]] = {
        "Python": _python,
        "packages": _packages,
        "kernel": _kernel,
        "notebooks": _notebooks,
        "time zones": _zones,
        "engine": _engine,
        "fonts": _fonts,
        "records": lambda: _writable("records", audit),
        "scratch": _scratch,
        "sign-offs": _signing,
    }
    for part, check in parts.items():
        try:
            yield check()
        except Exception as error:
            message = str(error).partition("\n")[0]
            yield InstallationPart(
                part, f"{type(error).__name__}: {message}", "install the kit anew"
            )


def lacking(requires: list[str]) -> list[str]:
    """What of these requirements (``name>=1.2``) is not installed, or is too old."""
    found = []
    for requirement in requires:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:>=([0-9.]+))?", requirement)
        if match is None or ";" in requirement:
            continue
        name, least = match.groups()
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            found.append(f"{name} is not installed")
            continue
        if least and _numbers(version) < _numbers(least):
            found.append(f"{name} {version} is older than {least}")
    return found


def _numbers(version: str) -> list[int]:
    """The release of a version as numbers, without zeros at its end."""
    release = re.match(r"[0-9]+(\.[0-9]+)*", version)
    numbers = [int(part) for part in release[0].split(".")] if release else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


def _python() -> InstallationPart:
    version = ".".join(map(str, sys.version_info[:3]))
    needs = metadata.metadata(DISTRIBUTION)["Requires-Python"] or ""
    old = _numbers(version) < _numbers(needs.removeprefix(">="))
    return InstallationPart("Python", version, f"use Python {needs}" if old else "")


def _packages() -> InstallationPart:
    requires = metadata.requires(DISTRIBUTION) or []
    missing = lacking(requires)
    message = "; ".join(missing) if missing else f"all {len(requires)} are there"
    return InstallationPart("packages", message, "install them: pip install --upgrade investigate"
                   if missing else "")  # fmt: skip


def _kernel() -> InstallationPart:
    path = Path(sys.prefix) / KERNEL
    if find_spec("ipykernel") is None:
        return InstallationPart(
            "kernel", "there is no ipykernel", "install it: pip install ipykernel"
        )
    version = f"ipykernel {metadata.version('ipykernel')}"
    if path.is_file():
        return InstallationPart("kernel", f"{version}; JupyterLab knows it as investigate")
    message = f"{version}; JupyterLab does not know the kernel investigate"
    # A run uses the interpreter that it runs on, whatever JupyterLab knows.
    return InstallationPart(
        "kernel", message, "install the kit into this environment anew", needed=False
    )


def _notebooks() -> InstallationPart:
    folder = notebooks_folder()
    found = sorted(folder.glob("[0-9]*_*.ipynb"))
    return InstallationPart(
        "notebooks", f"{len(found)} in {folder}", "" if found else "install the kit anew"
    )


def _zones() -> InstallationPart:
    ZoneInfo("Europe/Berlin")
    return InstallationPart("time zones", zones.database())


def _engine() -> InstallationPart:
    from investigate.log.looking import look

    with tempfile.TemporaryDirectory(prefix="investigate-") as folder:
        path = Path(folder) / "log.csv"
        path.write_text("time,score\n2024-03-01,0.5\n", encoding="utf-8")
        rows = look(str(path)).rows
    message = f"DuckDB {metadata.version('duckdb')} reads a CSV"
    return InstallationPart("engine", message, "" if rows == 1 else "install duckdb anew")


def _fonts() -> InstallationPart:
    from investigate.figures.text import families

    found = families()
    return InstallationPart(
        "fonts", ", ".join(found[:3]), "" if found else "install matplotlib anew"
    )


def _writable(part: str, folder: Path) -> InstallationPart:
    there = folder
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return InstallationPart(part, f"{folder} can be written")
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}"
        return InstallationPart(part, message, "go to another folder, or name one by --audit")


def _scratch() -> InstallationPart:
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free
    message = f"{free / 1e9:.0f} GB free in {folder}"
    few = free < LEAST_FREE
    remedy = "free some, or set TMPDIR to another folder" if few else ""
    return InstallationPart("scratch", message, remedy, needed=False)


def _signing() -> InstallationPart:
    found = shutil.which("ssh-keygen")
    remedy = "" if found else "install OpenSSH, if runs are to be signed off"
    return InstallationPart("sign-offs", found or "there is no ssh-keygen", remedy, needed=False)
