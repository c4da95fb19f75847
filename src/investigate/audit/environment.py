"""What a run depended on besides its inputs: the code, the interpreter, the packages."""

import os
import platform
import subprocess
import tomllib
from importlib import metadata
from typing import Any

from investigate.paths import PACKAGE, PROJECT


def version() -> str:
    """The kit's version."""
    try:
        return metadata.version("investigate")
    except metadata.PackageNotFoundError:
        # Run from a checkout that nobody installed.
        text = (PROJECT / "pyproject.toml").read_text("utf-8")
        return str(tomllib.loads(text)["project"]["version"])


def environment() -> dict[str, Any]:
    """Python, platform and every installed distribution, by name."""
    distributions = {
        distribution.metadata["Name"]: distribution.version
        for distribution in metadata.distributions()
        if distribution.metadata["Name"]
    }
    return {
        "investigate": version(),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "distributions": dict(sorted(distributions.items(), key=lambda item: item[0].lower())),
    }


def code() -> dict[str, Any]:
    """Commit of the checkout that the kit runs from, and whether it was changed since."""
    if PACKAGE.parent.name != "src" or _git("rev-parse", "--show-prefix") != "src/investigate/":
        return {"commit": None, "dirty": None}
    status = _git("status", "--porcelain")
    return {"commit": _git("rev-parse", "--verify", "HEAD"), "dirty": None if status is None else bool(status)}


def _git(*arguments: str) -> str | None:
    # A hook's GIT_DIR names another repository; without optional locks, reading writes nothing.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=PACKAGE, env=settings, capture_output=True, text=True, timeout=60
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
