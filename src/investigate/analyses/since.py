"""Since when: the date of a suspect, with its interval, by what its own cause leaves in the log.

Rows at a default and repeats are dated by their share, mix by a group's share of the rows, groups
that are new by their first row, everything else by all rows of its slice (`cause_date`); a system
whose values are to blame by its writes, where they say more than rows do.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from investigate.analyses.cause_date import Began, began_in, presence_began, rows_prefer
from investigate.analyses.dating import began, dated, meet
from investigate.analyses.onset import onset
from investigate.analyses.suspects.suspect import Suspect
from investigate.analyses.written import on_a_write, rewritten
from investigate.counts.table import Counts
from investigate.kinds import kind
from investigate.question.question import Question

UNDATED = ("no_drop", "unexplained")


def since(suspect: Suspect, counts: Counts, question: Question) -> Suspect:
    """The suspect with the date on which its cause began, and the interval of that.

    As it came where its own evidence gave the date, and where there is nothing to date.
    """
    if suspect.onset or suspect.kind in UNDATED or kind(suspect.kind).undo == "windows":
        return suspect
    system = suspect.system or ""
    if (system or suspect.cohort) and (first := began(counts, question, system, suspect.cohort)):
        # What is new began no earlier than its own first row.
        return suspect.begun(first, first, first)
    found = None
    if kind(suspect.kind).undo == "mix":
        found = presence_began(counts, question, system, suspect.cohort)
    found = found or _began(counts, question, system, suspect.cohort)
    # A slice of rows on too few days has no date of its own.
    found = found or _began(counts, question)
    if found is None:
        return suspect
    begun = suspect.begun(*found)
    if system and kind(suspect.kind).broken:
        if rewrite := rewritten(counts, question, system, found._asdict()):
            evidence = suspect.evidence.removesuffix(rewrite.sentence).rstrip()
            # What was written late on a day is in force from the next one on; rows may tell which.
            near = rewrite.wrote <= found.date <= rewrite.until
            date = found.date if near else rewrite.date
            begun = suspect.begun(date, rewrite.wrote, rewrite.until)
            return replace(begun, evidence=f"{evidence} {rewrite.sentence}")
        if suspect.kind == "system_fault" and not counts.replay.empty:
            wrote = on_a_write(counts, question, system, found._asdict())
            return replace(begun, onset=wrote) if wrote else begun
    return begun


def _began(
    counts: Counts, question: Question, system: str = "", cohort: Mapping[str, str] | None = None
) -> Began | None:
    """When a slice changed: by its AUC where that surely slid or recovered, else by its rows.

    Rows are compared before and after one day, as if what began had lasted. A few days at the end
    look to them like a small change of the whole window: where AUC surely fell on days that they
    exclude, they are asked which of the two explains them better.
    """
    rows = began_in(counts, question, system, cohort)
    if len(cohort or {}) > 1 or (system and cohort):
        return rows
    found = dated(counts, question, system, cohort)
    if not found or found["p_value"] > 1 - question.thresholds.confidence:
        return rows
    if found["after"] >= found["before"]:
        return rows
    fall = Began(found["date"], found["low"], found["high"])
    if found["shape"] != "step":
        return fall
    by, value = next(iter((cohort or {}).items()), ("", ""))
    if rows is None or meet(rows._asdict(), found):
        return rows
    own = counts, question, system, by, value
    return fall if rows_prefer(fall.date, rows.date, *own) else rows


def fell_since(counts: Counts, question: Question) -> dict[str, str | None]:
    """When AUC of all rows changed: ``onset``, ``onset_low`` and ``onset_high``."""
    found = _began(counts, question)
    if found is None:
        whole: Mapping[str, Any] | None = onset(counts, question).detail["onset"]
        if whole is None:
            return {"onset": None, "onset_low": None, "onset_high": None}
        found = Began(whole["date"], whole["low"], whole["high"])
    return {"onset": found.date, "onset_low": found.low, "onset_high": found.high}


def since_sentence(named: Mapping[str, Any], several: bool) -> str:
    """The interval of a date that is not known to the day, as a sentence; else nothing."""
    low, high = named["onset_low"], named["onset_high"]
    if not low or low == high:
        return ""
    what = "The first of these" if several else "The change"
    return f" {what} began between {low} and {high}, most likely on {named['onset']}."
