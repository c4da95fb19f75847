"""Rows with the difficulty in force, what it says of the student, and every system's writes."""

from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _

from investigate.errors import InputError
from investigate.log.replay import arms
from investigate.log.replay.placed import with_counts, with_values
from investigate.log.replay.stretches import Stretch, stretch_of, stretches
from investigate.log.replay.writes import Writes, history
from investigate.log.source import Engine
from investigate.log.temporary import keep
from investigate.question.formula import LINEAR, LOGISTIC, Formula
from investigate.question.question import Question

TOLERANCE = 1e-3
"""A score follows from ability and difficulty when it is within this of the formula."""


@dataclass(frozen=True)
class Frame:
    """A log's rows beside its history.

    rows: with ``in_force`` and ``writer`` (null without a write), ``inner`` (the score where
    ability and difficulty add), ``stretch`` (0 placebo, 1 incident, else null), ``covered``
    (a value is there also when every system is frozen), ``follows`` (whether the score is what
    the formula makes of ability and difficulty; null where one of them is not known, and no column
    without an ability), and each system's real and frozen write as ``n{j}_*`` and ``f{j}_*``.
    """

    rows: ibis.Table
    writes: Writes
    formula: Formula
    placebo: Stretch
    incident: Stretch


def frame(rows: ibis.Table, question: Question, engine: Engine) -> Frame:
    """`rows` beside the question's history; raises `InputError` where they don't fit."""
    formula = _formula(rows, question)
    writes = history(question, engine)
    _require_items(rows, writes)
    if question.columns.system:
        _require_systems(rows, writes)
    placebo, incident = stretches(rows, writes, question)
    systems = writes.systems
    real = {f"n{j}": j for j in range(len(systems))}
    frozen = {f"f{j}": j for j in range(len(systems))}
    placed = with_counts(rows, writes, [placebo.freeze, incident.freeze])
    placed = placed.mutate(stretch=stretch_of(placebo, incident))
    placed = placed.mutate(
        **{f"f{j}": ibis.ifelse(_.stretch == 0, _[f"n{j}_0"], _[f"n{j}_1"]) for j in real.values()}
    )
    placed = placed.drop(*(f"n{j}_{m}" for j in real.values() for m in (0, 1)))
    placed = with_values(placed, writes, {**real, **frozen})
    placed = placed.mutate(
        inner=arms.inside(_.score, formula),
        in_force=arms.in_force(list(real), systems, question.precedence),
        writer=arms.writer(list(real), systems, question.precedence),
        covered=arms.in_force(list(frozen), systems, question.precedence).notnull(),
    )
    if question.columns.ability:
        placed = placed.mutate(follows=_follows(formula))
    return Frame(keep(placed), writes, formula, placebo, incident)


def _follows(formula: Formula) -> Any:
    inner = (
        formula.ability_slope * _.ability + formula.difficulty_slope * _.in_force + formula.constant
    )
    implied: Any = 1 / (1 + (-inner).exp()) if formula.logistic else inner
    return (implied - _.score).abs() <= TOLERANCE


def implied_ability(formula: Formula) -> Any:
    """The ability that a row's score and difficulty in force imply."""
    rest = _.inner - formula.constant - formula.difficulty_slope * _.in_force
    return rest / formula.ability_slope


def _require_items(rows: ibis.Table, writes: Writes) -> None:
    known = rows.filter(_["item"].notnull()).select("item").distinct()
    written_items = writes.table.select("item").distinct()
    sizes = [
        table.agg(n=_.count(), first=_["item"].min()).to_pyarrow().to_pylist()[0]
        for table in (known, written_items, written_items.semi_join(known, "item"))
    ]
    if sizes[0]["n"] and not sizes[2]["n"]:
        raise InputError(
            f"history.columns.item: none of the history's {sizes[1]['n']:,} items is one of the "
            f"log's {sizes[0]['n']:,}; the history writes {sizes[1]['first']!r}, the log "
            f"{sizes[0]['first']!r}; write ids alike in both"
        )


def _require_systems(rows: ibis.Table, writes: Writes) -> None:
    there = rows.filter(_.system.notnull()).select("system").distinct().order_by("system")
    known = [str(name) for name in there.to_pyarrow()["system"].to_pylist()]
    if known and not set(known) & set(writes.systems):
        history_names, log = (", ".join(map(repr, names[:3])) for names in (writes.systems, known))
        raise InputError(
            f"history.columns.system: none of the history's systems is one of the log's; the "
            f"history writes {history_names}, the log {log}; write names alike in both"
        )


def _formula(rows: ibis.Table, question: Question) -> Formula:
    scored = rows.filter(_.reason.isnull(), _.window >= 0)
    ends = scored.agg(low=_.score.min(), high=_.score.max()).to_pyarrow().to_pylist()[0]
    probable = ends["low"] >= 0 and ends["high"] <= 1
    if question.score_formula is None:
        return LOGISTIC if probable else LINEAR
    formula = Formula.parse(question.score_formula)
    if formula.logistic and not probable:
        raise InputError(
            f"score_formula: {formula} gives probabilities, and the scores run from "
            f"{ends['low']:.4g} to {ends['high']:.4g}; write the formula without logistic(…)"
        )
    return formula
