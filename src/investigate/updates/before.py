"""What is told while no cause is known and nothing may be measured yet."""

from datetime import datetime

from investigate.records.run_record import RUNNING
from investigate.updates.evidence import Run
from investigate.updates.kinds import UNFINISHED
from investigate.updates.parts import Grade, Statement, date, name, say


def at_minute(moment: datetime) -> str:
    """A moment in UTC as people write it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def opening(reported: str) -> Statement:
    """That something is looked at, and who says so."""
    if not reported:
        return say(Grade.UNKNOWN, "A drop in AUC is suspected. It has not been measured yet.")
    return say(Grade.UNCLEAR, "A drop in AUC was reported. It has not been measured yet.")


def reported_since(reported: str) -> Statement:
    """Since when, as a person said it."""
    if not reported:
        return say(Grade.UNKNOWN, "When it began is not known.")
    words = "It is said to have begun on {day}."
    return say(Grade.UNCLEAR, words, day=date(reported, "--since"))


def state_of(run: Run | None) -> Statement:
    """How far the investigation has come."""
    if run is None:
        return say(Grade.SURE, "The log has not been investigated yet.")
    if run.status == RUNNING:
        return say(Grade.SURE, "An investigation was begun and has not finished.")
    words = f"An investigation was run and {_ended(run)}. It says nothing about the cause."
    return say(Grade.SURE, words)


def why_it_failed(run: Run | None) -> Statement | None:
    """The reason that the runner gave, for engineers."""
    if run is None or not run.error:
        return None
    return say(Grade.SURE, "It stopped with: {error}.", error=name(run.error))


def later_run(run: Run | None) -> Statement | None:
    """That a newer run has nothing to say."""
    if run is None:
        return None
    state = "has not finished" if run.status == RUNNING else _ended(run)
    return say(Grade.SURE, f"A later investigation {state}; this update tells of the one before.")


def next_step() -> Statement:
    """What people do next."""
    return say(Grade.SURE, f"{UNFINISHED[0].upper()}{UNFINISHED[1:]}.")


def _ended(run: Run) -> str:
    return "failed" if run.status == "failed" else "left no findings that can be read"
