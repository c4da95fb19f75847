"""From a question to its counts, in the order in which it happens."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
import pyarrow as pa
from ibis import _

from investigate.counts.table import Counts
from investigate.log import contract, tables
from investigate.log.bins import Bins, bins
from investigate.log.defaults import with_defaulted, with_seasoned
from investigate.log.events import events
from investigate.log.files import find
from investigate.log.folds import fold
from investigate.log.groups import Groups, groups, with_codes
from investigate.log.joining import joined, losses
from investigate.log.repeats import with_repeats
from investigate.log.replay.counted import replayed
from investigate.log.replay.frame import Frame, frame, implied_ability
from investigate.log.rows import REASONS, Rows, bucket_seconds, narrowed, read, wanted
from investigate.log.signals import signals, with_clusters
from investigate.log.source import Engine, readable
from investigate.log.sudden_values import Sudden, sudden_values, with_sudden
from investigate.log.temporary import keep
from investigate.log.timeline import cohort_timeline, marked, timeline
from investigate.question.question import Question

_WITHOUT_SCORE = [REASONS.index(reason) for reason in ("missing score", "non-finite score")]


Tables = Mapping[str, pa.Table]


def count(question: Question, given: Tables, examples: bool) -> Counts:
    """Read, judge, mark, bin, then count; see `investigate.log.count`."""
    with Engine(given) as engine:
        log = _read(question, engine)
        happened = events(question, engine)
        breaches = [*engine.breaches, *contract.breaches(log, question, examples)]
        by = groups(log.table, question)
        found = bins(log.table.filter(_.reason.isnull()))
        seconds = bucket_seconds(question)
        beside = frame(log.table, question, engine) if question.history else None
        sudden = sudden_values(log.table, found.values, question)
        counted = _counted(log.table, by, found, beside, sudden, question)
        least = question.thresholds.smallest_group
        pairs = tables.pairs(counted, by, least)
        added = replayed(counted, by, pairs, beside, seconds, question, engine) if beside else {}
        told = added.pop("meta", None)
        if (crossed := tables.crossed(counted, by, least)) is not None:
            added["crossed"] = crossed
        slices = tables.slices(counted, by, pairs)
        breaches += contract.upside_down(slices)
        if (timed := cohort_timeline(counted, by[1:], seconds, question)) is not None:
            added["cohort_timeline"] = timed
        if (shared := signals(counted, slices, by, question)) is not None:
            added["signals"] = shared
        return Counts(
            bins=found.table,
            slices=slices,
            arms=tables.arms(counted),
            facts=tables.facts(counted, by, pairs),
            items=tables.items(counted, by),
            timeline=timeline(counted, by[0], seconds),
            sudden_values=sudden.table,
            item_bands=tables.item_bands(counted, by[0]),
            marked=marked(counted, by[0], seconds),
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
                "replay": told,
            },
            **added,
        )


def check(question: Question, given: Tables) -> list[dict[str, Any]]:
    """Read and judge alone; see `investigate.log.check`."""
    with Engine(given) as engine:
        log = _read(question, engine)
        events(question, engine)
        return [*engine.breaches, *contract.breaches(log, question, examples=True)]


def _read(question: Question, engine: Engine) -> Rows:
    files = find(question.log, "log")
    source = engine.open(files, wanted=wanted(question), encoding=question.columns.encoding)
    with readable(files):
        untyped = files.kind == "CSV"
        source, odd = joined(narrowed(source, question), question, engine)
        log = read(source, question, untyped and question.outcomes is None)
    contract.require_comparable(log, question)
    odd += losses(log.table, question, REASONS.index("missing outcome"))
    breaches = [*log.breaches, *odd]
    return replace(log, table=with_repeats(log.table, question), breaches=breaches)


def _counted(
    rows: ibis.Table,
    by: list[Groups],
    found: Bins,
    beside: Frame | None,
    sudden: Sudden,
    question: Question,
) -> ibis.Table:
    """The scored rows, and the windows' rows without a score, with all that is counted."""
    ability = implied_ability(beside.formula) if beside else None
    rows = with_seasoned(beside.rows if beside else rows, question)
    rows = with_sudden(rows, sudden, question)
    rows = with_defaulted(rows, found.values, question, ability)
    rows = rows.mutate(scored=_.reason.isnull())
    rows = rows.filter(_.scored | (_.reason.isin(_WITHOUT_SCORE) & (_.window >= 0)))
    rows = with_codes(with_clusters(rows), by).left_join(found.places, "score")
    counted = ["start", "window", "outcome", "item", "scored", "repeat", "seasoned", "defaulted"]
    counted += ["returning"]
    counted += ["bin", "coarse", *(group.code for group in by)]
    if beside:
        counted += ["time", "inner", "in_force", "covered", "stretch"]
        writes = [f"{kind}{j}_" for kind in "nf" for j in range(len(beside.writes.systems))]
        counted += [name for name in rows.columns if name.startswith(tuple(writes))]
    # Only the windows' rows are compared with others of their cluster.
    cluster = ibis.ifelse(rows.window >= 0, rows.cluster, None)
    return keep(rows.select(*counted, cluster=cluster, fold=fold(rows, question)))
