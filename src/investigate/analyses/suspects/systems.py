"""Systems and labels: what replay says, where it has a say, and what the log alone says."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from investigate.analyses.dating import sharpest
from investigate.analyses.replay.arms import arms
from investigate.analyses.replay.refusal import OVERRULES, misfit, spoilt
from investigate.analyses.suspects.acquittal import COVERED, covered, is_little, speaks
from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.linking import keeps_order, linked_by_values
from investigate.analyses.suspects.losses import HALF
from investigate.analyses.suspects.narrowing import QUIET, Scope
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.replayed import OTHERS, replayed
from investigate.analyses.suspects.scopes import points_of, undo_of
from investigate.analyses.suspects.silence import with_silence
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.unfollowed import told, unfollowed
from investigate.analyses.wording import percent, signed
from investigate.analyses.written import Rewritten, rewritten
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

CLOSE = 0.8
"""A replay that recovers less than this of what the log tells of a system covers fewer rows."""
NEARLY_ALL = 0.9
"""A system serves a cohort where so large a part of its rows are its own."""


def systems(counts: Counts, question: Question) -> list[Suspect]:
    """`system_fault`, `system_interaction` and `outcome_fault`, each where it is informative."""
    by_replay = replayed(counts, question)
    unfit = misfit(counts, arms(counts, "writes"))
    place = unfollowed(counts)
    tried = [
        _unnamed(counts, suspect, unfit)
        if unfit
        # Of scores that were changed afterwards the writes of their system say nothing.
        else (
            suspect
            if place and suspect.of == place.of
            else _tried(counts, question, suspect, by_replay)
        )
        for suspect in (_wrote(counts, question, one) for one in faults(counts, question))
    ]
    meta = counts.meta.get("replay")
    if changed := spoilt(meta["coverage"]) if meta else None:
        tried = [_changed(counts, suspect, changed, place) for suspect in tried]
    by_log = with_silence(counts, tried)
    best = max((s.points.value or 0.0 for s in by_replay if s.supported), default=0.0)
    together = any(s.kind == "system_interaction" and s.supported for s in by_replay)
    own = {s.system: s.points.value or 0.0 for s in by_replay if s.supported}

    def overruled(suspect: Suspect) -> bool:
        points = suspect.points.value or 0.0
        if changed and suspect.supported and points >= best:
            return False
        if suspect.kind in ("outcome_fault", "lost_validity"):
            return best >= OVERRULES * points
        if suspect.kind not in ("system_fault", "system_interaction"):
            return False
        # A replay that accuses the same system and recovers less covers fewer of its rows.
        agrees = OTHERS * points <= own.get(suspect.system, 0.0) < CLOSE * points
        return best >= OVERRULES * points and (together or not agrees)

    kept = [s for s in by_log if not overruled(s)]
    # What the log tells of a system replaces it where items without an old value hide the loss.
    systems = {s.system for s in kept if s.kind == "system_fault"}
    from_replay = [s for s in by_replay if s.kind != "system_fault" or s.system not in systems]
    if changed:
        # Of scores that no longer follow from its values a replay knows nothing.
        found = max((s.points.value or 0.0 for s in kept if s.supported and s.scope), default=0.0)
        from_replay = [s for s in from_replay if (s.points.value or 0.0) > found]
    return [_with_repair(counts, question, suspect, own) for suspect in [*from_replay, *kept]]


def _changed(counts: Counts, suspect: Suspect, how: str, place: Scope | None) -> Suspect:
    """A fault of scores or labels where the history shows that it was the scores.

    Where it shows in which ``place``, no other is meant.
    """
    if suspect.kind not in ("lost_validity", "system_fault"):
        return suspect
    if place is not None and suspect.of != place.of:
        return suspect
    also = f"; {told(counts, place)}" if place else "."
    evidence = f"{suspect.evidence} {how[0].upper()}{how[1:]}{also}"
    return replace(suspect, either=False, evidence=evidence)


def _with_repair(
    counts: Counts, question: Question, suspect: Suspect, by_replay: Mapping[str | None, float]
) -> Suspect:
    """Of a system whose values kept their order and moved on one line: how far, for the repair.

    ``by_replay``: points that undoing a system's writes surely recovers.
    """
    system = suspect.system
    if suspect.kind != "system_fault" or not system or counts.values.empty:
        return suspect
    link = linked_by_values(counts, system) if suspect.supported else None
    if link is None or not link.worth_naming:
        return suspect
    repair = link.sentence(system, question.thresholds.confidence)
    if repair not in suspect.evidence:
        suspect = replace(suspect, evidence=f"{suspect.evidence} {repair}")
    several = counts.values.loc[counts.values["system"] != "", "system"].nunique() > 1
    if several and not suspect.cohort and keeps_order(counts.values, system):
        return _out_of_line(counts, question, suspect, by_replay.get(system, 0.0))
    return suspect


def _out_of_line(counts: Counts, question: Question, suspect: Suspect, undone: float) -> Suspect:
    """A system whose values moved on one line and kept their order: its scale, not its meaning.

    By its scores alone that does not show in a window which holds rows of both scales: then they
    rank the system's own rows worse, too. It accounts for what its rows lost, where its scores
    moved while outcomes did not, or undoing its writes recovers at least half of it.
    """
    scope = next(
        (one for one in undo_of(counts).scopes("system") if one.system == suspect.system), None
    )
    if scope is None:
        return suspect
    lost = undo_of(counts).points(scope, with_spread=True)
    confidence = question.thresholds.confidence
    points = points_of(counts, scope, lost, confidence)
    moved = rates(counts, scope, confidence).tells == "scores" or undone >= HALF * lost[0]
    if not (recovers(points) and moved):
        return suspect
    evidence = (
        f"{suspect.evidence} In the history its values kept their order as well as before: it is "
        "their scale that moved."
    )
    return replace(suspect, kind="system_misalignment", points=points, evidence=evidence)


def _wrote(counts: Counts, question: Question, suspect: Suspect) -> Suspect:
    """Lost validity that nothing else tells from labels, where one system serves nearly all of it.

    It is that system's where it moved its values further than ever on the day of the change.
    """
    if suspect.kind != "lost_validity" or suspect.system or len(suspect.cohort or {}) > 1:
        return suspect
    system = _served_by(counts, suspect.cohort)
    rewrite = _leapt(counts, question, system, suspect.cohort) if system else None
    if rewrite is None:
        return suspect
    evidence = f"{suspect.evidence} {system} serves nearly all of these rows."
    return replace(suspect, kind="system_fault", system=system, either=False, evidence=evidence)


def _leapt(
    counts: Counts, question: Question, system: str, cohort: Mapping[str, str] | None
) -> Rewritten | None:
    """The writes of a system that stand out, where they fall on the day of a cohort's change."""
    found = sharpest(counts, question, "" if cohort else system, cohort)
    rewrite = rewritten(counts, question, system, found) if found else None
    if found is None or rewrite is None:
        return None
    day_before = pd.Timestamp(found["low"]) - pd.Timedelta(days=1)
    return rewrite if pd.Timestamp(rewrite.wrote) >= day_before else None


def _served_by(counts: Counts, cohort: Mapping[str, str] | None) -> str | None:
    """The one of several systems that serves nearly all rows of a cohort in the incident."""
    if counts.writes.empty:
        return None
    facts = counts.facts[counts.facts["window"] == 1]
    everyone = facts[facts["by"] == "system"]
    column, value = next(iter((cohort or {}).items()), ("", ""))
    own = facts[(facts["by"] == f"system*{column}") & (facts["cohort"] == value)]
    rows = (own if column else everyone).set_index("system")["rows"]
    if (everyone["rows"] > 0).sum() < 2 or rows.empty:
        return None
    return str(rows.idxmax()) if rows.max() >= NEARLY_ALL * rows.sum() else None


def _not_undone(counts: Counts, question: Question, suspect: Suspect) -> str | None:
    """The writes of a system that stand out and that replay left in force, as a sentence."""
    write = _leapt(counts, question, suspect.system or "", suspect.cohort)
    frozen = pd.Timestamp(question.freeze())
    if write is None or pd.Timestamp(write.wrote, tz=question.timezone) >= frozen:
        return None
    return (
        f"{write.sentence} That is before replay's freeze, so that it could not be undone: choose "
        "an earlier replay.freeze."
    )


def _tried(
    counts: Counts, question: Question, suspect: Suspect, by_replay: list[Suspect]
) -> Suspect:
    """A fault of a system, held against what undoing its writes changes.

    Where that surely is little and replay speaks for most rows, what it wrote is not the cause:
    validity was lost, and nothing tells by whom. Where it speaks for few, the evidence says so.
    """
    gained = {s.system: s.points for s in by_replay if s.kind == "system_fault"}
    if suspect.kind != "system_fault" or suspect.system not in gained:
        return suspect
    points, share = gained[suspect.system], covered(counts)
    little = is_little(points, suspect.points)
    if little and (left := _not_undone(counts, question, suspect)):
        return replace(suspect, evidence=f"{suspect.evidence} {left}")
    if little and speaks(counts):
        return replace(
            suspect,
            kind="lost_validity",
            system=None,
            either=True,
            evidence=_acquitted(suspect, points, share),
        )
    if share < COVERED:
        also = f" Replay can speak for {percent(share)} of the incident's rows alone."
        return replace(suspect, evidence=suspect.evidence + also)
    return suspect


def _unnamed(counts: Counts, suspect: Suspect, unfit: str) -> Suspect:
    """A fault of a system where the history, which would tell whose it is, does not fit.

    Systems that harm the score together look like a fault of one of them to the log alone.
    """
    if suspect.kind not in ("system_fault", "system_interaction"):
        return suspect
    if suspect.kind == "system_fault" and suspect.system and _alone(counts, suspect.system):
        return replace(suspect, evidence=f"{suspect.evidence} The history does not fit: {unfit}.")
    where = f" where {suspect.system} serves" if suspect.system else ""
    evidence = (
        f"Outcomes follow the scores less than before{where}. Whose values, or whether the labels "
        f"changed, cannot be told: of the history, {unfit}."
    )
    return replace(suspect, kind="lost_validity", system=None, either=True, evidence=evidence)


def _alone(counts: Counts, system: str) -> bool:
    """Whether other systems, ranked by themselves, hardly fell beside what the system did."""
    undo = undo_of(counts)
    others = [scope.system for scope in undo.scopes("system") if scope.system != system]
    if not others:
        return False
    own, rest = (
        undo.alone("system", [(one, "") for one in names], with_spread=True)
        for names in ([system], others)
    )
    return rest < QUIET * own


def _acquitted(suspect: Suspect, points: Estimate, share: float) -> str:
    return (
        f"Outcomes follow the scores less than before where {suspect.system} serves, and what it "
        f"wrote is not the cause: undoing its writes changes AUC by {signed(points)}, and the "
        f"replay covers {percent(share)} of the incident's rows. Labels, or inputs of the score "
        "beside its values, are left."
    )
