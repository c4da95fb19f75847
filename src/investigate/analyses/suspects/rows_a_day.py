"""Rows a day: as many as before, or not, as where a season or a campaign brings other rows.

Nothing but other rows changes how many there are: a fault of scores or labels leaves that as it
was. So rows a day that stayed speak against other rows, and rows a day that moved keep them open.
"""

from investigate.counts.table import SCOPE, Counts
from investigate.question.question import Question

AS_MANY = 1.25
"""Rows a day are as many as before within this factor, either way."""
DAY = 86_400


def rows_a_day(
    counts: Counts, question: Question, place: tuple[str, ...] = ("all", "", "")
) -> tuple[float, float]:
    """Rows a day in the baseline and in the incident, over the whole length of each window.

    ``place``: a grouping, a system and a cohort.
    """
    own = counts.facts[(counts.facts[SCOPE] == list(place)).all(axis=1)]
    rows = own.set_index("window")["rows"]
    before, now = (
        float(rows.get(window, 0)) * DAY / seconds(question, window) for window in (0, 1)
    )
    return before, now


def seconds(question: Question, window: int) -> float:
    """The length of the baseline (0) or the incident (1)."""
    asked = (question.baseline, question.incident)[window]
    start, end = asked.bounds(question.timezone)
    return (end - start).total_seconds()


def as_many(counts: Counts, question: Question) -> bool:
    """Whether rows a day are about as many in the incident as in the baseline."""
    before, now = rows_a_day(counts, question)
    return before / AS_MANY <= now <= before * AS_MANY


def other_traffic(counts: Counts, question: Question) -> str:
    """That other rows may have moved the outcomes of all groups at once, and what would tell.

    A sentence to add; nothing where rows a day are as many as before.
    """
    if as_many(counts, question):
        return ""
    before, now = rows_a_day(counts, question)
    return (
        f" Rows a day went from {before:,.0f} to {now:,.0f} meanwhile: a season or a campaign that "
        "brings other rows moves outcomes everywhere at once too. A cohort of where rows come "
        "from, the same weeks of another year, or a sample of outcomes recorded anew would tell."
    )


def came_on_top(
    counts: Counts,
    question: Question,
    before: float,
    now: float,
    place: tuple[str, ...] | None = None,
) -> str:
    """That rows of some scores may be more rows, and not scores in the place of others.

    Of these are a part ``before`` of the baseline's rows and ``now`` of the incident's, all in
    ``place`` (its grouping, system and cohort) where there is one. A sentence to add; nothing
    where rows a day, in all and there, did not rise by about as many.
    """
    earlier, later = rows_a_day(counts, question)
    came, more = later * now - earlier * before, [later - earlier]
    if place is not None:
        there, there_now = rows_a_day(counts, question, place)
        more.append(there_now - there)
    if not all(came / 2 <= one <= came * 2 for one in more):
        return ""
    return (
        f" They may be rows that came on top, as a robot or a test sends them: rows a day went "
        f"from {earlier:,.0f} to {later:,.0f}, and those with other scores from "
        f"{earlier * (1 - before):,.0f} to {later * (1 - now):,.0f}. Whose rows they are would "
        "tell."
    )
