"""Imported once, in the warm process: what notebooks need, and what reads logs."""

import atexit
import gc
import importlib
import os
from contextlib import suppress

for name in ("investigate.records.preload", "investigate.log.counting", "investigate.batch.one"):
    # What cannot be imported fails where it is used, and is reported there.
    with suppress(Exception):
        importlib.import_module(name)
WARM = os.getpid()


def _leave() -> None:
    # The engine's modules would tell the terminal what they left in memory.
    if os.getpid() == WARM:
        os._exit(0)


atexit.register(_leave)
gc.collect()
gc.freeze()
