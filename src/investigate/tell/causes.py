"""What is known of the cause, what is ruled out, what is not known, what comes next."""

from investigate.tell.facts import Facts, Suspect
from investigate.tell.kinds import BROKEN, INNOCENT, NEXT, NO_DROP, UNEXPLAINED, phrase, where
from investigate.tell.parts import Grade, Part, Statement, say

MOST_OF_IT = 1 / 2
MAIN = 1 / 3
"""A suspect that surely recovers less than this part of the drop is no main cause."""
MOST_TOLD = 4
"""Suspects beside the verdict that are told."""
VISIBLE = 0.0005


def cause(facts: Facts) -> Statement:
    """What the evidence points to, or plainly that it does not."""
    verdict = facts.verdict
    if verdict.kind == NO_DROP:
        return say(Grade.SURE, "There is no drop to explain.")
    if verdict.kind == UNEXPLAINED:
        words = "The cause is unknown: nothing that the log lets us test accounts for a third of it."
        return say(Grade.UNKNOWN, words)
    if not verdict.stands or verdict.kind not in {**BROKEN, **INNOCENT}:
        return say(Grade.UNKNOWN, "The cause is unknown: no explanation stands.")
    most = _most(facts)
    scope = where(verdict.system, verdict.cohort)
    parts = {
        "what": Part(phrase(verdict.kind)),
        "points": verdict.points.level(),
        "lost": facts.change.short(),
        "amount": Part("most" if most else "at least part"),
        "where": Part(f" ({scope.text})") if scope else Part(""),
    }
    if verdict.kind in INNOCENT:
        words = (
            "Nothing is broken as far as the log tells: {what}{where}. "
            "That likely accounts for {amount} of the drop ({points} of {lost})."
        )
    else:
        words = (
            "The evidence points to this: {what}{where}. Undoing it in the counts "
            "recovers {amount} of the drop ({points} of {lost})."
        )
    return say(Grade.LIKELY if most else Grade.UNCLEAR, words, **parts)


def cause_in_short(facts: Facts) -> Statement:
    """The same without numbers."""
    verdict = facts.verdict
    if not verdict.stands or verdict.kind not in {**BROKEN, **INNOCENT}:
        return cause(facts)
    scope = where(verdict.system, verdict.cohort)
    parts = {
        "what": Part(phrase(verdict.kind)),
        "amount": Part("most" if _most(facts) else "at least part"),
        "where": Part(f" ({scope.text})") if scope else Part(""),
    }
    if verdict.kind in INNOCENT:
        words = (
            "Nothing is broken as far as the log tells: {what}{where}. "
            "That likely accounts for {amount} of the drop."
        )
    else:
        words = (
            "The evidence points to this: {what}{where}. That likely accounts for "
            "{amount} of the drop."
        )
    return say(Grade.LIKELY if _most(facts) else Grade.UNCLEAR, words, **parts)


def ruled_out(facts: Facts) -> tuple[Statement, ...]:
    """Suspects that surely recover too little to be the main cause."""
    return tuple(
        say(
            Grade.SURE, "{what}{where}: undoing it recovers only {points} of {lost}.",
            **_parts(facts, suspect),
        )
        for suspect in _others(facts)
        if _minor(facts, suspect)
    )[:MOST_TOLD]  # fmt: skip


def unclear(facts: Facts) -> tuple[Statement, ...]:
    """Suspects that can be neither named nor ruled out; those that stand overlap the verdict."""
    found = []
    for suspect in _others(facts):
        if _minor(facts, suspect) or suspect.points.value is None:
            continue
        words = (
            "{what}{where}: it may account for a part too ({points} of {lost}); parts overlap."
            if suspect.stands
            else "{what}{where}: neither shown nor ruled out ({points} of {lost})."
        )
        found.append(say(Grade.UNCLEAR, words, **_parts(facts, suspect)))
    return tuple(found[:MOST_TOLD])


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
    left = next((s for s in facts.suspects if s.kind == UNEXPLAINED), None)
    if kind != UNEXPLAINED and left is not None and (left.points.value or 0) >= VISIBLE:
        words = "{left} of the {lost} lost is not accounted for."
        parts = {"left": left.points.short(), "lost": facts.change.short()}
        found.append(say(Grade.UNKNOWN, words, **parts))
    if kind in BROKEN and facts.verdict.stands:
        words = "Why this came about is not known, nor when it will be repaired."
    elif kind in INNOCENT and facts.verdict.stands:
        words = "What the log does not show is not known."
    else:
        words = "What the cause is, and when it will be repaired."
    return (*found, say(Grade.UNKNOWN, words))


def next_step(facts: Facts) -> Statement:
    """What people do next; no promise of a repair."""
    step = NEXT.get(facts.verdict.kind, NEXT[UNEXPLAINED])
    return say(Grade.SURE, f"Next, {step}.")


def _others(facts: Facts) -> list[Suspect]:
    """Explanations with points, but for the verdict's own."""
    own = (facts.verdict.kind, facts.verdict.system, facts.verdict.cohort)
    return [
        s for s in facts.suspects
        if (s.kind, s.system, s.cohort) != own and s.kind in {**BROKEN, **INNOCENT}
    ]  # fmt: skip


def _most(facts: Facts) -> bool:
    """Whether the verdict surely accounts for most of even the largest likely drop."""
    low, drop = facts.verdict.points.low, facts.change.low
    return low is not None and drop is not None and low > -drop * MOST_OF_IT


def _minor(facts: Facts, suspect: Suspect) -> bool:
    """Whether it surely accounts for little of even the smallest likely drop."""
    high, drop = suspect.points.high, facts.change.high
    return high is not None and drop is not None and high < -drop * MAIN


def _parts(facts: Facts, suspect: Suspect) -> dict[str, Part]:
    what, scope = phrase(suspect.kind), where(suspect.system, suspect.cohort)
    return {
        "what": Part(what[0].upper() + what[1:]),
        "where": Part(f" ({scope.text})") if scope else Part(""),
        "points": suspect.points.change(),
        "lost": facts.change.short(),
    }
