"""From a table that nobody has described to a question that can be run, and what it rests on."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from investigate import log as logs
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.log.bands import written
from investigate.log.looking import SampledColumn
from investigate.log.source import hint
from investigate.proposal import arriving, cohorts, parts, windows
from investigate.proposal.options import case_of, required
from investigate.proposal.parts import ProposedColumn, Sure
from investigate.proposal.sources import Sources, sources
from investigate.question import params
from investigate.question.question import Question

Ask = Callable[[str, str, Sequence[str]], str | None]
"""Asks a person: what, the answer that is proposed, and others; `None` keeps the proposal."""

NEEDED = ("time", "outcome", "score")
OPTIONAL = ("system", "item", "cluster")
FEW = 100
"""Rows of the rarer outcome in a window below which only large drops show."""


@dataclass(frozen=True)
class Assumed:
    """One thing that was assumed: a key of the question, its value as text, how sure, and why."""

    key: str
    value: str
    sure: Sure
    why: str


@dataclass(frozen=True)
class Proposal:
    """``question`` as it would be run, what it ``assumed``, ``warnings``, and its ``counts``."""

    question: Question
    assumed: tuple[Assumed, ...]
    warnings: tuple[str, ...]
    counts: Counts = field(repr=False)


def propose(
    source: str,
    outcomes: str | None = None,
    *,
    table: str | None = None,
    case: str | None = None,
    given: Mapping[str, str] | None = None,
    ask: Ask | None = None,
) -> Proposal:
    """A question about the log that `source` names.

    Parameters
    ----------
    source : str
        A path of a Parquet, CSV or DuckDB file.
    outcomes : str, optional
        Where outcomes stand that are not in the log: a path, or a table of the same database.
    table : str, optional
        The database's table; without it the largest that fits.
    case : str, optional
        The case's name; made from the file's where left out.
    given : mapping, optional
        What is known: columns by part (``time``, ``outcome``, ``score``, ``system``, ``item``,
        ``cluster``), the value ``positive`` and the ``timezone``.
    ask : callable, optional
        Asks a person what cannot be known; without one the best guess is taken.

    Raises
    ------
    InputError
        Where the log cannot be read, or no time, outcome or score is found in it.
    """
    case = case or case_of(source, table)
    required("case", case)
    required("timezone", dict(given or {}).get("timezone", "UTC"))
    found = sources(source, outcomes, table)
    return _Proposing(found, case, dict(given or {}), ask).propose()


class _Proposing:
    def __init__(self, found: Sources, case: str, given: dict[str, str], ask: Ask | None) -> None:
        self.given, self.ask, self.case = given, ask, case
        self.found, self.look, self.later = found, found.look, found.later
        self.assumed: list[Assumed] = []
        self.answered: set[str] = set()
        self.warnings: list[str] = []
        for key, value, sure, why in found.choices:
            self._assume(key, value, sure, why)
        for part in (*NEEDED, *OPTIONAL):
            if (name := given.get(part)) and name not in self.look.names:
                suggestion = hint(name, self.look.names)
                raise InputError(f"--{part}: the log has no column {name!r}; {suggestion}")

    def propose(self) -> Proposal:
        time = self._time()
        outcome, score = self._outcome_and_score(time)
        named: dict[str, Any] = {"time": time.name, "outcome": outcome.name, "score": score.name}
        named |= self._formats(time, score)
        if self.look.encoding:
            named["encoding"] = self.look.encoding
            why = "the file is no UTF-8; Windows writes so"
            self._assume("encoding", self.look.encoding, "likely", why)
        positive, truths = self._positive(outcome, score)
        if positive:
            named["positive"] = [positive]
        timezone = self._timezone(time)
        assert time.times is not None
        later = self._later(time)
        came = arriving.arriving(time.times, truths, None if later is None else later.times)
        self.warnings += came.warnings
        named |= self._turned(score, truths, time)
        taken = [time.name, outcome.name, score.name, *self.later, *self.found.keys]
        found = parts.others(self.look, taken, self.given)
        for part, one in found.items():
            chosen = self._settled(part, one)
            if chosen:
                named[part] = chosen
        taken = [*_columns(named), *self.later, *self.found.keys]
        groups = cohorts.cohorts(self.look, taken, truths)
        self.warnings += groups.warnings
        if "cluster" not in named:
            self.warnings.append(cohorts.without_cluster(self.look, taken))
        values: dict[str, Any] = {"case": self.case, "log": self.found.log, "columns": named}
        values |= self.found.joined(named, None if later is None else later.name)
        if timezone != "UTC":
            values["timezone"] = timezone
        times = time.times if came.complete is None else time.times[time.times < came.complete]
        values |= self._windows(values, times, timezone)
        if groups.chosen:
            values["cohorts"] = list(groups.chosen)
            listed = ", ".join(groups.chosen)
            self._assume("cohorts", listed, "likely", "columns of few values, known beforehand")
        if groups.bands:
            values["bands"] = dict(groups.bands)
            listed = "; ".join(f"{n}: {', '.join(written(e))}" for n, e in groups.bands.items())
            self._assume("bands", listed, "likely", "fifths of a column of many numbers")
        question = params.from_values(values, "init")
        counts = logs.count(question)
        self.warnings += _few(counts)
        return Proposal(question, tuple(self.assumed), tuple(self.warnings), counts)

    def _time(self) -> SampledColumn:
        found = parts.time_of(self.look, self.given.get("time"), self.later)
        if found is None:
            raise InputError(f"log: no column holds times; name it by --time; {self._known()}")
        name = self._settled("time", found)
        column = self.look.column(str(name))
        if column.times is None:
            raise InputError(f"--time: {column.name!r} holds no times that can be read; write them "
                             "as ISO 8601 or name another column")  # fmt: skip
        return column

    def _outcome_and_score(self, time: SampledColumn) -> tuple[SampledColumn, SampledColumn]:
        if name := self.given.get("outcome"):
            self._require_two(self.look.column(name))
        if name := self.given.get("score"):
            _numbers(self.look.column(name))
        pair = parts.outcome_and_score(self.look, time.name, self.given, self.later)
        if pair is None:
            raise InputError(
                f"log: {self._lacks()}; name columns by --outcome and --score; {self._known()}"
            )
        names = [self._settled(part, one) for part, one in zip(NEEDED[1:], pair, strict=True)]
        return self.look.column(str(names[0])), self.look.column(str(names[1]))

    def _formats(self, time: SampledColumn, score: SampledColumn) -> dict[str, str]:
        formats = {}
        if time.formats:
            written = time.formats[0]
            if len(time.formats) > 1:
                written = self._asked("time_format", written, time.formats[1:])
                self._assume(
                    "time_format",
                    written,
                    "a guess",
                    "day or month first: rows stand in this order",
                )
            else:
                self._assume("time_format", written, "sure", "the only way to read these times")
            formats["time_format"] = written
        elif unit := _unit(time):
            self._assume("unit of times", unit, "sure", "epochs, by their magnitude")
        if score.decimal:
            formats["decimal"] = score.decimal
            self._assume("decimal", score.decimal, "likely", "thousands would be no scores")
        elif score.percent:
            self._assume("scores", "per cent", "sure", "they end in %; 12% is read as 0.12")
        elif self.look.kind == "CSV" and score.labels.dropna().str.contains(",").mean() > 0.5:
            self._assume("decimal mark", ",", "sure", "as the scores are written")
        return formats

    def _lacks(self) -> str:
        two = [c for c in self.look.columns if c.distinct == 2 and c.times is None]
        plain = [c.name for c in two if parts.outcome_points(c) is not None]
        if plain:
            return f"no score among them: a column of ten or more numbers besides {plain[0]}"
        if two:
            column_names = ", ".join(c.name for c in two)
            return f"no column is plainly an outcome; of two values are {column_names}"
        return "no column holds two values, as an outcome does"

    def _require_two(self, outcome: SampledColumn) -> None:
        if outcome.distinct != 2 and not self.given.get("positive"):
            texts = ", ".join(outcome.values[:5])
            raise InputError(
                f"columns.outcome: {outcome.name!r} holds {outcome.distinct} values ({texts}), and "
                "an outcome has two; name another by --outcome, or one of them by --positive"
            )

    def _positive(
        self, outcome: SampledColumn, score: SampledColumn
    ) -> tuple[str | None, parts.Floats]:
        if self.given.get("positive"):
            chosen = self.given["positive"]
            if chosen not in outcome.values:
                known = ", ".join(outcome.values[:5])
                raise InputError(
                    f"--positive: {outcome.name!r} holds no {chosen!r}; it has {known}"
                )
            self._assume("positive", chosen, "sure", "as you say")
            return chosen, parts.truths_of(outcome, chosen)
        if outcome.truths is not None:
            ones = [v for v, t in zip(outcome.labels, outcome.truths, strict=True) if t == 1]
            label = str(ones[0]) if ones else "1"
            self._assume("outcomes that are 1", label, "sure", "as they are written")
            return None, outcome.truths
        found = parts.positive_of(outcome)
        chosen = found.column or outcome.values[-1]
        why = found.why
        if found.sure == "a guess":
            rises = {
                v: parts.area(parts.truths_of(outcome, v), _numbers(score)) for v in outcome.values
            }
            best = max(rises, key=lambda v: rises[v])
            if rises[best] > 0.55:
                chosen, why = best, "higher scores go with it"
        chosen = self._asked("positive", chosen, [v for v in outcome.values if v != chosen],
                             found.sure)  # fmt: skip
        self._assume("positive", chosen, found.sure, why)
        return chosen, parts.truths_of(outcome, chosen)

    def _turned(
        self, score: SampledColumn, truths: parts.Floats, time: SampledColumn
    ) -> dict[str, str]:
        numbers = _numbers(score)
        assert time.times is not None
        # A fault late in the log must not say which way the score goes.
        early = (time.times <= time.times.quantile(0.5)).to_numpy()
        found = parts.area(truths[early], numbers[early])
        known = numbers[np.isfinite(numbers)]
        sure: Sure = "sure" if abs(found - 0.5) > 0.1 else "likely"
        if found >= 0.45:
            verb = "rise" if found > 0.55 else "seem to rise"
            if found <= 0.55:
                sure = "a guess"
                self.warnings.append(
                    f"{score.name!r} hardly ranks outcomes: AUC {found:.3f} in the first half; is "
                    "it the score?"
                )
            self._assume("order", f"scores {verb} with outcomes", sure, f"AUC {found:.3f} in the "
                         "first half of the log")  # fmt: skip
            if found > 0.99:
                self.warnings.append(
                    f"{score.name!r} has an AUC of {found:.3f}: is it known before the outcome?"
                )
            return {}
        way = "1 - score" if known.min() >= 0 and known.max() <= 1 else "-score"
        self._assume("turned", way, sure, f"AUC {found:.3f} in the first half of the log: lower "
                     "scores go with outcomes that are 1")  # fmt: skip
        self.warnings.append(
            f"{score.name!r} falls as outcomes rise; it is turned round by columns.turned: {way}"
        )
        return {"turned": way}

    def _timezone(self, time: SampledColumn) -> str:
        if zone := self.given.get("timezone"):
            self._assume("timezone", zone, "sure", "as you say")
            return zone
        if time.zone and time.zone != "UTC" and not re.match(r"[+-]", time.zone):
            self._assume("timezone", time.zone, "sure", "the file says so; days begin there")
            return time.zone
        if time.local:
            self._assume("timezone", "UTC", "a guess", "times name no zone")
            self.warnings.append(
                f"{time.name!r} names no time zone and is read as UTC; if its clocks were local, "
                "say which, such as --timezone Europe/Berlin"
            )
        else:
            self._assume("timezone", "UTC", "sure", "times say their zone, or are epochs")
        return "UTC"

    def _later(self, time: SampledColumn) -> SampledColumn | None:
        """The column that says when outcomes were observed, which is later than the score."""
        assert time.times is not None
        for column in self.look.columns:
            if column.times is None or column.name == time.name:
                continue
            wait = (column.times - time.times).dropna()
            if (
                len(wait)
                and float((wait >= pd.Timedelta(0)).mean()) > 0.99
                and wait.max() > (pd.Timedelta(0))
            ):
                return column
        return None

    def _windows(
        self, values: dict[str, Any], times: "pd.Series[Any]", timezone: str
    ) -> dict[str, Any]:
        start, end, step = windows.ends(times, timezone)
        baseline, incident = windows.halves(start, end, step, 0.5)
        bare = {k: v for k, v in values["columns"].items() if k not in OPTIONAL}
        if cluster := values["columns"].get("cluster"):
            bare["cluster"] = cluster
        halves = {"baseline": baseline.model_dump(), "incident": incident.model_dump()}
        trial = params.from_values({**values, "columns": bare, **halves}, "init")
        found = windows.windows(logs.count(trial), trial, start, end, step)
        span = " to ".join(found.incident.values())
        self._assume("incident", span, found.sure, found.why)
        return {"baseline": found.baseline, "incident": found.incident}

    def _settled(self, key: str, found: ProposedColumn) -> str | None:
        column = found.column
        if column is not None and found.sure == "a guess":
            column = self._asked(key, column, found.others, found.sure)
        if column is not None:
            alternatives = f"; or {', '.join(found.others[:3])}" if found.others else ""
            self._assume(key, column, found.sure, found.why + alternatives)
        return column

    def _asked(self, key: str, proposed: str, others: Sequence[str], sure: Sure = "a guess") -> str:
        if self.ask is None or sure != "a guess" or not others:
            return proposed
        answer = self.ask(key, proposed, others)
        if answer is None:
            return proposed
        self.answered.add(key)
        return answer

    def _assume(self, key: str, value: str, sure: Sure, why: str) -> None:
        if key in self.answered:
            sure, why = "sure", "as you say"
        self.assumed.append(Assumed(key, value, sure, why))

    def _known(self) -> str:
        names = self.look.names
        more = f" and {len(names) - 20} more" if len(names) > 20 else ""
        return f"it has {', '.join(names[:20])}{more}"


def _numbers(column: SampledColumn) -> parts.Floats:
    if column.numbers is None:
        raise InputError(
            f"columns.score: {column.name!r} holds no numbers; name another by --score"
        )
    return column.numbers


def _columns(named: Mapping[str, Any]) -> list[str]:
    return [named[part] for part in (*NEEDED, *OPTIONAL) if part in named]


def _unit(time: SampledColumn) -> str | None:
    """The unit of epochs, by the number of digits of most; `None` for other times."""
    if time.numbers is None:
        return None
    size = float(np.nanmedian(np.abs(time.numbers)))
    digits = len(f"{size:.0f}")
    return {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}.get(digits)


def _few(counts: Counts) -> list[str]:
    """A line for each window with few rows of an outcome, and for each breach of the log."""
    lines = []
    own = counts.slices[counts.slices["by"] == "all"]
    for w, name in enumerate(("baseline", "incident")):
        sides = own[own["window"] == w][["positives", "negatives"]].sum()
        least = int(sides.min())
        if least < FEW:
            rare = "1" if sides["positives"] == least else "0"
            lines.append(
                f"{name}: only {least:,} rows have outcome {rare}; only a large drop would show"
            )
    breaches = [breach for breach in counts.meta["breaches"] if breach["rows"]]
    return lines + [f"{breach['reason']}: {breach['rows']:,} rows" for breach in breaches]
