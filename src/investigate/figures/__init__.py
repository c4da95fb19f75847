"""Findings become figures: the title is the claim; one idea a file.

A function of a module of this package that ``@draws`` findings is a figure and can be had from
here; nothing else registers it. `cohorts` draws several findings at once.
"""

from importlib import import_module
from pkgutil import iter_modules

from investigate.figures.cohorts import cohorts as cohorts
from investigate.finding import drawings

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
_FOUND = {
    name: figure
    for known in drawings().values()
    for name, figure in known.items()
    if figure.__module__.startswith(f"{__name__}.")
}
# A module is an attribute of its package; the figure takes its place.
globals().update(_FOUND, cohorts=cohorts)

__all__ = sorted({"cohorts", *_FOUND})
