"""The tables of `Counts` that a difficulty history adds."""

from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.log.groups import Groups
from investigate.log.pairs import Pair
from investigate.log.replay import tables
from investigate.log.replay.coverage import coverage
from investigate.log.replay.frame import Frame
from investigate.log.source import Engine
from investigate.question.question import Question


def replayed(
    counted: ibis.Table,
    groups: list[Groups],
    pairs: list[Pair],
    frame: Frame,
    seconds: int,
    question: Question,
    engine: Engine,
) -> dict[str, Any]:
    """``replay``, ``replay_slices``, ``values`` and ``writes`` of `Counts`, and ``meta``."""
    rows = counted.filter(_.scored, _.stretch.notnull())
    step = tables.width(frame)
    parts = [
        tables.replay(rows, frame, question, step),
        tables.candidates(rows, frame, question, step, engine),
    ]
    return {
        "replay": pd.concat([part for part in parts if part is not None], ignore_index=True),
        "replay_slices": tables.slices(rows, frame, groups, pairs, question, step),
        "values": tables.values(frame, question),
        "writes": tables.writes(frame, seconds, question),
        "meta": {
            "systems": frame.writes.systems,
            "formula": str(frame.formula),
            "freeze": frame.incident.freeze.isoformat(),
            "start": frame.incident.start.isoformat(),
            "end": frame.incident.end.isoformat(),
            "placebo": [frame.placebo.start.isoformat(), frame.placebo.end.isoformat()],
            "width": step,
            "unusable": frame.writes.unusable,
            "coverage": {**coverage(frame, question), "followed": _followed(rows, groups)},
        },
    }


def _followed(rows: ibis.Table, groups: list[Groups]) -> list[dict[str, Any]] | None:
    """By group of each column and ``stretch``: scores ``checked``, and those ``following``.

    Null where no ability says which follow from the history.
    """
    if "follows" not in rows.columns:
        return None
    known, found = rows.filter(_.follows.notnull()), list[dict[str, Any]]()
    for group in groups:
        sizes = known.group_by(group.code, "stretch").agg(
            checked=_.count(), following=_.follows.sum()
        )
        for one in sizes.order_by(group.code, "stretch").to_pyarrow().to_pylist():
            label = group.labels[int(one.pop(group.code))]
            system, cohort = (label, "") if group.name == "system" else ("", label)
            numbers = {name: int(value) for name, value in one.items()}
            found.append({"by": group.name, "system": system, "cohort": cohort, **numbers})
    return found
