"""Why did the AUC of a production score fall: a question and a log go in, an answer comes out.

Start from a table that holds a time, an outcome (0 or 1) and a score in each row:

>>> import investigate
>>> log = investigate.example_log()
>>> found = investigate.open(
...     log, time="time", outcome="outcome", score="score",
...     system="system", item="exercise", cluster="student", cohorts=["country"],
...     baseline=("2024-01-01", "2024-01-29"), incident=("2024-01-29", "2024-02-12"),
... )

How far did AUC fall, and what explains it?

>>> found.drop()
Finding 'drop': AUC fell from 0.833 ...
>>> print(found.verdict().sentence)
Suspect in rules: ...

Every finding has its numbers, its table and its figure:

>>> found.drop().numbers["change"].excludes_zero
True
>>> found.contributions("country").to_frame().columns[:2].tolist()
['group', 'contribution']
>>> figure = found.suspects().plot()

Ask the same of a slice, or of another week:

>>> german = found.where(country="DE")
>>> later = found.between("2024-02-05", "2024-02-12")

The arithmetic alone, on arrays:

>>> window = log["time"] >= "2024-01-29"
>>> investigate.decompose(log["outcome"], log["score"], log["system"], window)
Decomposition: AUC 0.833...

`investigate.explore(found)` shows it as a page on which both windows can be dragged.
`found.to_params("question.yml")` writes the question down, `investigate.run(found)` leaves a
record of executed notebooks that others can check, and `investigate.load(folder)` reads one.
A mistake is an `InputError`: one line that says what, where and the remedy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from investigate.api.arrays import Decomposition, auc_interval, decompose
    from investigate.api.example import example_log
    from investigate.api.investigation import Investigation
    from investigate.api.opening import open
    from investigate.counts.table import Counts
    from investigate.errors import InputError, RunError
    from investigate.explorer.exploring import Explorer, explore
    from investigate.finding import Estimate, Finding
    from investigate.question.question import Question
    from investigate.records.from_python import Record, load, run

__version__: str

__all__ = [
    "Counts",
    "Decomposition",
    "Estimate",
    "Explorer",
    "Finding",
    "InputError",
    "Investigation",
    "Question",
    "Record",
    "RunError",
    "auc_interval",
    "decompose",
    "example_log",
    "explore",
    "load",
    "open",
    "run",
]

_HOMES = {
    "Counts": "counts.table",
    "Decomposition": "api.arrays",
    "Estimate": "finding",
    "Explorer": "explorer.exploring",
    "Finding": "finding",
    "InputError": "errors",
    "Investigation": "api.investigation",
    "Question": "question.question",
    "Record": "records.from_python",
    "RunError": "errors",
    "auc_interval": "api.arrays",
    "decompose": "api.arrays",
    "example_log": "api.example",
    "explore": "explorer.exploring",
    "load": "records.from_python",
    "open": "api.opening",
    "run": "records.from_python",
}
"""Where each name is defined; imported when it is first used, so that importing this is quick."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("investigate")
    elif name in _HOMES:
        value = getattr(import_module(f"investigate.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'investigate' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
