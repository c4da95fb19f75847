"""Which column plays which part: points for what it is called and for what it holds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.log.looking import Look, SampledColumn
from investigate.proposal import names

Sure = Literal["sure", "likely", "a guess"]
Floats = NDArray[np.float64]

KNOWN_AFTERWARDS = 0.98
"""AUC, either way, beyond which a column follows from the outcome rather than predicts it."""
LEAST = 200
"""Rows of the sample below which AUC proves nothing of that kind."""


@dataclass(frozen=True)
class ProposedColumn:
    """What plays a part: a column or `None`, how sure that is, why, and what else might."""

    column: str | None
    sure: Sure
    why: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parts:
    """The parts that were found, by name, and the truths (n,) of the outcome in the sample."""

    found: Mapping[str, ProposedColumn]
    positive: ProposedColumn | None
    truths: Floats = field(repr=False)

    def __getitem__(self, name: str) -> str | None:
        return self.found[name].column if name in self.found else None


def area(truths: Floats, values: Floats) -> float:
    """AUC (Mann & Whitney 1947) of the rows where both are known; 0.5 without two classes."""
    known = np.isfinite(truths) & np.isfinite(values)
    y, x = truths[known] == 1, values[known]
    m, n = int(y.sum()), int((~y).sum())
    if not m or not n:
        return 0.5
    return float((float(pd.Series(x).rank()[y].sum()) - m * (m + 1) / 2) / (m * n))


def time_of(look: Look, given: str | None, later: Collection[str] = ()) -> ProposedColumn | None:
    """The column of times, none of those that came `later`; `None` where there is none."""
    columns = [c for c in look.columns if c.name not in later]
    points_by_name = {c.name: _time_points(c) for c in columns if c.times is not None}
    if given:
        return ProposedColumn(given, "sure", "as you say")
    if not points_by_name:
        return None
    best = max(points_by_name, key=lambda name: points_by_name[name])
    close = tuple(
        n for n in points_by_name if n != best and points_by_name[n] > points_by_name[best] - 1.0
    )
    if len(points_by_name) == 1:
        return ProposedColumn(best, "sure", "the only column of times")
    # What is known first is when a row was scored; the others came later.
    return ProposedColumn(best, "a guess" if close else "sure", "by its name and its values", close)


def outcome_and_score(
    look: Look, time: str, given: Mapping[str, str], later: Collection[str] = ()
) -> tuple[ProposedColumn, ProposedColumn] | None:
    """The outcome and the score, chosen together: a score ranks outcomes. `None`: none fit.

    `later` are the columns of a table of outcomes, where there is one: the outcome is one of them,
    and the score is none.
    """
    columns = [c for c in look.columns if not later or c.name in later]
    outcomes = {c.name: p for c in columns if (p := outcome_points(c)) is not None}
    columns = [c for c in look.columns if c.name not in later]
    scores = {c.name: p for c in columns if (p := _score_points(c)) is not None}
    for part, found in (("outcome", outcomes), ("score", scores)):
        if given.get(part):
            found.clear()
            found[given[part]] = 9.0
    pairs: dict[tuple[str, str], float] = {}
    for outcome, worth in outcomes.items():
        truths = truths_of(look.column(outcome), None)
        for score, weight in scores.items():
            numbers = look.column(score).numbers
            if score in (outcome, time) or outcome == time or numbers is None:
                continue
            auc = area(truths, numbers)
            tells = 2 * abs(auc - 0.5)
            leaks = max(auc, 1 - auc) > KNOWN_AFTERWARDS and weight < 3
            pairs[outcome, score] = worth + weight + (-2.0 if leaks else 2 * min(tells, 0.8))
    if not pairs:
        return None
    (outcome, score), most = max(pairs.items(), key=lambda one: one[1])
    rivals = [pair for pair, points in pairs.items() if points > most - 1.0]
    return (
        _chosen("outcome", outcome, sorted({o for o, _ in rivals} - {outcome}), given,
                outcomes[outcome] >= 3),
        _chosen("score", score, sorted({s for _, s in rivals} - {score}), given,
                scores[score] >= 3),
    )  # fmt: skip


def truths_of(column: SampledColumn, positive: str | None) -> Floats:
    """Outcomes (n,) as 0, 1 or NaN; `positive` is the text that means 1, else as it is read."""
    if positive is None and column.truths is not None:
        return column.truths
    texts = column.labels
    chosen = positive or positive_of(column).column
    truths = np.where(texts == chosen, 1.0, 0.0)
    return np.where(texts.isna(), np.nan, truths)


def positive_of(column: SampledColumn) -> ProposedColumn:
    """Which value of an outcome is 1, where that is not plain."""
    values = column.values[:2]
    if column.numbers is not None:
        most = max(values, key=lambda v: float(str(v).replace(",", ".")))
        return ProposedColumn(
            most, "likely", "the larger of two numbers", tuple(v for v in values if v != most)
        )
    known = [v for v in values if set(names.words(v)) & names.POSITIVE and not _negated(v)]
    if len(known) == 1:
        others = tuple(v for v in values if v != known[0])
        return ProposedColumn(known[0], "sure", "by its meaning", others)
    rare = values[-1]
    return ProposedColumn(rare, "a guess", "the rarer one", tuple(v for v in values if v != rare))


def _negated(value: str) -> bool:
    return bool(set(names.words(value)) & {"not", "no", "non", "nicht", "un", "never"})


def others(look: Look, taken: Iterable[str], given: Mapping[str, str]) -> dict[str, ProposedColumn]:
    """The system, the item and the cluster, where columns are called so."""
    free = [c for c in look.columns if c.name not in set(taken) and c.times is None]
    found: dict[str, ProposedColumn] = {}
    for part, of, fits in (
        ("system", names.SYSTEM, lambda c: 2 <= c.distinct <= 12 and not _real(c)),
        ("cluster", names.CLUSTER, _repeats),
        ("item", names.ITEM, _repeats),
    ):
        if given.get(part):
            found[part] = ProposedColumn(given[part], "sure", "as you say")
            continue
        used = {one.column for one in found.values()}
        called = [c for c in free if names.called(c.name, of) and c.name not in used]
        fitting = [c.name for c in called if fits(c)]
        # Ids first, then what is called by that word alone.
        fitting.sort(key=lambda n: (not names.called(n, names.ID), len(names.words(n))))
        if part == "system":
            fitting.sort(key=lambda n: len(names.words(n)))
        if fitting:
            sure: Sure = "sure" if len(fitting) == 1 else "likely"
            found[part] = ProposedColumn(fitting[0], sure, "by its name", tuple(fitting[1:]))
    return found


def _repeats(column: SampledColumn) -> bool:
    known = int(column.labels.notna().sum())
    return 10 <= column.distinct <= 0.9 * known and not _real(column)


def _real(column: SampledColumn) -> bool:
    """Whether a column is of measured numbers, and no label."""
    return column.numbers is not None and not column.whole


def _chosen(
    part: str, name: str, rest: list[str], given: Mapping[str, str], known: bool
) -> ProposedColumn:
    if given.get(part):
        return ProposedColumn(name, "sure", "as you say")
    if rest:
        return ProposedColumn(name, "a guess", "the best of several", tuple(rest))
    return ProposedColumn(
        name, "sure" if known else "likely", "by its name" if known else "by its values"
    )


def _time_points(column: SampledColumn) -> float:
    assert column.times is not None
    points = 2.0 * names.called(column.name, names.TIME) - 3.0 * names.called(
        column.name, names.LATER
    )
    points += 1.0 if column.numbers is None else 0.0
    points -= 2.0 if names.called(column.name, names.ID) else 0.0
    spread = column.times.nunique() / max(1, len(column.times))
    return points + min(1.0, 5 * spread) - 2.0 * float(column.times.isna().mean())


def outcome_points(column: SampledColumn) -> float | None:
    """How much speaks for a column as the outcome; `None` where it cannot be one."""
    if column.distinct != 2 or column.times is not None:
        return None
    if column.numbers is not None and not column.whole:
        return None
    points = 3.0 * names.called(column.name, names.OUTCOME)
    points -= 3.0 * names.called(column.name, names.SYSTEM)
    if set(names.words(column.name)) & {"is", "has", "did", "was"}:
        points += 0.5
    positive_word = any(set(names.words(value)) & names.POSITIVE for value in column.values)
    if column.truths is not None or positive_word:
        points += 1.0
    # Any two labels make two groups; an outcome is called one, or its values say what came of it.
    return points if points > 0 else None


def _score_points(column: SampledColumn) -> float | None:
    numbers = column.numbers
    if numbers is None or column.distinct < 10 or column.times is not None:
        return None
    ids = names.called(column.name, names.ID)
    if ids and column.whole:
        return None
    known = numbers[np.isfinite(numbers)]
    points = 3.0 * names.called(column.name, names.SCORE)
    within = not column.whole and float(known.min()) >= 0 and float(known.max()) <= 1
    points += 1.5 * within + 0.5 * column.percent
    if column.whole and column.distinct > 0.99 * len(known):
        points -= 2.0
    return points


def rates(column: SampledColumn, truths: Floats) -> float:
    """AUC of outcomes by the outcome rate of their group in `column`, fitted on the even rows.

    Judged on the odd rows, so that groups of a row each tell nothing.
    """
    groups = pd.Series(column.labels.fillna("(missing)").to_numpy(), dtype="object")
    frame = pd.DataFrame({"group": groups, "y": truths, "odd": np.arange(len(truths)) % 2})
    fitted = frame[frame["odd"] == 0].groupby("group")["y"].mean()
    odd = frame[frame["odd"] == 1]
    return area(odd["y"].to_numpy(), odd["group"].map(fitted).to_numpy(dtype=float))
