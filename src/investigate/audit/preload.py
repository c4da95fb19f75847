"""Imported once, in the process that kernels and their clients are forked from.

Modules only. ``matplotlib_inline.backend_inline`` must stay out: a kernel forked with it
loaded shows no figure, and says nothing.
"""

import signal
import sys

# A Ctrl-C at the terminal reaches every process; the runner alone acts on it.
signal.signal(signal.SIGINT, signal.SIG_IGN)

# jsonschema builds a second's worth of grammars with the first, for formats that notebooks
# do not use; the second is a debugger, for which a kernel in a run has no use either. Their
# users do without them where they are not installed.
for _name in ("rfc3987_syntax", "debugpy"):
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]

import IPython.core.debugger  # noqa: E402, F401
import IPython.core.pylabtools  # noqa: E402, F401
import ipykernel.debugger  # noqa: E402, F401
import ipykernel.ipkernel  # noqa: E402, F401
import ipykernel.kernelapp  # noqa: E402, F401
import matplotlib.backends.backend_agg  # noqa: E402, F401
import nbformat  # noqa: E402
import papermill  # noqa: E402, F401
import pyarrow.parquet  # noqa: E402, F401
import ruptures  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401
import seaborn  # noqa: E402, F401
import sklearn.linear_model  # noqa: E402, F401
import sklearn.metrics  # noqa: E402, F401

from investigate.audit import executed, page, worker  # noqa: E402, F401

# The first use of a schema or a template compiles it.
_notebook = nbformat.v4.new_notebook(
    cells=[
        nbformat.v4.new_markdown_cell("# *warm*"),
        nbformat.v4.new_code_cell(
            "1", outputs=[nbformat.v4.new_output("execute_result", {"text/html": "<p>1</p>"})]
        ),
    ]
)
page.page(nbformat.reads(nbformat.writes(_notebook), as_version=4), "warm")
