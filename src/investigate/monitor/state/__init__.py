"""What a watch has counted so far, in one DuckDB file: the only file of the kit that is altered.

The only place beside the log that knows an engine; its tables hold counts, never rows.
"""

from investigate.monitor.state.file import opened
from investigate.monitor.state.store import MonitorState, Stored

__all__ = ["MonitorState", "Stored", "opened"]
