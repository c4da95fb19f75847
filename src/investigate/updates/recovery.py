"""Whether a later record, or the monitor, shows that AUC is back where it was."""

from dataclasses import dataclass

from investigate.updates.alerted import FEW, CitedAlert, alarms, leading, named, over
from investigate.updates.evidence import CaseEvidence, RecordedRun
from investigate.updates.facts import NO_DROP
from investigate.updates.parts import Cited, Grade, Statement, TextPiece, joined, say

ENTRY = "entry "
"""How what shows recovery begins where that is an entry of the ledger, and no record."""


@dataclass(frozen=True)
class Recovery:
    """The record or entry that is to show it, the statements of that, and whether it does.

    ``what`` came back; empty where nothing did, as alerts were withdrawn.
    """

    record: str
    shown: bool
    headline: Statement
    statements: tuple[Statement, ...]
    what: str = "AUC"


def recovery(before: RecordedRun | None, after: RecordedRun) -> Recovery:
    """What `after` shows, compared with the finding `before` that showed the drop.

    A baseline of its own could lie within the incident, so the level that counts is that of
    the finding before. Paths that begin with ``resolved:`` are in the findings of `after`.
    """
    reasons = _reasons(before, after)
    if reasons:
        headline = say(Grade.UNCLEAR, "The evidence does not show recovery")
        return Recovery(after.name, False, headline, tuple(reasons))
    assert before is not None
    assert before.facts is not None
    assert after.facts is not None
    words = "AUC is back: it is {now}; before the drop it was {then}, during it {during}."
    parts = {
        "now": _elsewhere(after.facts.incident.level()),
        "then": before.facts.baseline.level(),
        "during": before.facts.incident.level(),
    }
    headline = say(Grade.SURE, "AUC is back where it was before the drop")
    share = _elsewhere(after.facts.incident.percent(0))
    plain = (
        "Of two cases with different outcomes, the score now ranks the right one higher "
        "{share} of the time."
    )
    statements = say(Grade.SURE, words, **parts), say(Grade.SURE, plain, share=share)
    return Recovery(after.name, True, headline, statements)


def by_monitor(case: CaseEvidence) -> Recovery:
    """What the ends of the alerts of `case` show: that all of it is back inside its bounds."""
    raised = alarms(case)
    going = [alarm for alarm in raised if alarm.end is None]
    last = max((alarm.end.n for alarm in raised if alarm.end is not None), default=0)
    first = leading(raised)
    if first is None or going:
        headline = say(Grade.UNCLEAR, "The evidence does not show recovery")
        return Recovery(f"{ENTRY}{last}", False, headline, (_going(going),))
    shown = leading([alarm for alarm in raised if not alarm.withdrawn]) or first
    if shown.withdrawn:
        headline = say(
            Grade.SURE, "The alert on {about} was withdrawn", about=TextPiece(shown.about)
        )
    else:
        headline = say(Grade.SURE, "{about} is back inside its bounds", about=shown.opening)
    sentences = [over(shown)]
    if len(named([alarm for alarm in raised if not alarm.withdrawn])) > 1:
        sentences.append(say(Grade.SURE, "So is all else that this case has alerts on."))
    what = "" if shown.withdrawn else shown.about
    return Recovery(f"{ENTRY}{last}", True, headline, tuple(sentences), what)


def _going(going: list[CitedAlert]) -> Statement:
    if not going:
        return say(Grade.UNKNOWN, "No alert of this case tells of anything to recover from.")
    what = named(going)
    more = " among others" if len(what) > FEW else ""
    words = f"Alerts are still open, on {{what}}{more}."
    return say(Grade.SURE, words, what=joined(what[:FEW]))


def _reasons(before: RecordedRun | None, after: RecordedRun) -> list[Statement]:
    """Why recovery is not shown; none where it is."""
    if before is None or before.facts is None or before.facts.verdict.kind == NO_DROP:
        return [say(Grade.UNKNOWN, "No finding of this case tells of a drop to recover from.")]
    if after.facts is None:
        return [say(Grade.UNKNOWN, "The run that is to show it has no findings.")]
    then, now, found = before.facts, after.facts.incident, list[Statement]()
    if after.facts.verdict.kind != NO_DROP:
        found.append(say(Grade.SURE, "The newest finding still shows a drop."))
    if after.incident is None or before.incident is None or after.incident < before.incident:
        found.append(say(Grade.SURE, "The period it looks at is not later than the incident."))
    levels = {"now": _elsewhere(now.level()), "then": then.baseline.level()}
    if now.value is None or then.baseline.low is None or now.value < then.baseline.low:
        words = "AUC is {now}, which is outside the interval before the drop, {then}."
        found.append(say(Grade.UNCLEAR, words, **levels))
    if now.low is None or then.incident.high is None or now.low <= then.incident.high:
        words = "AUC is {now}, which is not surely above that of the incident, {during}."
        parts = {"now": levels["now"], "during": then.incident.level()}
        found.append(say(Grade.UNCLEAR, words, **parts))
    return found


def _elsewhere(part: TextPiece) -> TextPiece:
    return TextPiece(part.text, tuple(Cited(c.text, f"resolved:{c.path}") for c in part.cites))
