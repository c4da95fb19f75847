"""The account of a case: every statement that a template may arrange."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from investigate.records.run_record import RUNNING
from investigate.updates import alerted, causes, happened
from investigate.updates.alerted import alarms, leading
from investigate.updates.evidence import CaseEvidence, RecordedRun
from investigate.updates.facts import UNFINISHED, Facts
from investigate.updates.parts import Cited, Grade, Statement, TextPiece, at_minute, date, name, say
from investigate.updates.recovery import Recovery


def opening(reported: str) -> Statement:
    """That something is looked at, and who says so."""
    if not reported:
        return say(Grade.UNKNOWN, "A drop in AUC is suspected. It has not been measured yet.")
    return say(Grade.UNCLEAR, "A drop in AUC was reported. It has not been measured yet.")


def reported_since(reported: str) -> Statement:
    """Since when, as a person reported it."""
    if not reported:
        return say(Grade.UNKNOWN, "When it began is not known.")
    words = "It is said to have begun on {day}."
    return say(Grade.UNCLEAR, words, day=date(reported, "--since"))


def state_of(run: RecordedRun | None) -> Statement:
    """How far the investigation has come."""
    if run is None:
        return say(Grade.SURE, "The log has not been investigated yet.")
    if run.status == RUNNING:
        return say(Grade.SURE, "An investigation was begun and has not finished.")
    words = f"An investigation was run and {_ended(run)}. It says nothing about the cause."
    return say(Grade.SURE, words)


def why_it_failed(run: RecordedRun | None) -> Statement | None:
    """The reason that the runner gave, for engineers."""
    if run is None or not run.error:
        return None
    return say(Grade.SURE, "It stopped with: {error}.", error=name(run.error))


def later_run(run: RecordedRun | None) -> Statement | None:
    """That a newer run has nothing to say."""
    if run is None:
        return None
    state = "has not finished" if run.status == RUNNING else _ended(run)
    return say(Grade.SURE, f"A later investigation {state}; this update describes the one before.")


def next_step() -> Statement:
    """What people do next."""
    return say(Grade.SURE, f"{UNFINISHED[0].upper()}{UNFINISHED[1:]}.")


def _ended(run: RecordedRun) -> str:
    return "failed" if run.status == "failed" else "left no findings that can be read"


Statements = tuple[Statement, ...]


@dataclass(frozen=True)
class CaseAccount:
    """What an update can say; templates see these names.

    ``case`` and ``record`` are names as code spans, ``resolved`` whether AUC is shown to be
    back. What ends with ``_in_short`` is without numbers.
    """

    case: TextPiece
    record: TextPiece
    headline: Statement
    happened: Statements
    in_words: Statements
    since: Statement
    affected: Statement
    cause: Statement
    cause_in_short: Statement
    ruled_out: Statements
    ruled_out_in_short: Statements
    unclear: Statements
    unknown: Statements
    recovery: Statements
    state: Statements
    next_step: Statement
    next_update: Statement
    resolved: bool
    measured: bool

    @property
    def cites(self) -> tuple[Cited, ...]:
        """Everything that its statements cite."""
        found = list[Cited]()
        for field in fields(self):
            value = getattr(self, field.name)
            for item in value if isinstance(value, tuple) else (value,):
                found += getattr(item, "cites", ())
        return tuple(dict.fromkeys(found))


def account(
    case: CaseEvidence, reported: str, next_update: datetime, recovered: Recovery | None
) -> CaseAccount:
    """The account of `case`; ``reported`` is since when a person says that AUC fell."""
    run = case.run
    found = run.facts if run else None
    closing: dict[str, Any] = {
        "case": name(case.case.resolve().name),
        "record": name(run.name if run else ""),
        "recovery": recovered.statements if recovered else (),
        "next_update": _next(next_update, recovered),
        "resolved": bool(recovered and recovered.shown),
    }
    later = later_run(case.later)
    if run is None or found is None:
        return _unmeasured(case, reported, recovered, closing)
    plain = happened.in_words(found, now=recovered is None)
    return CaseAccount(
        **closing,
        headline=recovered.headline if recovered else happened.headline(found),
        happened=(happened.in_auc(found),),
        in_words=(plain,) if plain else (),
        since=happened.since(found, run.alpha),
        affected=happened.affected(found),
        cause=causes.cause(found),
        cause_in_short=causes.cause_in_short(found),
        ruled_out=causes.ruled_out(found),
        ruled_out_in_short=causes.ruled_out_in_short(found),
        unclear=causes.unclear(found),
        unknown=_unknown_still(found, recovered),
        state=(*((later,) if later else ()), *(() if recovered else _over(case))),
        next_step=_watched() if closing["resolved"] else causes.next_step(found),
        measured=True,
    )


def _unmeasured(
    case: CaseEvidence, reported: str, recovered: Recovery | None, closing: dict[str, Any]
) -> CaseAccount:
    """What can be stated before any finding: what a monitor saw, or what people say."""
    raised = alarms(case)
    first = leading(raised)
    nothing = say(Grade.UNKNOWN, "The cause is not known yet.")
    if first is None:
        values: dict[str, Any] = {
            "headline": say(Grade.UNCLEAR, "A possible drop in AUC is being looked at"),
            "happened": (opening(reported),),
            "in_words": (),
            "since": reported_since(reported),
            "affected": say(Grade.UNKNOWN, "That is not known yet."),
            "unknown": (say(Grade.UNKNOWN, "It is not known how far AUC fell, or why."),),
        }
    else:
        values = {
            "headline": alerted.headline(first),
            "happened": alerted.happened(first, raised, end=recovered is None),
            "in_words": alerted.in_words(first),
            "since": reported_since(reported) if reported else alerted.since(first),
            "affected": alerted.affected(first),
            "unknown": (alerted.unknown(first),),
        }
    if recovered:
        values["headline"] = recovered.headline
    states = (state_of(case.run), why_it_failed(case.run))
    return CaseAccount(
        **closing,
        **values,
        cause=nothing,
        cause_in_short=nothing,
        ruled_out=(),
        ruled_out_in_short=(),
        unclear=(),
        state=tuple(s for s in states if s),
        next_step=_watched() if closing["resolved"] else next_step(),
        measured=False,
    )


def _over(case: CaseEvidence) -> Statements:
    """That a monitor has seen all of it end; whether that is recovery is for people to say."""
    raised = alarms(case)
    first = leading(raised)
    return (alerted.over(first),) if first is not None and first.end is not None else ()


def _unknown_still(found: Facts, recovered: Recovery | None) -> Statements:
    if recovered is None or not recovered.shown or not recovered.what:
        return causes.unknown(found)
    words = "The evidence does not show what brought {what} back."
    return (say(Grade.UNKNOWN, words, what=TextPiece(recovered.what)),)


def _watched() -> Statement:
    return say(Grade.SURE, "The score is still monitored.")


def _next(moment: datetime, recovered: Recovery | None) -> Statement:
    if recovered and recovered.shown:
        return say(Grade.SURE, "This is the last update, unless AUC falls again.")
    next_update = date(at_minute(moment), "next update")
    return say(Grade.SURE, "Next update: by {moment}.", moment=next_update)
