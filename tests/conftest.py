"""What holds for all tests."""

import ctypes
import gc
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Seconds' worth of grammars for a format that no notebook uses; jsonschema does without them
# where they are not installed.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# What a run of yesterday counted answers no test.
os.environ["INVESTIGATE_CACHE"] = "off"

# The same examples everywhere and every time, and no test that fails on a slow machine.
settings.register_profile("kit", derandomize=True, deadline=None)
settings.load_profile("kit")

# Ibis makes many short-lived objects; looking through them less often saves a twelfth of the time.
gc.set_threshold(50_000, 20, 50)

HERE = str(Path(__file__).parent)
SLOW = "\npytestmark = pytest.mark.slow\n"

MEMORY = pytest.StashKey[dict[str, int]]()
MOST_MEMORY = 500
"""MB of its own that a worker should hold at most."""
MUCH = 10
"""MB that a module may leave without being looked after."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files of slow tests alone where none is asked for: importing them takes time."""
    unasked = config.getoption("markexpr") == "not slow" and collection_path.suffix == ".py"
    return True if unasked and SLOW in collection_path.read_text(encoding="utf-8") else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test with many cases, mark those slow that are beyond its first ``quick_cases``."""
    seen: Counter[object] = Counter()
    for item in items:
        if marker := item.get_closest_marker("quick_cases"):
            seen[function := getattr(item, "function", None)] += 1
            if seen[function] > marker.args[0]:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """The machine's own Chromium; it ends with a module, since two at once cannot be driven."""
    from watched import chromium

    with chromium() as running:
        yield running


def own_memory(which: str = "VmHWM") -> int:
    """The most memory, in MB, that this process held, but for files that processes share.

    With ``VmRSS``, what it holds now.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    held = {name: int(kb) for name, kb in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}
    return (held[which] - held["RssFile"]) // 1024


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep what a worker says of itself as it ends."""
    if "memory" in (output := getattr(node, "workeroutput", {})):
        node.config.stash.setdefault(MEMORY, {})[node.gateway.id] = output["memory"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pass on how much memory a worker held: what tests keep, all later tests pay for."""
    if sys.platform == "linux" and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["memory"] = own_memory()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how much memory each worker held."""
    if held := config.stash.get(MEMORY, {}):
        memory = ", ".join(f"{worker} {mb} MB" for worker, mb in sorted(held.items()))
        terminalreporter.write_line(f"most memory held: {memory}; {MOST_MEMORY} are aimed at")


@pytest.fixture(autouse=True, scope="module")
def memory_given_back() -> Iterator[None]:
    """A worker runs a hundred modules; what one of them leaves goes back to the system.

    Looking through all objects takes a third of a second, so only where a module left much.
    """
    before = own_memory("VmRSS") if sys.platform == "linux" else 0
    yield
    if sys.platform == "linux" and own_memory("VmRSS") - before < MUCH:
        return
    for module in list(sys.modules.values()):
        if (getattr(module, "__file__", None) or "").startswith(HERE):
            for one in list(vars(module).values()):
                if hasattr(one, "cache_clear"):
                    one.cache_clear()
    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        # The C library keeps freed memory; where it is another one there is no such call.
        getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)(0)
