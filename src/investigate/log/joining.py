"""Outcomes of a table of their own, joined to the log by a key.

Each row of the log keeps its place: it gets the outcome of its key, or none. A key that stands
twice with one outcome counts once; one with two outcomes has none. What was doubled, at odds or
unmatched is counted. That a join fails where it did not before, in a system or in a cohort, looks
like another population: it is noted with its share.
"""

from collections.abc import Iterator
from math import sqrt
from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.errors import InputError
from investigate.log import casts, texts
from investigate.log.coding import Coding
from investigate.log.files import find
from investigate.log.local import UTC_TIME
from investigate.log.rows import wanted as wanted_of
from investigate.log.source import Engine, column, readable
from investigate.log.temporary import keep
from investigate.question.question import Question, in_utc

Breach = dict[str, Any]

WORSE, SURELY, MOST = 0.05, 4.0, 3
"""A share of lost outcomes that rose by so much, by so many standard errors, is noted; of the
groups so many, those that lost most rows first."""
BEYOND = 1.5
"""How many times the rise of all rows a group's is, for the join to fail there and not all over."""


def joined(log: ibis.Table, question: Question, engine: Engine) -> tuple[ibis.Table, list[Breach]]:
    """`log` with the outcomes of the question's table, and what is odd about the join.

    Raises `InputError` where a column does not exist or cannot be read.
    """
    asked = question.outcomes
    if asked is None:
        return log, []
    names = asked.columns
    require_own_name(question)
    outcomes = observed(question, engine, moments=asked.as_of is not None)
    with readable(find(asked.log, "outcomes")):
        if asked.as_of is not None:
            until = ibis.literal(in_utc(asked.as_of, question.timezone), type=UTC_TIME)
            outcomes = outcomes.filter((_.seen < until).fill_null(False))
        by_key = keep(
            outcomes.filter(_.key.notnull())
            .group_by("key")
            .agg(rows=_.count(), kinds=_.outcome.nunique(), outcome=_.outcome.min())
        )
    own = key(column(log, question.columns.key or names.key, "columns.key"))
    left = [n for n in wanted_of(question) if n in log.columns and not _alike(n, names.outcome)]
    rows = keep(log.select(*left, **{_KEY: own}))
    found_outcomes = by_key.select(
        **{_KEY: _.key, names.outcome: ibis.ifelse(_.kinds > 1, None, _.outcome), _FOUND: True}
    )
    whole = keep(rows.left_join(found_outcomes, _KEY).drop(f"{_KEY}_right"))
    found = _odd(by_key, whole)
    return whole.drop(_KEY, _FOUND), found


def require_own_name(question: Question) -> None:
    """Raises `InputError` where the joined outcome and a column of the log would be one."""
    assert question.outcomes is not None
    name, parts = question.outcomes.columns.outcome, question.columns.parts()
    del parts["outcome"]
    asked = [(f"columns.{part}", own) for part, own in parts.items()]
    for where, own in [*asked, *(("cohorts", cohort) for cohort in question.cohorts)]:
        if _alike(own, name):
            raise InputError(
                f"outcomes.columns.outcome: {name!r} is what {where} calls a column of the log; "
                "rename one of the two"
            )


def _alike(one: str, other: str) -> bool:
    # The engine tells no names apart that differ in case alone.
    return one.lower() == other.lower()


def observed(question: Question, engine: Engine, moments: bool) -> ibis.Table:
    """The question's table of outcomes: ``key``, ``outcome`` and, with `moments`, ``seen`` (UTC).

    Raises `InputError` where a column does not exist or cannot be read.
    """
    asked = question.outcomes
    assert asked is not None
    names, wanted = asked.columns, list(asked.columns.parts().values())
    files = find(asked.log, "outcomes")
    table = engine.open(files, wanted=wanted, encoding=names.encoding)
    with readable(files):
        given = {p: column(table, n, f"outcomes.columns.{p}", "table")
                 for p, n in names.parts().items()}  # fmt: skip
        parts = {"key": key(given["key"]), "outcome": _present(given["outcome"])}
        if moments:
            where = "outcomes.columns.observed_at"
            seen = casts.moment(given["observed_at"], where, question.timezone, names)
            parts["seen"] = seen.value
        return table.select(**parts)


_KEY, _FOUND = "the key of this row", "whether this row's key has an outcome"


def key(values: Any) -> Any:
    """A column of keys as text: 7 and 7.0 are one, and text is as it is."""
    if not values.type().is_floating():
        return casts.label(values)
    whole = (values.round() == values) & (values.abs() < 2**53)
    text = ibis.ifelse(whole, values.round().cast("int64").cast("string"), values.cast("string"))
    return ibis.ifelse(values.isnan(), None, text)


def losses(rows: ibis.Table, question: Question, coding: Coding, reason: int) -> list[Breach]:
    """Where more rows lack their outcome (`reason`) in the incident than in the baseline.

    `rows` as of `Rows.table`, and how they are coded.
    """
    if question.outcomes is None:
        return []
    columns = {f"cohort{i}": name for i, name in enumerate(question.cohorts)}
    if question.columns.system:
        columns = {"system": "system", **columns}
    inside = rows.filter(_.window >= 0)
    lost = (_.reason == reason).fill_null(False)
    whole = _shares(inside.group_by("window").agg(rows=_.count(), lost=lost.sum()).to_pandas())
    if whole is None or not _rose(*whole):
        return []
    before, after = (lost / rows for rows, lost in whole)
    found = [_breach("of all rows", whole)]
    groups = [
        one
        for name, phrase in columns.items()
        for one in _groups(inside, name, phrase, lost, coding)
        if _rose(*one[1]) and _rise(one[1]) > BEYOND * (after - before)
    ]
    groups.sort(key=lambda one: (-one[1][1][1], one[0]))
    total = whole[1][1]
    for where, sizes in groups[:MOST]:
        share = sizes[1][1] / total
        found.append(_breach(f"in {where}", sizes, f", {share:.0%} of all that lack one"))
    return found


Sizes = tuple[tuple[int, int], tuple[int, int]]
"""Rows and lost rows of the baseline, then of the incident."""


def _groups(
    rows: ibis.Table, name: str, phrase: str, lost: Any, coding: Coding
) -> Iterator[tuple[str, Sizes]]:
    labelled = rows.mutate(label=rows[name].fill_null(coding.missing(name)))
    sizes = labelled.group_by(["label", "window"]).agg(rows=_.count(), lost=lost.sum()).to_pandas()
    sizes["label"] = coding.texts(name, sizes["label"])
    for label, own in sizes.groupby("label"):
        if (found := _shares(own)) is not None:
            yield f"{phrase} {label!r}", found


def _shares(sizes: pd.DataFrame) -> Sizes | None:
    by_window = sizes.set_index("window")
    if not {0, 1} <= set(by_window.index):
        return None
    rows, lost = (by_window[name].astype("int64").to_dict() for name in ("rows", "lost"))
    return (rows[0], lost[0]), (rows[1], lost[1])


def _rise(sizes: Sizes) -> float:
    (rows, lost), (later, gone) = sizes
    return gone / later - lost / rows


def _rose(before: tuple[int, int], after: tuple[int, int]) -> bool:
    (rows, lost), (later, gone) = before, after
    share = (lost + gone) / (rows + later)
    error = sqrt(share * (1 - share) * (1 / rows + 1 / later))
    rise = gone / later - lost / rows
    return rise > WORSE and rise > SURELY * error


def _breach(where: str, sizes: Sizes, more: str = "") -> Breach:
    (rows, lost), (later, gone) = sizes
    reason = (
        f"outcomes: {where} {gone / later:.0%} have none in the incident, and {lost / rows:.0%} in "
        f"the baseline{more}; see whether the join fails there"
    )
    return {"reason": reason, "rows": gone, "excluded": False, "examples": []}


def _odd(by_key: ibis.Table, whole: ibis.Table) -> list[Breach]:
    sizes = by_key.agg(
        doubled=((_.rows > 1) & (_.kinds <= 1)).sum(), odds=(_.kinds > 1).sum()
    )  # fmt: skip
    doubled, odds = (int(v or 0) for v in sizes.to_pyarrow().to_pylist()[0].values())
    counts = whole.agg(
        lacking=whole[_KEY].isnull().sum(),
        unmatched=(whole[_KEY].notnull() & whole[_FOUND].isnull()).sum(),
        known=whole[_KEY].count(),
        kinds=whole[_KEY].nunique(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    counted = {
        "outcomes: keys that stand there more than once, with one outcome": doubled,
        "outcomes: keys with two outcomes, which count as none": odds,
        "outcomes: rows of the log without a key": counts["lacking"],
        "outcomes: rows of the log whose key has no outcome": counts["unmatched"],
        "outcomes: rows of the log that share their key with another": (
            counts["known"] - counts["kinds"]
        ),
    }
    return [
        {"reason": reason, "rows": int(rows), "excluded": False, "examples": []}
        for reason, rows in counted.items()
        if rows
    ]


def _present(values: Any) -> Any:
    """The outcome as it is; null where text means nothing, or a number is none."""
    if casts.is_text(values.type()):
        return texts.present(values)
    return ibis.ifelse(values.isnan(), None, values) if values.type().is_floating() else values
