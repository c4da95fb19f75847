"""What can be asked of a question with its counts: one method an analysis."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from investigate import analyses
from investigate.analyses.account import account
from investigate.analyses.certificate import certificate
from investigate.analyses.wording import points
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.finding import Finding
from investigate.question.question import Question

ASKED = (
    *("drop", "onset", "contributions", "pairs", "mechanism", "waterfall"),
    *("replay", "movement", "signal", "scorecard", "item_drift", "items", "join_loss"),
    *("certificate", "suspects", "account", "verdict", "answer", "reading"),
)


class Asked:
    """The analyses as methods; each finding is computed once and remembered with the counts."""

    _question: Question
    _counts: Counts

    @property
    def groupings(self) -> list[str]:
        """What `contributions` can be asked by: the system, cohorts, and both crossed."""
        return [by for by in self._counts.groupings() if by != "all"]

    def ask(self, analysis: Callable[..., Finding], *details: Any) -> Finding:
        """What any analysis finds here, also one of your own.

        Parameters
        ----------
        analysis : callable
            A pure function of counts, question and `details` that returns a `Finding`.
        *details
            Further arguments, which must be hashable.

        Returns
        -------
        Finding
            Computed at the first call, then remembered.

        Examples
        --------
        >>> import investigate
        >>> def rows(counts, question):
        ...     return investigate.Finding("rows", f"The log has {counts.meta['rows']:,} rows.")
        >>> found.ask(rows)
        Finding 'rows': The log has 6,000 rows.
        """
        memory = self._counts.memory
        key = ("asked", analysis, self._question, details)
        if key not in memory:
            memory[key] = analysis(self._counts, self._question, *details)
        return memory[key]

    def drop(self) -> Finding:
        """AUC of both windows and its change (DeLong et al. 1988; by clusters Kott 2001).

        Returns
        -------
        Finding
            Numbers ``baseline``, ``incident`` and ``change``, in AUC.

        Examples
        --------
        >>> found.drop().numbers["change"].excludes_zero
        True
        """
        return self.ask(analyses.drop)

    def onset(self) -> Finding:
        """When the change began, of all rows and of each system, from the log by buckets of time.

        Returns
        -------
        Finding
            ``detail["onset"]`` holds the date and its interval, or `None`.

        Examples
        --------
        >>> found.onset().detail["onset"]["date"]
        '2024-01-...'
        """
        return self.ask(analyses.onset)

    def contributions(self, by: str = "system") -> Finding:
        """What each group adds to the change in AUC (Aumann & Shapley 1974).

        Parameters
        ----------
        by : str
            ``system``, a cohort of the question, or ``system*<cohort>``; see `groupings`.

        Returns
        -------
        Finding
            A row a group, the largest loss first; contributions sum to the change.

        Raises
        ------
        InputError
            For a grouping that was not counted.

        Examples
        --------
        >>> found.contributions().to_frame()["group"][0]
        'rules'
        """
        return self.ask(analyses.contributions, self._grouping(by))

    def pairs(self, by: str = "system") -> Finding:
        """The change in AUC by pairs of groups: which disagree (Kallus & Zhou 2019).

        Parameters
        ----------
        by : str
            As in `contributions`.

        Returns
        -------
        Finding
            A row a pair: positives of one group against negatives of another.

        Raises
        ------
        InputError
            For a grouping that was not counted.

        Examples
        --------
        >>> len(found.pairs().table)
        4
        """
        return self.ask(analyses.pairs, self._grouping(by))

    def mechanism(self, by: str = "system") -> Finding:
        """The change in AUC as mix, spread and validity (Shorrocks 2013; Zhang et al. 2023).

        Parameters
        ----------
        by : str
            The groups that the mix is of, as in `contributions`.

        Returns
        -------
        Finding
            Numbers ``mix``, ``spread`` and ``validity``, which sum to the change.

        Raises
        ------
        InputError
            For a grouping that was not counted.

        Examples
        --------
        >>> sorted(found.mechanism().numbers)
        ['borrowed', 'mix', 'spread', 'sum', 'validity']
        """
        return self.ask(analyses.mechanism, self._grouping(by))

    def replay(self) -> Finding:
        """What AUC would have been, had systems kept the values of before (Shapley 1953).

        Returns
        -------
        Finding
            A row a set of systems; without a history of values a sentence that says so.

        Examples
        --------
        >>> found.replay().sentence
        'Replay is not possible: ...'
        """
        return self.ask(analyses.replay)

    def movement(self) -> Finding:
        """How the values that systems wrote moved; needs a history of values.

        Returns
        -------
        Finding
            A row a system.

        Examples
        --------
        >>> found.movement().sentence
        'The question names no difficulty history.'
        """
        return self.ask(analyses.movement)

    def signal(self) -> Finding:
        """What could be known of outcomes, against what the score knows of them.

        Returns
        -------
        Finding
            A row a kind of group and a side; `investigate.analyses.signal` says the method.

        Examples
        --------
        >>> found.signal().name
        'signal audit'
        """
        return self.ask(analyses.signal)

    def scorecard(self, by: str = "all") -> Finding:
        """Measures beside AUC: log loss, Brier score and its parts (Murphy 1973), and more.

        Parameters
        ----------
        by : str
            ``all``, or as in `contributions`.

        Returns
        -------
        Finding
            A row a measure, in both windows and as a change.

        Raises
        ------
        InputError
            For a grouping that was not counted.

        Examples
        --------
        >>> found.scorecard().to_frame()["measure"][0]
        'auc'
        """
        return self.ask(analyses.scorecard, self._grouping(by))

    def item_drift(self) -> Finding:
        """Items that became harder or easier at equal scores (Mantel & Haenszel 1959).

        Returns
        -------
        Finding
            A row an item, on the ETS delta scale, the largest drift first.

        Examples
        --------
        >>> found.item_drift().to_frame().columns[:3].tolist()
        ['item', 'compared', 'delta']
        """
        return self.ask(analyses.item_drift)

    def items(self) -> Finding:
        """What single items contribute to the change in AUC, beside their drift.

        Returns
        -------
        Finding
            A row an item, the largest loss first; with what is not listed they sum to the change.

        Examples
        --------
        >>> found.items().to_frame().columns[:3].tolist()
        ['item', 'contribution', 'low']
        """
        return self.ask(analyses.items)

    def join_loss(self, by: str = "group") -> Finding:
        """Where rows find no outcome in the table of outcomes that is joined.

        Parameters
        ----------
        by : str
            ``group``: all rows, each system and each cohort; ``day``: the buckets of time of
            all rows and of the groups whose join fails.

        Returns
        -------
        Finding
            A row a group, or a bucket of one.

        Examples
        --------
        >>> found.join_loss().sentence
        'The question joins no table of outcomes.'
        """
        return self.ask(analyses.join_loss, by)

    def certificate(self) -> Finding:
        """How large a drop these rows could have hidden, in the whole and in groups.

        Returns
        -------
        Finding
            What an all-clear rests on.

        Examples
        --------
        >>> found.certificate().name
        'certificate'
        """
        return self.ask(certificate)

    def account(self) -> Finding:
        """The drop as an account: causes undone one on top of another, and what stays unexplained.

        Returns
        -------
        Finding
            A row a part; the parts sum to the drop.

        Examples
        --------
        >>> found.account().to_frame()["where"][0]
        'rules'
        """
        return self.ask(account)

    def verdict(self) -> Finding:
        """The best explanation in one sentence, or plainly that nothing is broken.

        Returns
        -------
        Finding
            A row an explanation, the best first; ``detail["verdict"]`` is the first of them.

        Examples
        --------
        >>> found.verdict().detail["verdict"]["system"]
        'rules'
        """
        return self.ask(analyses.verdict)

    def suspects(self) -> Finding:
        """All explanations that were compared, in AUC points that undoing each recovers.

        Returns
        -------
        Finding
            The table of `verdict` under a sentence that says how they compare.

        Examples
        --------
        >>> found.suspects().to_frame()["suspect"][0]
        'system_fault'
        """
        return self.ask(_compared)

    def answer(self) -> Finding:
        """The verdict with every other finding: what a run writes to ``findings.json``.

        Returns
        -------
        Finding
            ``detail["findings"]`` is that document; see docs/glossary.md for its keys.

        Examples
        --------
        >>> found.answer().detail["findings"]["verdict"]["system"]
        'rules'
        """
        return self.ask(analyses.answer)

    def reading(self) -> Finding:
        """What was read: rows by window, rows left out, and what in the log is not as expected.

        Returns
        -------
        Finding
            A row a kind of row, with how many of them are left out.

        Examples
        --------
        >>> found.reading().sentence
        'The log holds 6,000 rows; none is left out, and nothing in it is odd.'
        """
        return self.ask(analyses.reading)

    def _grouping(self, by: str) -> str:
        if by not in self._counts.groupings():
            known = ", ".join(self.groupings)
            raise InputError(f"by: {by!r} was not counted; counted are {known}; add it to cohorts")
        return by


def _compared(counts: Counts, question: Question) -> Finding:
    found = analyses.verdict(counts, question)
    if not found.table:
        return found
    first, best = found.table[0], next(iter(found.numbers.values()))
    many = len(found.table)
    compared = "One explanation was" if many == 1 else f"{many} explanations were"
    named = str(first["suspect"]).replace("_", " ")
    gained = "" if best.value is None else f" ({points(best.value)})"
    claim = f"{compared} compared; {named}, {first['where']}, comes first{gained}."
    return replace(found, claim=claim)
