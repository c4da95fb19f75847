"""The log as rows of known names and types: the shape that every later step reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_
from typing import TYPE_CHECKING, Any, TypeVar

import ibis
from ibis import _

from investigate.counts.table import MISSING
from investigate.errors import InputError
from investigate.log import bands, casts
from investigate.log.coding import Coding, coding
from investigate.log.large import Breach, exact
from investigate.log.local import UTC_TIME, Years, day_start
from investigate.log.source import column, hint
from investigate.log.temporary import keep
from investigate.log.texts import Stripped, stripped
from investigate.question.question import Question
from investigate.zones import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from investigate.log.ordered import Ordered

REASONS = (
    "missing outcome",
    "non-binary outcome",
    "missing score",
    "non-finite score",
    "missing time",
    "time in another unit",
    "unreadable time",
    "time out of range",
)
"""Why a row cannot be scored; the first that holds is the row's reason."""

DAY = 86_400
Read = TypeVar("Read")
STEPS = {"minute": 60, "hour": 3_600, "day": DAY}


@dataclass(frozen=True)
class Rows:
    """``table`` holds every row of the log, ``left_out`` those that cannot be scored.

    table: ``time`` (null where unusable), ``start`` (its bucket's), ``window`` (0, 1 or
    -1), ``outcome`` (0, 1), ``score`` (finite), ``reason`` (position in `REASONS`, null
    for a scored row), ``ability``, ``weight`` where one is named, and as codes, null where
    missing, ``system``, ``cohort0`` on, ``item``, ``cluster``, and its ``cluster_fold``.
    stored: the engine's table that ``table`` is made of. coding: the labels of its codes.
    left_out: ``reason`` and ``shown0`` on: the text of the columns that `shown` names.
    windows: of each window that has rows, ``rows``, ``scored``, ``positives`` (of the
    scored), the ``first`` and ``last`` time, and how many rows have each reason (its number).
    breaches: what was done to values of rows that stay, as `contract.breaches` has it.
    inside: the rows of the windows, where they are stored by themselves; then ``stored`` is this.
    ordered: scored rows in the order of their scores, where these are kept.
    """

    table: ibis.Table
    stored: ibis.Table
    coding: Coding
    left_out: ibis.Table
    windows: dict[int, dict[str, Any]]
    breaches: list[dict[str, Any]]
    inside: ibis.Table | None = None
    ordered: "Ordered | None" = None

    @property
    def within(self) -> ibis.Table:
        """The rows of ``table`` that lie in a window."""
        return self.table.filter(_.window >= 0) if self.inside is None else self.inside

    @property
    def total(self) -> int:
        """How many rows the log has."""
        return sum(size["rows"] for size in self.windows.values())


def read(log: ibis.Table, question: Question, untyped: bool) -> Rows:
    """Every row of `log`, materialised once; `untyped` says that it is all text.

    The engine's time zone must be UTC. Raises `InputError` for a column that does not exist or
    cannot be what it is named for.
    """
    log = log.select(*named(log, question))
    if untyped:
        # Text is parsed once, though it is looked at several times.
        log = keep(log)
    seconds = bucket_seconds(question)
    reading, labels, breaches, years = _canonical(log, question, seconds, (), exactly=True)
    # What follows from other columns, or is nothing, is not stored for every row.
    later = ["start"] if question.columns.ability else ["start", "ability"]
    everywhere = [n for n in reading.columns if not n.startswith("shown") and n not in later]
    codes = coding(labels, _labelled(question))
    kept = keep(codes.coded(reading.select(everywhere)))
    table = kept.mutate(start=_start(kept.time, question, seconds, years))
    if not question.columns.ability:
        table = table.mutate(ability=_nothing("float64"))
    left_out = reading.filter(reading.reason.notnull()).select(
        "reason", *(name for name in reading.columns if name.startswith("shown"))
    )
    windows = sizes(table)
    if any(size["scored"] < size["rows"] for size in windows.values()):
        left_out = keep(left_out)
    return Rows(table, kept, codes, left_out, windows, breaches)


def sizes(table: ibis.Table) -> dict[int, dict[str, Any]]:
    """``windows`` as in `Rows`, of its ``table``."""
    parts = table.group_by("window", "reason").agg(
        rows=_.count(), positives=_.outcome.sum(), first=_.time.min(), last=_.time.max()
    )
    found: dict[int, dict[str, Any]] = {}
    nothing = {"rows": 0, "scored": 0, "positives": None, "first": None, "last": None}
    nothing |= {str(i): 0 for i in range(len(REASONS))}
    for part in parts.to_pyarrow().to_pylist():
        size = found.setdefault(int(part["window"]), dict(nothing))
        size["rows"] += part["rows"]
        if part["reason"] is None:
            size |= {"scored": part["rows"], "positives": part["positives"]}
        else:
            size[str(part["reason"])] = part["rows"]
        for name, chosen in (("first", min), ("last", max)):
            times = [one for one in (size[name], part[name]) if one is not None]
            size[name] = chosen(times) if times else None
    return found


def window_of(time: Any, question: Question) -> Any:
    """The window of a moment: 0, 1, or -1 for neither."""
    bounds = [w.bounds(question.timezone) for w in (question.baseline, question.incident)]
    within = [(time >= ibis.literal(a)) & (time < ibis.literal(b)) for a, b in bounds]
    return ibis.cases((within[0], 0), (within[1], 1), else_=-1).cast("int8")


def _labelled(question: Question) -> list[str]:
    """The rows' columns of labels, but those that the question does not name."""
    names = question.columns
    names_by_part = {"system": names.system, "item": names.item, "cluster": names.cluster}
    named = [part for part, name in names_by_part.items() if name]
    return [*named, *(f"cohort{i}" for i in range(len(question.cohorts)))]


def shown(question: Question) -> list[str]:
    """The log's columns that an example row shows: the question's, but no cluster's."""
    columns = question.columns
    names = [columns.time, columns.outcome, columns.score, columns.system, columns.item]
    names += [columns.ability, *question.cohorts]
    return list(dict.fromkeys(name for name in names if name and name != columns.cluster))


def bucket_seconds(question: Question) -> int:
    """The timeline's step: as the question says, else by the span of both windows."""
    if question.every is not None:
        return STEPS[question.every]
    span = (
        question.incident.bounds(question.timezone)[1]
        - question.baseline.bounds(question.timezone)[0]
    ).total_seconds()
    return DAY if span >= 14 * DAY else 3_600 if span >= 14 * 3_600 else 60


def narrowed(log: ibis.Table, question: Question, strict: bool = True) -> ibis.Table:
    """The rows of `log` that ``where`` asks of.

    Raises `InputError` for a column that does not exist and, if `strict`, for a value that no
    row has there.
    """
    whole = log
    for name, wanted in question.where:
        values = column(log, name, f"where.{name}")
        labels = [casts.label(values).fill_null(MISSING)]
        if name in question.cohorts:
            # A band, as findings name it, or one of its numbers.
            band, band_breach = bands.label(log, name, question, learn=True)
            labels += [band] if band_breach is not None or name in dict(question.bands) else []
            if name not in dict(question.bands) and any(map(bands.is_label, wanted)):
                labels[1:1] = _bands_of_more(whole, log, name, question)
        forms = {value: casts.label_forms(value, values.type()) for value in wanted}
        if strict:
            _require_values(labels, name, forms)
        asked = [form for several in forms.values() for form in several]
        log = log.filter(reduce(or_, (label.isin(asked).fill_null(False) for label in labels)))
    return log


def _bands_of_more(
    whole: ibis.Table, log: ibis.Table, name: str, question: Question
) -> Iterator[Any]:
    """The bands that the column `name` of `log` has by the edges of fewer conditions.

    A page or a finding names a band of the rows that it had, before it was narrowed further.
    """
    others = [
        one for one in question.where if one[0] != name and not any(map(bands.is_label, one[1]))
    ]
    known = set()
    for size in range(len(others) + 1) if others else ():
        for chosen in combinations(others, size):
            rows = whole
            for other, wanted in chosen:
                own = column(rows, other, f"where.{other}")
                asked = [form for value in wanted for form in casts.label_forms(value, own.type())]
                rows = rows.filter(casts.label(own).fill_null(MISSING).isin(asked))
            band, noted = bands.label(log, name, question, True, rows)
            if noted is not None and noted["reason"] not in known:
                known.add(noted["reason"])
                yield band


def _require_values(labels: list[Any], name: str, forms: dict[str, list[str]]) -> None:
    tables = [one.name("label").as_table() for one in labels]
    asked = [form for several in forms.values() for form in several]
    found: set[str] = set()
    for there in tables:
        own = there.filter(there.label.isin(asked)).distinct()
        found |= set(own.to_pyarrow()["label"].to_pylist())
    for value, several in forms.items():
        if not set(several) & found:
            there = tables[-1]
            there = there.filter(there.label.notnull()).distinct().order_by("label").limit(1_000)
            known = there.to_pyarrow()["label"].to_pylist()
            raise InputError(f"where.{name}: no row has {value!r} there; {hint(value, known)}")


def named(log: ibis.Table, question: Question) -> list[str]:
    """The columns of `log` that `question` names.

    Raises `InputError` for one that does not exist.
    """
    parts = [(f"columns.{part}", name) for part, name in question.columns.parts().items()]
    parts += [("cohorts", name) for name in question.cohorts]
    return list(dict.fromkeys(column(log, name, part).get_name() for part, name in parts))


def wanted(question: Question) -> list[str]:
    """The names of the columns of the log that `question` names."""
    asked = (name for name, _values in question.where)
    parts = question.columns.parts()
    if question.outcomes is not None:
        # It is in a table of its own.
        del parts["outcome"]
        parts["key"] = question.columns.key or question.outcomes.columns.key
    return list(dict.fromkeys([*parts.values(), *question.cohorts, *asked]))


def canonical(
    log: ibis.Table,
    question: Question,
    seconds: int,
    carried: tuple[str, ...] = (),
    refused: list[str] | None = None,
) -> ibis.Table:
    """Every row of `log` as in `Rows.table`, and what `shown` names, judged.

    ``start`` is a day's where buckets have the `seconds` of one, else the time itself. Columns
    of the log that are `carried` stay as they are. Where a list `refused` is given, a column
    that cannot be read is unusable in every row, and the line that says why is added to it. The
    rest as in `read`.
    """
    return _canonical(log, question, seconds, carried, exactly=False, refused=refused)[0]


def _canonical(
    log: ibis.Table,
    question: Question,
    seconds: int,
    carried: tuple[str, ...],
    exactly: bool,
    refused: list[str] | None = None,
) -> tuple[ibis.Table, ibis.Table, list[Breach], Years]:
    names = question.columns
    read = (names.time, names.outcome, names.score, names.ability, names.weight)
    values = [n for n in read if n]
    log, cells = stripped(log, dict.fromkeys(values))
    score, breaches = cells[names.score], []
    if exactly:
        score, breach = exact(score, "columns.score", question.thresholds.unreadable)
        breaches += [breach] if breach else []
    outcome, has_outcome = _or_unusable(
        lambda cell: casts.truth(
            cell, "columns.outcome", names.positive, names.negative,
            whole=refused is None, most=question.thresholds.unreadable,
        ),
        cells[names.outcome], lambda there: (_nothing("int8"), there), refused,
    )  # fmt: skip
    score, has_score = _or_unusable(
        lambda cell: casts.number(cell, "columns.score", names),
        score, lambda there: (_nothing("float64"), there), refused,
    )  # fmt: skip
    if names.turned:
        # Adding zero makes -0.0 the 0.0 that it equals.
        score = 1 - score if names.turned == "1 - score" else 0.0 - score + 0.0
    moments = _or_unusable(
        lambda cell: casts.moment(cell, "columns.time", question.timezone, names),
        cells[names.time],
        lambda there: casts.Moments(_nothing(UTC_TIME), there, ibis.literal(False)), refused,
    )  # fmt: skip
    columns: dict[str, Any] = {
        "time": moments.value,
        "has_time": moments.present,
        "other_unit": moments.other_unit,
        "outcome": outcome,
        "has_outcome": has_outcome,
        "score": score,
        "has_score": has_score,
        "ability": _nothing("float64"),
    }
    if names.ability:
        columns["ability"], _there = _or_unusable(
            lambda cell: casts.number(cell, "columns.ability", names),
            cells[names.ability], lambda there: (_nothing("float64"), there), refused,
        )  # fmt: skip
    if names.weight:
        columns["weight"], _there = casts.number(cells[names.weight], "columns.weight", names)
    for part, name in (("system", names.system), ("item", names.item), ("cluster", names.cluster)):
        one = ibis.literal("all" if part == "system" else None, type="string")
        columns[part] = (log[name] if exactly else casts.label(log[name])) if name else one
    for i, name in enumerate(question.cohorts):
        label, band_breach = bands.label(log, name, question, learn=exactly)
        as_it_is = exactly and band_breach is None and name not in dict(question.bands)
        columns[f"cohort{i}"] = log[name] if as_it_is else label
        breaches += [band_breach] if band_breach else []
    for i, name in enumerate(shown(question)):
        columns[f"shown{i}"] = log[name].cast("string")
    columns |= {name: log[name] for name in carried}
    selected = log.select(**columns)
    # By itself, a column of labels is a short query.
    coded = _labelled(question)
    labels = log.select(**{name: columns[name] for name in coded}) if coded else selected
    numbers = [cells[name].type() for name in values if name != names.time]
    plain = all(kind.is_numeric() or kind.is_boolean() for kind in numbers)
    if not (exactly and plain and cells[names.time].type().is_timestamp()):
        # Values are looked at several times, and how text is read takes long expressions.
        selected = labels = keep(selected)
    rows = _judged(selected, question, seconds, moments.years)
    return rows, labels, breaches, moments.years


def _or_unusable(
    read: Callable[[Any], Read],
    cell: Any,
    unusable: Callable[[Any], Read],
    refused: list[str] | None,
) -> Read:
    """What `read` makes of a column, or what is `unusable` where something is there."""
    try:
        return read(cell)
    except InputError as error:
        if refused is None:
            raise
        refused.append(str(error))
        return unusable((cell.text if isinstance(cell, Stripped) else cell).notnull())


def _nothing(kind: Any) -> Any:
    return ibis.literal(None, type=kind)


def _judged(rows: ibis.Table, question: Question, seconds: int, years: Years) -> ibis.Table:
    out_of_range = (rows.time < _year(FIRST_YEAR)) | (rows.time >= _year(LAST_YEAR + 1))
    tests = (
        ~rows.has_outcome,
        rows.outcome.isnull(),
        ~rows.has_score,
        rows.score.isnull(),
        ~rows.has_time,
        rows.other_unit,
        rows.time.isnull(),
        out_of_range,
    )
    reason = ibis.cases(*((test, i) for i, test in enumerate(tests)), else_=None).cast("int8")
    time = ibis.ifelse(out_of_range, None, rows.time)
    window = window_of(time, question)
    start = _start(time, question, seconds, years)
    done = ("time", "has_time", "other_unit", "has_outcome", "has_score")
    rest = [name for name in rows.columns if name not in done]
    return rows.select(*rest, time=time, start=start, window=window, reason=reason)


def _start(time: Any, question: Question, seconds: int, years: Years) -> Any:
    # Only days depend on the zone; shorter buckets are cut in UTC, see timeline.
    return day_start(time, question.timezone, years) if seconds == DAY else time


def _year(year: int) -> Any:
    return ibis.timestamp(f"{year}-01-01T00:00:00+00:00")
