"""From a question to its counts, in the order in which it happens."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
import pyarrow as pa
from ibis import _

from investigate.counts.table import FOLDS, MISSING, Counts
from investigate.log import contract, prepared, tables
from investigate.log.bins import Bins, bins
from investigate.log.clusters import with_clusters
from investigate.log.coding import Coding
from investigate.log.defaults import with_defaulted
from investigate.log.events import events
from investigate.log.files import find
from investigate.log.floods import floods
from investigate.log.folds import fold, spread
from investigate.log.groups import Groups, groups, with_codes
from investigate.log.items import items
from investigate.log.joining import joined, losses
from investigate.log.outside import Outside
from investigate.log.prepared import Prepared
from investigate.log.progress import at
from investigate.log.repeats import with_copies, with_repeats
from investigate.log.replay.counted import replayed
from investigate.log.replay.frame import Frame, frame, implied_ability
from investigate.log.rows import REASONS, Rows, bucket_seconds, narrowed, read, wanted
from investigate.log.signals import signals
from investigate.log.slices import is_large
from investigate.log.slices import slices as slices_of
from investigate.log.source import Engine, readable
from investigate.log.steps import Steps
from investigate.log.sudden_values import Sudden, sudden_values, with_sudden
from investigate.log.sums import Sizes
from investigate.log.temporary import forget, keep, short, stored
from investigate.log.timeline import bucketed, cohort_timeline, some_between, timeline
from investigate.log.unjoined import unjoined
from investigate.log.weights import Weights, weighted
from investigate.question.question import Question

_WITHOUT_SCORE = [REASONS.index(reason) for reason in ("missing score", "non-finite score")]


Tables = Mapping[str, pa.Table]


def count(
    question: Question, given: Tables, examples: bool, once: Prepared | None = None
) -> Counts:
    """Read, judge, mark, bin, then count; see `investigate.log.count`.

    It tells how far it is; the shares are of the CPU that a log of 120,000 rows takes.
    """
    with Engine(given) as engine:
        log, weights = _read_once(question, engine, once)
        log, resent = with_copies(log, question)
        engine.expect(sum(size["rows"] for window, size in log.windows.items() if window >= 0))
        happened = events(question, engine)
        breaches = [*engine.breaches, *contract.breaches(log, question, examples)]
        at(f"{log.total:,} rows, scores into bins", 0.25)
        by = groups(log.table, question, log.coding)
        found = bins(log.within.filter(_.reason.isnull()))
        at(f"{log.total:,} rows, what is odd about them", 0.32)
        seconds = bucket_seconds(question)
        sudden = sudden_values(log.table, found.repeated, question, log.coding)
        lost = unjoined(log.table, by, found, log.coding, question, seconds)
        table, coding, beside = log.table, log.coding, None
        if question.history and weights is None:
            # A history names items and systems by their text.
            table = coding.with_texts(table, {"item": "item", "system": "system"})
            coding = coding.without("item", "system")
            beside = frame(table, question, engine)
            table = beside.rows
        at(f"{log.total:,} rows, clusters and folds", 0.5)
        alone = _rows_alone(breaches, log, question)
        known = _the_same_in_all(breaches, log, sudden)
        rows = _marked(table, found, sudden, question, coding, alone, known)
        steps = Steps.of(log, seconds, question.timezone)
        rows = bucketed(rows, seconds).mutate(step=steps.numbered(_.start))
        within = rows.filter(_.window >= 0)
        if log.inside is not None and beside is None:
            within = _marked(log.inside, found, sudden, question, coding, alone, known)
            within = bucketed(within, seconds).mutate(step=steps.numbered(_.start))
        inside = with_clusters(table, question, within, everyone=not alone)
        counted = _counted(with_codes(inside, by, coding), found, beside, by, question, known)
        elsewhere: ibis.Table | Outside | None = None
        between = False
        if log.windows.get(-1, {}).get("scored"):
            between = bool(by[1:]) and some_between(log.table, seconds, question)
            asked = by if between else by[:1]
            # What marks rows of this question alone is in no file of all rows.
            if beside is None and not (alone or resent) and sudden.marks.empty:
                elsewhere = Outside.of(log.ordered, question, steps, found, asked, coding)
            if elsewhere is None:
                elsewhere = _elsewhere(rows, asked, coding)
        most = _most(found, by, coding, known)
        everyone, odd = timeline(counted, elsewhere, by[0], steps, most)
        elsewhere = elsewhere if between else None
        timed = cohort_timeline(counted, elsewhere, by[1:], steps, most, question)
        forget(log.stored)
        at(f"{log.total:,} rows, groups", 0.57)
        least = question.thresholds.smallest_group
        sizes = tables.finest(counted, by, most)
        pairs = tables.pairs(by, sizes, least)
        added = replayed(counted, by, pairs, beside, seconds, question, engine) if beside else {}
        replay_meta = added.pop("meta", None)
        last, large = int(found.coarse.max()), is_large(found)
        if (crossed := tables.crossed(counted, by, least, last, large, most)) is not None:
            added["crossed"] = crossed
        sliced = slices_of(counted, by, pairs, found, most)
        slices, added = sliced.slices, {**added, **sliced.beside}
        kept = tables.arms(counted, slices, sizes, most)
        if weights is not None:
            slices, kept, everyone = (weights.as_floats(t) for t in (slices, kept, everyone))
            added = {name: weights.as_floats(table) for name, table in added.items()}
        breaches += contract.upside_down(slices)
        if timed is not None:
            added["cohort_timeline"] = timed if weights is None else weights.as_floats(timed)
        at(f"{log.total:,} rows, what groups share", 0.85)
        reasons = {breach["reason"] for breach in breaches}
        lacking = {part for part in ("item", "cluster") if f"missing {part}" in reasons}
        shared = signals(counted, slices, by, question, found.rate, most, lacking)
        if shared is not None:
            added["signals"] = shared
        at(f"{log.total:,} rows, items and days", 0.93)
        by_item, item_bands = items(counted, by, coding, most, large)
        plain = weights is None and question.columns.cluster is not None
        flooding = floods(counted, least) if plain else []
        return Counts(
            bins=found.table,
            slices=slices,
            arms=kept,
            facts=tables.facts(by, pairs, sizes),
            items=by_item,
            timeline=everyone,
            sudden_values=sudden.table,
            item_bands=item_bands,
            marked=odd,
            events=happened,
            meta={
                "fingerprint": question.fingerprint(),
                "rows": log.total,
                "excluded": contract.excluded(breaches),
                "breaches": [
                    {k: v for k, v in breach.items() if examples or k != "examples"}
                    for breach in breaches
                ],
                "clustered": question.columns.cluster is not None,
                "item": question.columns.item is not None,
                "bucket_seconds": seconds,
                "merged": {group.name: group.merged for group in by if group.merged},
                "replay": replay_meta,
                **({"floods": flooding} if flooding else {}),
                **({"resent": True} if resent else {}),
                **({"weights": weights.to_meta(question)} if weights else {}),
            },
            **added,
            **lost,
        )


def check(question: Question, given: Tables) -> list[dict[str, Any]]:
    """Read and judge alone; see `investigate.log.check`."""
    with Engine(given) as engine:
        log = with_copies(_read(question, engine)[0], question)[0]
        events(question, engine)
        return [*engine.breaches, *contract.breaches(log, question, examples=True)]


def _read_once(
    question: Question, engine: Engine, kept: Prepared | None
) -> tuple[Rows, Weights | None]:
    """As `_read`, or from what another question of the same log has kept of it."""
    path = kept.path(question) if kept else None
    if kept is None or path is None:
        return _read(question, engine)
    with kept.alone(path):
        if (found := prepared.find(path, question, engine)) is None:
            log, weights = _read(question, engine)
            prepared.keep(path, log, question, engine)
            return log, weights
    contract.require_comparable(found, question)
    return found, None


def _read(question: Question, engine: Engine) -> tuple[Rows, Weights | None]:
    files = find(question.log, "log")
    at("reading its rows", 0.0)
    source = engine.open(files, wanted=wanted(question), encoding=question.columns.encoding)
    with readable(files):
        untyped = files.kind == "CSV"
        source, odd = joined(narrowed(source, question), question, engine)
        log = read(source, question, untyped and question.outcomes is None)
    contract.require_comparable(log, question)
    odd += losses(log.table, question, log.coding, REASONS.index("missing outcome"))
    log, weights = replace(log, breaches=[*log.breaches, *odd]), None
    if question.columns.weight is not None:
        rows, weights = weighted(log.table, question)
        forget(log.stored)
        log = replace(log, table=rows, stored=rows)
    at(f"{log.total:,} rows, which are copies", 0.19)
    marked = with_repeats(log.table, question, log.total)
    if not stored(marked):
        return replace(log, table=short(marked)), weights
    forget(log.stored)
    return replace(log, table=marked, stored=marked), weights


def _rows_alone(breaches: list[dict[str, Any]], log: Rows, question: Question) -> bool:
    """Whether any row is a cluster of its own, as one without a cluster is."""
    if question.columns.cluster is None:
        return True
    return any(breach["reason"] == "missing cluster" for breach in breaches)


def _marked(
    rows: ibis.Table,
    found: Bins,
    sudden: Sudden,
    question: Question,
    coding: Coding,
    alone: bool,
    known: dict[str, bool],
) -> ibis.Table:
    """The scored rows, and the windows' rows without a score, with the marks of each."""
    rows = rows.mutate(scored=_.reason.isnull())
    rows = rows.filter(_.scored | (_.reason.isin(_WITHOUT_SCORE) & (_.window >= 0)))
    rows = found.placed(rows, scored="scored" in known)
    if alone:
        text_columns = {"text of item": "item", "text of system": "system"}
        rows = coding.with_texts(rows, text_columns)
        rows = rows.mutate(**{"text of system": rows["text of system"].fill_null(MISSING)})
        texts = ("text of item", "text of system")
        rows = rows.mutate(fold=fold(rows, question, texts))
        apart = [
            "score",
            "ability",
            "weight",
            "repeat",
            *(f"cohort{i}" for i in range(len(question.cohorts))),
        ]
        rows = spread(rows, question, apart, texts)
    else:
        rows = rows.mutate(fold=_.cluster_fold)
    if not sudden.marks.empty:
        return with_sudden(rows, sudden, question, coding)
    return rows.mutate(sudden=False)


def _most(found: Bins, by: list[Groups], coding: Coding, known: dict[str, bool]) -> Sizes:
    """How many numbers there are of each column of numbers of the counted rows."""
    marks = {"repeat": "repeats", "defaulted": "defaulted"}
    own = {
        "window": 2,
        "fold": FOLDS,
        "bin": len(found.coarse),
        "coarse": int(found.coarse.max()) + 1,
    }
    named = [name for name in ("item", "cluster") if name in coding.columns]
    own |= {name: coding.columns[name].size for name in named}
    own |= {mark: 1 if name in known else 2 for name, mark in marks.items()}
    return {**own, **{group.code: len(group.labels) for group in by}}


def _the_same_in_all(breaches: list[dict[str, Any]], log: Rows, sudden: Sudden) -> dict[str, bool]:
    """What is the same in all rows of the windows, which need not be kept for each."""
    windows = [size for window, size in log.windows.items() if window >= 0]
    same = {} if any(size["scored"] < size["rows"] for size in windows) else {"scored": True}
    if not any(breach["reason"] == "duplicate rows" for breach in breaches):
        same["repeat"] = False
    return same | ({"defaulted": False} if sudden.marks.empty else {})


def _counted(
    rows: ibis.Table,
    found: Bins,
    beside: Frame | None,
    by: list[Groups],
    question: Question,
    known: dict[str, bool],
) -> ibis.Table:
    """The `rows` of the windows, with all that is counted; `known` is not kept for each.

    What turns out not to be the same in all is known no more.
    """
    counted = ["step", "window", "outcome", "item", "scored", "repeat", "seasoned", "returning"]
    counted += ["rate", *(["weight"] if "weight" in rows.columns else [])]
    counted += ["bin", "coarse", *(group.code for group in by), "cluster", "fold"]
    if beside:
        counted += ["time", "inner", "in_force", "covered", "stretch"]
        writes = [f"{kind}{j}_" for kind in "nf" for j in range(len(beside.writes.systems))]
        counted += [name for name in rows.columns if name.startswith(tuple(writes))]
        counted += ["follows"] if "follows" in rows.columns else []
    ability = implied_ability(beside.formula) if beside else None
    judged: list[str] = []
    if question.columns.ability or ability is not None or found.some_repeat:
        judged = ["score", "system", "reason", *(["ability"] if question.columns.ability else [])]
    # Short queries of a stored table are quicker to write as well as to run.
    numbers = ["bin", "coarse", *(group.code for group in by if len(group.labels) < 2**15)]
    rows = rows.mutate(**{name: rows[name].cast("int16") for name in numbers})
    rows = rows.mutate(defaulted=_.sudden)
    kept = keep(rows.select(n for n in [*counted, *judged, "defaulted"] if n not in known))
    there = kept
    if known:
        there = short(kept.mutate(**{name: ibis.literal(value) for name, value in known.items()}))
    if not judged:
        return there
    marked = with_defaulted(there, found.repeated, question, ability)
    if marked is there:
        return there
    known.pop("defaulted", None)
    selected = keep(marked.select(*counted, "defaulted"))
    forget(kept)
    return selected


def _elsewhere(rows: ibis.Table, by: list[Groups], coding: Coding) -> ibis.Table:
    """The scored rows of neither window, which the timelines alone count."""
    weight = ["weight"] if "weight" in rows.columns else []
    counted = ["step", "outcome", *weight, "coarse", *(group.code for group in by), "fold"]
    return with_codes(rows.filter(_.window < 0), by, coding).select(
        *counted, "repeat", defaulted=_.sudden
    )
