"""Rows that should not count: repeats of a row, and scores made from a default value.

The undo leaves those rows out of both windows; what it raises the incident's AUC by, beyond
what it raises the baseline's by, is what they account for. Where a default leaves too few
rows of its scope, or one class, they stay in and get scores as the baseline's rows of the
scope with the same outcome had. Scores that were only cut to a few values still tell rows
apart, so what counts there is what the cut itself costs.
"""

from typing import Any

import numpy as np
import pandas as pd

from investigate.analyses.cause_date import Began, share_began
from investigate.analyses.suspects.all_marked import all_marked
from investigate.analyses.suspects.coarsening import Coarse, coarsened, rows_by_fold
from investigate.analyses.suspects.leaving_out import given_back, left_out
from investigate.analyses.suspects.narrowing import QUIET
from investigate.analyses.suspects.rows_a_day import came_on_top
from investigate.analyses.suspects.score_values import some_of, sudden_values, written
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.whole import estimated, whole
from investigate.analyses.wording import percent
from investigate.counts.auc import Array, auc
from investigate.counts.grouping import grouping
from investigate.counts.replicates import Replicates, replicates
from investigate.counts.table import SCOPE, Counts
from investigate.question.question import Question

MARKED = {"duplicate_rows": "repeats", "missing_input": "defaulted"}
WORDS = {
    "duplicate_rows": "repeat an earlier row",
    "missing_input": "carry a score made from a shared default",
}
NEARLY_ALL = 0.9
FEWEST_LEFT = 10
"""Rows of each class that the incident must keep to be judged by what is left."""
NAMED = 3
"""So many values, or groups, are named in a sentence."""
MANY = 0.1
"""Marks on so large a part of a place's rows are told beside another cause of it."""
FEW = 0.01
"""Marks on a smaller part of a group's rows are no news without a drop."""
SPARED = 0.01
"""A group was spared where no larger part of its rows, beside the whole's, is marked."""


def repeated(counts: Counts, question: Question) -> list[Suspect]:
    """`duplicate_rows`, where more rows of one window repeat an earlier one than of the other."""
    if (marks := _Marks.of(counts, "duplicate_rows")) is None:
        return []
    # A few more in the baseline are no news.
    if marks.gone and not marks.more_than_before(question.thresholds.confidence):
        return []
    return [marks.suspect(question, left_out(counts, marks.kept), "")]


def defaulted(counts: Counts, question: Question) -> list[Suspect]:
    """`missing_input`, where scores are a default or cut to a few values, unlike the baseline's."""
    coarse = coarsened(counts, question)
    marks = _Marks.of(counts, "missing_input")
    if coarse and (marks is None or marks.covered_by(coarse)):
        return [_cut(counts, coarse, marks, question)]
    found = [_cut(counts, coarse, None, question)] if coarse else []
    if marks is None:
        return found
    scope = marks.scope()
    if marks.leaves_enough(scope):
        note = ""
        points = left_out(counts, marks.kept)
    else:
        note = " Nearly all rows there have it; undone, they get scores as in the baseline."
        points = given_back(counts, marks.kept, scope)
    return [marks.suspect(question, points, note), *found]


class _Marks:
    """The marked rows of one kind: where they are, and how many more than in the other window.

    That is the incident's more than the baseline's, or copies of the baseline that are ``gone``.
    """

    def __init__(
        self,
        counts: Counts,
        kind: str,
        kept: Replicates,
        excess: Array,
        weights: tuple[float, float] | None = None,
    ) -> None:
        self.counts, self.kind, self.kept, self._weights = counts, kind, kept, weights
        self.column, self._excess = MARKED[kind], excess
        facts = counts.facts[counts.facts["by"] == "all"].set_index("window")
        self.share = (facts[self.column] / facts["rows"]).reindex([0, 1]).fillna(0.0).to_numpy()
        self.gone = bool(excess[0] < 0)
        self.window = 0 if self.gone else 1

    @classmethod
    def of(cls, counts: Counts, kind: str) -> "_Marks | None":
        """`None` where the incident's share of marked rows is not above the baseline's.

        Of repeats it may also be below: copies that are gone had raised or lowered AUC before.
        """
        arm = counts.arms[counts.arms["arm"] == kind]
        window, fold, score_bin, positives, negatives = (
            arm[name].to_numpy() for name in ("window", "fold", "bin", "positives", "negatives")
        )
        kept = replicates(window, fold, score_bin, positives, negatives, len(counts.bins))
        everyone = whole(counts).counts
        rows, stay = (
            (table.positives + table.negatives).sum(axis=-1) for table in (everyone, kept)
        )
        share = 1 - stay / np.maximum(rows, 1)
        excess = share[1] - share[0]
        weights = (float(share[0, 0]), float(share[1, 0])) if counts.weighted else None
        gone = excess[0] < 0 and kind == "duplicate_rows"
        own = counts.facts[counts.facts["by"] == "all"]
        own = own[own["window"] == (0 if gone else 1)]
        # Where other causes are undone, rows that stay are carried along and sum to nearly all.
        marked = int(own[MARKED[kind]].sum()) > 0
        found = marked and (gone or excess[0] > 0)
        return cls(counts, kind, kept, excess, weights) if found else None

    def scope(self) -> "pd.Series[Any] | None":
        """The smallest group that holds nearly all marked rows beyond the baseline's share."""
        column = self.column
        now = self.counts.facts[self.counts.facts["window"] == self.window].copy()
        now["excess"] = now[column] - self.share[1 - self.window] * now["rows"]
        total = now.loc[now["by"] == "all"].iloc[0]
        groups = now[(now["by"] != "all") & (now["rows"] < NEARLY_ALL * total["rows"])]
        groups = groups[groups["excess"] >= NEARLY_ALL * total["excess"]]
        # A group of most rows has most marked ones too: elsewhere they must be rare.
        rest = (total["excess"] - groups["excess"]) / (total["rows"] - groups["rows"])
        groups = groups[rest < QUIET * groups["excess"] / groups["rows"]]
        if groups.empty:
            return None
        groups = groups.assign(columns=groups["by"].str.count(r"\*"))
        found = groups.sort_values(["rows", "columns", "by", "system", "cohort"]).iloc[0]
        return self._whole_group(found, groups)

    def _whole_group(self, found: "pd.Series[Any]", groups: pd.DataFrame) -> "pd.Series[Any]":
        """The cohort or system of a pair, if its rows outside of the pair are marked as often."""
        by, system, cohort = (str(found[name]) for name in ("by", "system", "cohort"))
        if "*" not in by:
            return found
        for wider in (
            groups[(groups["by"] == by.split("*")[-1]) & (groups["cohort"] == cohort)],
            groups[(groups["by"] == "system") & (groups["system"] == system)],
        ):
            rows, marked = (wider[name] - found[name] for name in ("rows", self.column))
            alike = wider[marked * found["rows"] >= NEARLY_ALL * found[self.column] * rows]
            if len(alike):
                return alike.iloc[0]
        return found

    @property
    def marked(self) -> float:
        """The incident's marked rows."""
        return float(self.share[1] * self._rows()[1])

    def share_of_place(self) -> float:
        """The part of the rows of its scope that is marked; of all rows without one."""
        scope = self.scope()
        return float(self.share[1] if scope is None else scope[self.column] / scope["rows"])

    def leaves_enough(self, scope: "pd.Series[Any] | None") -> bool:
        """Whether the incident, and the scope there, keep enough rows to be judged by them."""
        left = [self.kept.positives[1, 0].sum(), self.kept.negatives[1, 0].sum()]
        share = self.share[1] if scope is None else scope[self.column] / scope["rows"]
        return min(left) >= FEWEST_LEFT and share < NEARLY_ALL

    def covered_by(self, coarse: Coarse) -> bool:
        """Whether the marks are rows of a scope whose scores were cut, at the values of the cut."""
        facts = self.counts.facts[self.counts.facts["window"] == 1]
        own = facts[facts["by"] == coarse.by]
        own = own[(own["system"] == coarse.system) & (own["cohort"] == coarse.cohort)]
        marked = int(facts.loc[facts["by"] == "all", self.column].sum())
        inside, rows = int(own[self.column].sum()), int(own["rows"].sum())
        least = coarse.rows * int(facts.loc[facts["by"] == "all", "rows"].sum())
        enough = least >= NEARLY_ALL * marked if coarse.off else inside >= rows * NEARLY_ALL / 2
        return inside >= NEARLY_ALL * marked and enough

    def suspect(self, question: Question, replicated: Array, note: str) -> Suspect:
        confidence = question.thresholds.confidence
        points = estimated(self.counts, replicated, confidence)
        scope = self.scope()
        system, cohort = (None, None) if scope is None else self._place(scope)
        if self.kind == "missing_input":
            key = None if scope is None else tuple(str(scope[name]) for name in SCOPE)
            before, now = map(float, self.share)
            note += came_on_top(self.counts, question, before, now, key)
        suspect = Suspect(
            kind=self.kind,
            points=points,
            evidence=f"{self._sentence()}{self._weighing()}.{self._spared(scope)}{note}",
            supported=recovers(points) and self.more_than_before(confidence),
            system=system,
            cohort=cohort,
        )
        since = _since(self.counts, self, question)
        return suspect.begun(*since) if since else suspect

    def _place(self, scope: "pd.Series[Any]") -> tuple[str | None, dict[str, str] | None]:
        """The system and cohort of a scope; its second column too, where that holds the rows."""
        system, cohort = _named(scope)
        marked = float(scope[self.column])
        if not cohort or system or self.gone or marked >= NEARLY_ALL * scope["rows"]:
            return system, cohort
        if self.counts.weighted:
            # Of two columns combined weights are counted, and nearly all marks are in the scope.
            every = whole(self.counts).counts
            marked = float(every.rows[1] - self.kept.rows[1])
        return system, all_marked(self.counts, cohort, self.column, marked)

    def _spared(self, scope: "pd.Series[Any] | None") -> str:
        """Where no group holds all marks, the groups that surely have none more, as a sentence."""
        if scope is not None or self.gone:
            return ""
        facts, column = self.counts.facts, self.column
        now, before = (
            facts[facts["window"] == w].set_index(["by", "system", "cohort"]) for w in (1, 0)
        )
        usual = (before[column] / before["rows"].clip(lower=1)).reindex(now.index, fill_value=0.0)
        # By the share of the whole they would have had many.
        many = self.share[1] * now["rows"] >= FEWEST_LEFT
        as_before = many & (now[column] <= np.maximum(usual, SPARED * self.share[1]) * now["rows"])
        own = now[as_before & ~now.index.get_level_values("by").str.contains("^all$|\\*")]
        if own.empty:
            return ""
        by = str(own.groupby(level="by")["rows"].sum().idxmax())
        names = sorted(cohort or system for _, system, cohort in own.loc[[by]].index)
        if len(names) > NAMED:
            return ""
        return f" Rows of {by} {some_of(names, len(names))} are as before."

    def _weighing(self) -> str:
        """The same share by weight, where rows have weights."""
        if self._weights is None:
            return ""
        before, now = self._weights
        return f" (by weight {percent(now)} and {percent(before)})"

    def more_than_before(self, confidence: float) -> bool:
        """Whether the share of marked rows surely rose, or fell where they are ``gone``."""
        excess = -self._excess if self.gone else self._excess
        return recovers(estimated(self.counts, excess, confidence))

    def _sentence(self) -> str:
        rows = {w: int(n) for w, n in self._rows().items()}
        values = sudden_values(self.counts.sudden_values) if self.kind == "missing_input" else None
        near = "hour" if self.counts.meta["clustered"] else "minute"
        resent = (
            f" in all but a time within the {near}"
            if self.kind == "duplicate_rows" and self.counts.meta.get("resent")
            else ""
        )
        if self.gone:
            return (
                f"{percent(self.share[0])} of the baseline's rows {WORDS[self.kind]}{resent}, "
                f"{percent(self.share[1])} of the incident's: without them the baseline's AUC is "
                f"{auc(self.kept.positives[0, 0], self.kept.negatives[0, 0]):.3f}"
            )
        if values is None or values["now"].sum() < NEARLY_ALL * self.marked:
            return (
                f"{percent(self.share[1])} of the incident's rows {WORDS[self.kind]}{resent}, "
                f"{percent(self.share[0])} of the baseline's"
            )
        now, before = (
            values[side].sum() / max(rows[w], 1) for w, side in ((1, "now"), (0, "before"))
        )
        named = some_of([written(value) for value in values.index[:NAMED]], len(values))
        scores = "the score" if len(values) == 1 else "one of the scores"
        return (
            f"{percent(now)} of the incident's rows have {scores} {named}, "
            f"{percent(before)} of the baseline's"
        )

    def _rows(self) -> "pd.Series[Any]":
        facts = self.counts.facts[self.counts.facts["by"] == "all"].set_index("window")
        return facts["rows"].reindex([0, 1]).fillna(0)


def _cut(counts: Counts, coarse: Coarse, marks: "_Marks | None", question: Question) -> Suspect:
    system, cohort = coarse.of
    suspect = Suspect(
        kind="missing_input",
        points=coarse.points,
        evidence=f"{_how_cut(counts, coarse, marks)}; that alone takes "
        f"{coarse.points.value:.3f} from the baseline's AUC.",
        supported=recovers(coarse.points),
        system=system,
        cohort=cohort,
    )
    since = _since(counts, marks, question) if marks else None
    return suspect.begun(*since) if since else suspect


def score_news(counts: Counts, question: Question) -> str:
    """That scores are a default now, or cut to a few values, as a sentence, or nothing.

    It needs no drop: AUC may hide it within its interval.
    """
    marks = _Marks.of(counts, "missing_input")
    sure = (
        marks is not None
        and marks.more_than_before(question.thresholds.confidence)
        and marks.share_of_place() >= FEW
    )
    if not sure and coarsened(counts, question) is None:
        return ""
    found = defaulted(counts, question)[0]
    place = f"in {found.scope}, " if found.scope else ""
    evidence = found.evidence[0].lower() + found.evidence[1:]
    since = f" Since {found.onset}." if found.onset else ""
    return f" Look at the scores all the same: {place}{evidence}{since}"


def scores_within(counts: Counts, question: Question, place: Suspect) -> str:
    """Of a place that another cause has, that its rows have scores of a default, as a clause.

    Nothing where these are not surely more than before in just that place, or it is one of two
    columns. Scores that were cut off recover nothing when they are left out, and are told as well.
    """
    marks = _Marks.of(counts, "missing_input")
    if marks is None or not marks.more_than_before(question.thresholds.confidence):
        return ""
    scope = marks.scope()
    there = (None, None) if scope is None else _named(scope)
    if there != (place.system, place.cohort) or bool(there[0]) + len(there[1] or {}) > 1:
        return ""
    before, now = marks.share
    if scope is not None:
        facts = counts.facts[counts.facts["window"] == 0].set_index(["by", "system", "cohort"])
        own = facts.reindex([(scope["by"], scope["system"], scope["cohort"])]).fillna(0).iloc[0]
        before, now = own["defaulted"] / max(own["rows"], 1), marks.share_of_place()
    if now < MANY:
        return ""
    values = sudden_values(counts.sudden_values)
    what = "a score made from a shared default"
    if values is not None and values["now"].sum() >= NEARLY_ALL * marks.marked:
        one = "the score" if len(values) == 1 else "one of the scores"
        names = [written(value) for value in values.index[:NAMED]]
        what = f"{one} {some_of(names, len(values))}"
    which = "the rows" if scope is None else "these rows"
    return f"{percent(now)} of {which} have {what} ({percent(before)} before)"


def _how_cut(counts: Counts, coarse: Coarse, marks: "_Marks | None") -> str:
    known = sudden_values(counts.sudden_values) if marks and not coarse.off else None
    values = [] if known is None else [float(value) for value in known.index]
    if len(values) < len(coarse.levels):
        groups = grouping(counts, coarse.by)
        rows = rows_by_fold(groups, groups.keys.index((coarse.system, coarse.cohort)))[1].sum(0)
        # The most common first, as those of a default are.
        order = sorted(coarse.levels, key=lambda level: (-rows[int(level)], level))
        values = [_value(counts, int(level)) for level in order]
    first = values[:NAMED] if len(values) > NAMED else sorted(values)
    named = some_of([written(value) for value in first], len(values))
    if coarse.off:
        return (
            f"{percent(coarse.rows)} of the incident's rows have a score of {named}, beyond which "
            "there are none, where as many of the baseline's lie beyond"
        )
    which = "" if coarse.by == "all" else f" ({percent(coarse.rows)} of the rows)"
    if len(coarse.levels) == 1:
        return f"The incident's scores{which} are all {named}"
    return (
        f"The incident's scores{which} have only {len(coarse.levels):,} values ({named}), where as "
        f"many rows of the baseline have at least {int(coarse.usual):,}"
    )


def _value(counts: Counts, score_bin: int) -> float:
    return float(counts.bins.set_index("bin")["low"][score_bin])


def _since(counts: Counts, marks: "_Marks", question: Question) -> Began | None:
    """When the share of marked rows rose, of the scope's system if any."""
    scope = marks.scope()
    system = "" if scope is None else str(scope["system"])
    own = counts.marked[counts.marked["system"] == system].sort_values("start")
    if own.empty:
        return None
    start = pd.DatetimeIndex(pd.to_datetime(own["start"], utc=True))
    hits, rows = own[marks.column].to_numpy(), own["rows"].to_numpy()
    hits = rows - hits if marks.gone else hits
    return share_began(start, hits, rows, counts, question)


def _named(scope: "pd.Series[Any]") -> tuple[str | None, dict[str, str] | None]:
    column = str(scope["by"]).split("*")[-1]
    cohort = {column: str(scope["cohort"])} if scope["cohort"] else None
    return (str(scope["system"]) or None), cohort
