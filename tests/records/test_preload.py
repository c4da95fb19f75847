"""The warm process holds modules and nothing else."""

import json
import os
import subprocess
import sys

import pytest

from investigate.records.processes import STEADY

pytestmark = pytest.mark.slow

LOOK = """
import json, os, sys, threading
from pathlib import Path
import investigate.records.preload as preload
print(json.dumps({
    "missing": [name for name in preload.USED if name not in sys.modules],
    "spared": [name for name in preload.SPARED if sys.modules[name] is not None],
    "inline": [name for name in sys.modules if "backend_inline" in name],
    "threads": [thread.name for thread in threading.enumerate()],
    "native": [
        name
        for task in Path("/proc/self/task").glob("*")
        if (name := (task / "comm").read_text().strip()) != "jemalloc_bg_thd"
    ][1:],
    "figures": sys.modules["matplotlib.pyplot"].get_fignums(),
}))
"""


def test_the_warm_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={**os.environ, **STEADY},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {
        "missing": [],
        "spared": [],
        "inline": [],
        "threads": ["MainThread"],
        # Arrow's allocator has a thread, and sees to it that forks do without.
        "native": [],
        "figures": [],
    }
    assert done.stderr == ""
