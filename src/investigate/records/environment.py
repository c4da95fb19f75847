"""What a run depended on besides its inputs: the code, the interpreter, the packages."""

import os
import platform
import subprocess
from importlib import metadata
from typing import Any

from investigate import __version__, zones
from investigate.paths import PACKAGE


def environment() -> dict[str, Any]:
    """Python, platform, the database of time zones and every installed distribution, by name."""
    distributions = {
        distribution.metadata["Name"]: distribution.version
        for distribution in metadata.distributions()
        if distribution.metadata["Name"]
    }
    return {
        "investigate": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "zone_database": zones.database(),
        "distributions": dict(sorted(distributions.items(), key=lambda item: item[0].lower())),
    }


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
