"""Imported once, in the warm process that all others of a run are forks of.

Modules only: no thread, no socket. ``matplotlib_inline.backend_inline`` must stay out: a
kernel forked with it loaded shows no figure, and says nothing.
"""

import gc
import importlib
import signal
import sys
from contextlib import suppress

USED = [
    "IPython.core.debugger",
    "IPython.core.pylabtools",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "investigate.analyses",
    "investigate.records.one_notebook",
    "investigate.records.sharing",
    "investigate.figures",
    "investigate.notebook",
    "matplotlib.backends.backend_agg",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
]
SPARED = ["rfc3987_syntax", "isoduration", "debugpy"]
"""Seconds' worth of grammars and calendars, for formats that no notebook uses, and a debugger;
jsonschema and ipykernel do without them where they are not installed."""

# A Ctrl-C at the terminal reaches every process; the runner alone acts on it.
signal.signal(signal.SIGINT, signal.SIG_IGN)
for name in SPARED:
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]
# What cannot be imported fails where it is used, and is reported there.
for name in USED:
    with suppress(Exception):
        importlib.import_module(name)
# The first use of a schema or a template compiles it.
with suppress(Exception):
    sys.modules["investigate.records.one_notebook"].rehearse()
# What forks share stays shared while their collectors leave it alone.
gc.collect()
gc.freeze()
