"""Why did the AUC of a production score fall: a question goes in, an audited answer comes out."""

from importlib.metadata import version

__version__ = version("investigate")
