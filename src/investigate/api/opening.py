"""A question from whatever it is handed in as: a table, a file, a mapping, or a question."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from investigate import log as logs
from investigate.api import by_name
from investigate.api.given import plain, shown
from investigate.api.investigation import Every, Investigation, as_window
from investigate.counts.memory import SHARED
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.paths import COUNTS_VARIABLE, RecordPaths
from investigate.question import params
from investigate.question.question import Question

PLACE = "investigate.open"
PARAMS = (".yml", ".yaml")


def open(
    source: Any,
    /,
    *,
    time: str | None = None,
    outcome: str | None = None,
    score: str | None = None,
    system: str | None = None,
    item: str | None = None,
    cluster: str | None = None,
    ability: str | None = None,
    columns: Mapping[str, str] | None = None,
    baseline: Any = None,
    incident: Any = None,
    cohorts: Any = None,
    log: Any = None,
    history: Any = None,
    precedence: Any = None,
    score_formula: str | None = None,
    replay: Any = None,
    events: Any = None,
    thresholds: Mapping[str, Any] | None = None,
    timezone: str | None = None,
    where: Mapping[str, Any] | None = None,
    every: Every | None = None,
    case: str | None = None,
    bands: Mapping[str, Any] | None = None,
    outcomes: Mapping[str, Any] | None = None,
) -> Investigation:
    """Ask a question of a log: count it once, then ask one thing after another.

    Parameters
    ----------
    source : DataFrame, Ibis or Arrow table, Question, Investigation, mapping, str or path
        A table is the log itself. A path is a params file (``.yml``), the folder of a record,
        or a log (Parquet, CSV or DuckDB). A mapping holds the keys of a params file, such as
        ``globals()`` of a notebook; its ``params`` may name such a file.
    time, outcome, score : str
        Columns of the log: when a row was scored, 0 or 1, and any real number of which a
        higher one means that 1 is likelier.
    system, item, cluster, ability : str, optional
        Columns: which system's value was in force, what was answered, whom rows depend on
        (such as the user), and the user's estimated ability.
    columns : mapping, optional
        The same as one mapping from part to column; also ``weight``, how much a row counts in AUC.
    baseline, incident : pair of date, datetime or str
        The windows that are compared; the end is not in them.
    cohorts : str or sequence of str, optional
        Columns whose groups are looked at.
    log : table or path, optional
        The log of a question that names none at hand, such as a table of an earlier session.
    history : table, path or mapping, optional
        Every value that a system wrote: ``time``, ``item``, ``system``, ``difficulty``.
    precedence, score_formula, replay, events, thresholds, timezone, where, every, case
        As in a params file; `events` may be a table with ``time`` and ``label``.

    bands, outcomes : mapping, optional
        As in a params file; the ``log`` of `outcomes` may be a table.

    Returns
    -------
    Investigation
        The question with its counts. Keywords go before what `source` says.

    Raises
    ------
    InputError
        One line that says what is wrong, where, and the remedy.

    Examples
    --------
    >>> import investigate
    >>> found = investigate.open(
    ...     investigate.example_log(), time="time", outcome="outcome", score="score",
    ...     system="system", item="exercise", cluster="student", cohorts=["country"],
    ...     baseline=("2024-01-01", "2024-01-29"), incident=("2024-01-29", "2024-02-12"),
    ... )
    >>> print(found.verdict().sentence)
    Suspect in rules: ...
    """
    if columns is not None and not isinstance(columns, Mapping):
        wanted = "expected a mapping such as {'time': 'scored_at'}"
        raise InputError(f"{PLACE}: columns: {wanted}, got {shown(columns)}")
    given = {
        "baseline": as_window(baseline),
        "incident": as_window(incident),
        "cohorts": [cohorts] if isinstance(cohorts, str) else cohorts,
        "log": log,
        "history": history,
        "precedence": precedence,
        "score_formula": score_formula,
        "replay": replay,
        "events": events,
        "thresholds": thresholds,
        "timezone": timezone,
        "where": where,
        "every": every,
        "case": case,
        "bands": bands,
        "outcomes": outcomes,
    }
    given = {name: value for name, value in given.items() if value is not None}
    parts = {
        "time": time,
        "outcome": outcome,
        "score": score,
        "system": system,
        "item": item,
        "cluster": cluster,
        "ability": ability,
    }
    values, tables, folder = _base(source)
    named = {name: column for name, column in parts.items() if column is not None}
    if columns is not None or named:
        given["columns"] = {**(columns or values.get("columns") or {}), **named}
    values = {"case": "notebook", **values, **given}
    for name in ("baseline", "incident"):
        if name in values:
            values[name] = as_window(values[name])
    question = params.from_values(_held(values, tables), _place(source))
    return Investigation(question, _recorded(folder, question), tables)


def asked(source: Any) -> tuple[Question, dict[str, Any], str | None]:
    """The question that `open` would ask of `source`, not counted; its tables in memory by hash.

    Last the path, where it is a params file or a record. Raises `InputError` as `open` does.
    """
    if isinstance(source, Investigation):
        return source.question, dict(source.tables), None
    if logs.is_table(source):
        raise InputError(
            "investigate.explore: a table alone asks nothing; open it first, as in "
            "explore(investigate.open(table, time=..., outcome=..., score=..., ...))"
        )
    values, tables, _folder = _base(source)
    question = params.from_values(_held({"case": "notebook", **values}, tables), _place(source))
    return question, tables, str(source) if isinstance(source, str | Path) else None


def _base(source: Any) -> tuple[dict[str, Any], dict[str, Any], Path | None]:
    """What `source` says, the tables that it holds, and the folder of counts that may fit."""
    if isinstance(source, Investigation):
        return source.question.parameters(), dict(source.tables), None
    if isinstance(source, Question):
        return source.parameters(), {}, None
    if isinstance(source, Mapping):
        folder = os.environ.get(COUNTS_VARIABLE)
        return by_name.values(source), {}, Path(folder) if folder else None
    if logs.is_table(source):
        return {"log": source}, {}, None
    if isinstance(source, str | Path):
        path = Path(source)
        if (record := RecordPaths(path)).record.is_file():
            return params.load(record.question).parameters(), {}, record.counts
        if path.suffix.lower() in PARAMS:
            return params.load(path).parameters(), {}, None
        if path.suffix:
            return {"log": str(source)}, {}, None
        raise InputError(
            f"{PLACE}: {str(source)!r} is neither a params file (.yml), a log (.parquet, .csv, "
            ".duckdb) nor the folder of a record"
        )
    raise InputError(
        f"{PLACE}: expected a table, a path, a question or a mapping of its keys, "
        f"got {shown(source)}; pandas.DataFrame(...) makes a table of rows"
    )


def _place(source: Any) -> str:
    return by_name.PLACE if isinstance(source, Mapping) else PLACE


def _held(values: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """`values` with each table replaced by what names it, and put into `tables`."""

    def held(value: Any, part: str) -> Any:
        if isinstance(value, Path):
            return str(value)
        if not logs.is_table(value):
            return value
        source, table = logs.hold(value, part)
        tables[source.in_memory] = table
        return source.model_dump()

    converted = dict(values)
    for name in ("log", "history"):
        if name in converted:
            converted[name] = held(converted[name], name)
    history = converted.get("history")
    if isinstance(history, Mapping) and "in_memory" in history:
        converted["history"] = {"log": history}
    elif isinstance(history, Mapping) and "log" in history:
        converted["history"] = {**history, "log": held(history["log"], "history")}
    outcomes = converted.get("outcomes")
    if isinstance(outcomes, Mapping) and "log" in outcomes:
        converted["outcomes"] = {**outcomes, "log": held(outcomes["log"], "outcomes")}
    converted["replay"] = _replayed(converted.get("replay"), held)
    if logs.is_table(converted.get("events")):
        converted["events"] = _events(converted["events"])
    return {name: _plain(name, value) for name, value in converted.items() if value is not None}


def _plain(name: str, value: Any) -> Any:
    """`value` with lists in place of arrays; raises `InputError` for a table within it."""
    if isinstance(value, Mapping):
        return {key: _plain(f"{name}.{key}", inner) for key, inner in value.items()}
    value = plain(value)
    if isinstance(value, list):
        return [_plain(name, inner) for inner in value]
    if logs.is_table(value):
        remedy = _REMEDIES.get(name, "write plain values")
        raise InputError(f"{PLACE}: {name}: {shown(value)} cannot stand here; {remedy}")
    return value


_REMEDIES = {
    "outcomes": "write {'log': that table, 'columns': {'key': ..., 'outcome': ...}}",
    "replay": "write [{'name': ..., 'system': ..., 'history': that table}]",
}
"""How a table is given to these keys."""


def _replayed(replay: Any, held: Any) -> Any:
    arms = replay.get("arms") if isinstance(replay, Mapping) else replay
    if not isinstance(arms, list | tuple):
        return replay
    known = [
        {**arm, "history": held(arm.get("history"), f"replay.arms[{number}].history")}
        if isinstance(arm, Mapping)
        else arm
        for number, arm in enumerate(arms)
    ]
    return {**replay, "arms": known} if isinstance(replay, Mapping) else known


def _events(value: Any) -> list[dict[str, Any]]:
    table = logs.hold(value, "events")[1]
    missing = [name for name in ("time", "label") if name not in table.column_names]
    if missing:
        raise InputError(f"events: the table has no column {missing[0]!r}; it needs time and label")
    names = [name for name in ("time", "label", "system") if name in table.column_names]
    return [{**row, "label": str(row["label"])} for row in table.select(names).to_pylist()]


def _recorded(folder: Path | None, question: Question) -> Counts | None:
    """The counts in `folder`, where they are those of `question`."""
    if folder is None or not (folder / "meta.json").is_file():
        return None
    counts = SHARED.get(folder.resolve()) or Counts.load(folder)
    return counts if counts.meta["fingerprint"] == question.fingerprint() else None
