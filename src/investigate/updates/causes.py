"""What is known of the cause, what is ruled out, what is not known, what comes next."""

from investigate.kinds import kind as registered
from investigate.updates.facts import NO_DROP, UNEXPLAINED, Facts, Suspect, too_small, where
from investigate.updates.parts import Grade, Statement, TextPiece, joined, name, say

MOST_OF_IT = 1 / 2
MAIN = 1 / 3
"""A suspect that surely recovers less than this part of the drop is no main cause."""
NAMED = 3
"""Causes that are named together: the verdict's and two more."""
MOST_LISTED = 4
"""Suspects beside the verdict that are named."""
VISIBLE = 0.0005


def cause(facts: Facts) -> Statement:
    """What the evidence points to, or plainly that it does not."""
    verdict = facts.verdict
    if verdict.kind == NO_DROP:
        return _no_cause(facts)
    if verdict.kind == UNEXPLAINED:
        words = (
            "The cause is unknown: nothing that the log lets us test surely accounts for a third "
            "of the drop."
        )
        return say(Grade.UNKNOWN, words)
    if not verdict.supported or not verdict.is_cause:
        return say(Grade.UNKNOWN, "The cause is unknown: the evidence supports no explanation.")
    most = _most(facts)
    scope = where(verdict.system, verdict.cohort)
    parts = {
        "what": TextPiece(verdict.what),
        "points": verdict.points.level(),
        "lost": facts.change.short(),
        "amount": TextPiece(_amount(facts)),
        "where": TextPiece(f" ({scope.text})") if scope else TextPiece(""),
        "also": _also(facts, numbers=True),
    }
    if verdict.is_open or (verdict.is_innocent and verdict.either):
        words = (
            "It is not known whether anything is broken: {what}{where}. "
            "That likely accounts for {amount} the drop ({points} of {lost})."
        )
    elif facts.clears:
        words = (
            "Nothing is broken as far as the log tells: {what}{where}. "
            "That likely accounts for {amount} the drop ({points} of {lost})."
        )
    elif verdict.is_innocent:
        words = (
            "A part of the drop is no fault: {what}{where} ({points} of {lost}). "
            "That does not clear the score: another part looks like a fault."
        )
    else:
        words = (
            "The evidence points to this: {what}{where}. Undoing it in the counts "
            "recovers {amount} the drop ({points} of {lost})."
        )
    return say(Grade.LIKELY if most else Grade.UNCLEAR, words + "{also}", **parts)


def _no_cause(facts: Facts) -> Statement:
    """Why there is nothing to explain, or nothing that could be."""
    if facts.verdict.either:
        # An interval without zero is no matter of rows: then the score itself is in doubt.
        end, start = facts.change.high or 0.0, facts.change.low or 0.0
        few = "" if end < 0 or start > 0 else " from so few rows"
        words = f"Whether there is a drop cannot be told{few}, nor what explains it."
        return say(Grade.UNKNOWN, words)
    small = too_small(facts)
    if facts.fell_within:
        whole = (
            "The drop in the whole is smaller than was asked about, and"
            if small
            else "No drop was measured in the whole, but"
        )
        column, group = facts.fell_within[0]
        named = TextPiece(f"{name(column).text} {name(group).text}")
        words = f"{whole} within {{where}} AUC surely fell; what explains that is not known."
        return say(Grade.UNKNOWN, words, where=named)
    if small:
        words = "The drop is smaller than was asked about, so no explanation is named."
        return say(Grade.SURE, words)
    return say(Grade.SURE, "No drop was measured, so there is none to explain.")


def cause_in_short(facts: Facts) -> Statement:
    """The same without numbers."""
    verdict = facts.verdict
    if not verdict.supported or not verdict.is_cause:
        return cause(facts)
    scope = where(verdict.system, verdict.cohort)
    parts = {
        "what": TextPiece(verdict.what),
        "amount": TextPiece(_amount(facts)),
        "where": TextPiece(f" ({scope.text})") if scope else TextPiece(""),
        "also": _also(facts, numbers=False),
    }
    if verdict.is_open or (verdict.is_innocent and verdict.either):
        words = (
            "It is not known whether anything is broken: {what}{where}. "
            "That likely accounts for {amount} the drop."
        )
    elif facts.clears:
        words = (
            "Nothing is broken as far as the log tells: {what}{where}. "
            "That likely accounts for {amount} the drop."
        )
    elif verdict.is_innocent:
        words = (
            "A part of the drop is no fault: {what}{where}. "
            "That does not clear the score: another part looks like a fault."
        )
    else:
        words = (
            "The evidence points to this: {what}{where}. That likely accounts for "
            "{amount} the drop."
        )
    return say(Grade.LIKELY if _most(facts) else Grade.UNCLEAR, words + "{also}", **parts)


def _also(facts: Facts, numbers: bool) -> TextPiece:
    """The further causes that carry a part of their own, undone on top of the verdict's."""
    names = []
    for part in facts.parts[1:NAMED]:
        scope = where(part.system, part.cohort)
        points = part.points.level() if numbers else TextPiece("")
        text = part.what + (f" ({scope.text})" if scope else "")
        names.append(TextPiece(text + (f": {points.text}" if numbers else ""), points.cites))
    if not names:
        return TextPiece("")
    listed = joined(names, between="; ", last="; and ")
    return TextPiece(f" On top of that: {listed.text}.", listed.cites)


def ruled_out(facts: Facts) -> tuple[Statement, ...]:
    """Suspects that surely recover too little to be the main cause."""
    return tuple(
        say(
            Grade.SURE, "{what}{where}: undoing it recovers {points} of {lost}.",
            **_parts(facts, suspect),
        )
        for suspect in _others(facts)
        if _minor(facts, suspect)
    )[:MOST_LISTED]  # fmt: skip


def ruled_out_in_short(facts: Facts) -> tuple[Statement, ...]:
    """The same in one sentence without numbers, of the first two."""
    named = []
    for suspect in [s for s in _others(facts) if _minor(facts, s)][:2]:
        named.append(TextPiece(suspect.what + _limited(facts, suspect).text))
    if not named:
        return ()
    what = joined(named, last="; ")
    return (say(Grade.SURE, "Not the main explanation: {what}.", what=what),)


def unclear(facts: Facts) -> tuple[Statement, ...]:
    """Suspects that can be neither named nor ruled out; supported ones overlap the verdict."""
    found = []
    for suspect in _others(facts):
        if _minor(facts, suspect) or suspect.points.value is None:
            continue
        words = (
            "{what}{where}: it may account for a part too ({points} of {lost}); parts overlap."
            if suspect.supported
            else "{what}{where}: neither shown nor ruled out ({points} of {lost})."
        )
        found.append(say(Grade.UNCLEAR, words, **_parts(facts, suspect)))
    return tuple(found[:MOST_LISTED])


def unknown(facts: Facts) -> tuple[Statement, ...]:
    """What the finding does not say."""
    kind, found = facts.verdict.kind, list[Statement]()
    if kind == NO_DROP:
        if facts.change.low is not None and facts.change.low < 0:
            words = "A drop of up to {size} is not excluded by the interval."
            end = facts.change
            size = type(end)(end.low, None, None, end.path, ("low", "", "")).short()
            found.append(say(Grade.UNCLEAR, words, size=size))
        return tuple(found)
    # Of several causes what all of them leave: beside the first one that is no longer unknown.
    several = len(facts.parts) > 1
    listed = facts.account if several else facts.suspects
    left = next((s for s in listed if s.kind == UNEXPLAINED), None)
    if kind != UNEXPLAINED and left is not None and (left.points.value or 0) >= VISIBLE:
        words = "{left} of the {lost} lost is not accounted for."
        parts = {"left": left.points.short(), "lost": facts.change.short()}
        found.append(say(Grade.UNKNOWN, words, **parts))
    if kind == "late_outcomes" and facts.verdict.supported:
        words = "It is not known why they are late or when they will arrive."
    elif facts.verdict.is_broken and facts.verdict.supported:
        words = "It is not known why this happened or when it will be repaired."
    elif facts.clears and facts.verdict.supported:
        words = "The log does not show whether this change is intended."
    else:
        words = "The cause, and when it will be repaired, are not known."
    return (*found, say(Grade.UNKNOWN, words))


def next_step(facts: Facts) -> Statement:
    """What people do next; no promise of a repair."""
    step = registered(facts.verdict.kind).words_for(facts.verdict.either).next_step
    return say(Grade.SURE, f"{step[0].upper()}{step[1:]}.")


def _others(facts: Facts) -> list[Suspect]:
    """Explanations with points, but for the verdict's own."""
    own = {(s.kind, s.system, s.cohort) for s in (facts.verdict, *facts.parts[:NAMED])}
    return [
        s for s in facts.suspects
        if (s.kind, s.system, s.cohort) not in own and s.is_cause
    ]  # fmt: skip


def _most(facts: Facts) -> bool:
    """Whether the verdict surely accounts for most of even the largest likely drop."""
    low, drop = facts.verdict.points.low, facts.change.low
    return low is not None and drop is not None and low > -drop * MOST_OF_IT


def _amount(facts: Facts) -> str:
    """How much of the drop the verdict accounts for, as surely as both intervals allow."""
    if _most(facts):
        return "most of"
    high, drop = facts.verdict.points.high, facts.change.high
    # Where it may be all of it, no other part is known.
    only = high is not None and drop is not None and high < -drop
    return "part of" if only else "at least part of"


def _minor(facts: Facts, suspect: Suspect) -> bool:
    """Whether it surely accounts for little of even the smallest likely drop."""
    high, drop = suspect.points.high, facts.change.high
    return high is not None and drop is not None and high < -drop * MAIN


def _parts(facts: Facts, suspect: Suspect) -> dict[str, TextPiece]:
    what = suspect.what
    return {
        "what": TextPiece(what[0].upper() + what[1:]),
        "where": _limited(facts, suspect),
        "points": suspect.points.change(),
        "lost": facts.change.short(),
    }


def _limited(facts: Facts, suspect: Suspect) -> TextPiece:
    """Where a suspect is limited to; of systems that act together, that it is one alone."""
    scope = where(suspect.system, suspect.cohort)
    together = facts.verdict.kind == "system_interaction" and suspect.kind == "system_fault"
    alone = ", alone" if together else ""
    return TextPiece(f" ({scope.text}{alone})") if scope else TextPiece("")
