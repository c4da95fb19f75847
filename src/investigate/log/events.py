"""What happened when: deploys and changes of configuration, listed or in a file."""

from typing import Any

import ibis
import pandas as pd

from investigate.errors import InputError
from investigate.log import casts
from investigate.log.files import find
from investigate.log.source import Engine, column, readable
from investigate.question.question import Question, Window


def events(question: Question, engine: Engine) -> pd.DataFrame:
    """``time`` (UTC), ``label`` and ``system`` (empty: all) of each event, in order.

    A file has the columns time and label, and may have system. Raises `InputError` for
    an event without a time that can be read or without a label.
    """
    found: list[dict[str, Any]]
    if isinstance(question.events, str):
        found = _from_file(question.events, question.timezone, engine)
    else:
        found = [
            {
                "time": Window(start=e.time, end=e.time).bounds(question.timezone)[0],
                "label": e.label,
                "system": e.system or "",
            }
            for e in question.events or ()
        ]
    frame = pd.DataFrame(found, columns=["time", "label", "system"])
    frame = frame.astype({"time": "datetime64[us, UTC]", "label": "str", "system": "str"})
    return frame.sort_values(["time", "label", "system"], ignore_index=True)


def _from_file(path: str, timezone: str, engine: Engine) -> list[dict[str, Any]]:
    files = find(path, "events")
    table = engine.open(files, wanted=("time", "label", "system"))
    with readable(files):
        system: Any = ibis.literal("")
        if "system" in table.columns:
            system = casts.label(table["system"]).fill_null("")
        found = table.select(
            time=casts.moment(column(table, "time", "events", "file"), "events", timezone).value,
            label=casts.label(column(table, "label", "events", "file")),
            system=system,
        )
        rows = found.to_pyarrow().to_pylist()
    for part in ("time", "label"):
        if lacking := sum(row[part] is None for row in rows):
            raise InputError(
                f"events: {files.written!r} has {lacking} rows without a {part} that can be read"
            )
    return rows
