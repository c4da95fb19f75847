"""The verdict: the best explanation in one sentence, or plainly that nothing is broken."""

import json
import re
from dataclasses import replace
from typing import Any

from investigate.analyses.account import Account, accounted
from investigate.analyses.cause_date import began_in
from investigate.analyses.certificate import certificate
from investigate.analyses.drop import by_chance, drop
from investigate.analyses.for_a_while import for_a_while, recovered
from investigate.analyses.further_cause import same_cause
from investigate.analyses.onset import onset, windows_advice
from investigate.analyses.replay.replay import replay as replayed
from investigate.analyses.since import fell_since, since, since_sentence
from investigate.analyses.suspects.baseline_default import baseline_news
from investigate.analyses.suspects.emptied import emptied_news
from investigate.analyses.suspects.innocent import CLEARED
from investigate.analyses.suspects.off_scale import beyond_news
from investigate.analyses.suspects.ranking import OF_SCORES
from investigate.analyses.suspects.rates import rate_news
from investigate.analyses.suspects.removal import score_news, scores_within
from investigate.analyses.suspects.share_news import growth, value_news
from investigate.analyses.suspects.suspect import Suspect
from investigate.analyses.suspects.unjoined import outcome_news
from investigate.analyses.suspects.unscored import unscored_news
from investigate.analyses.wording import level
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.kinds import UNCLEARED, kind
from investigate.question.question import Question

PLAIN = re.compile(r"[^\W_]([\w .+()/-]*[\w.+()/-])?")
COUNTED = {2: "two", 3: "three"}
ORDINALS = ("first", "second", "third")
ALSO = 2
"""Explanations that are named beside the account, which they overlap."""
SHIFTED = (
    "the scale of its scores moved: they rank its own rows as before, and are out of line with "
    "all others"
)
"""What scores are of which the scale alone moved (`shifted`)."""


@remembered
def verdict(counts: Counts, question: Question) -> Finding:
    """The verdict with every suspect, the best explanation first.

    Onset: of a suspect, when its own evidence began or its slice changed; of the verdict, that of
    the best explanation, or else when AUC changed. ``detail["verdict"]`` and
    ``detail["suspects"]`` hold the form that findings.json has, ``detail["change"]`` the change in
    AUC that they explain.
    """
    found, dated = drop(counts, question), onset(counts, question).detail
    whole = accounted(counts, question)
    suspects = [since(s, counts, question) for s in whole.suspects]
    certified = certificate(counts, question)
    named = _named(found, suspects, certified, whole, counts, question)
    if not suspects:
        named["sentence"] += _group_since(certified, counts, question)
        named["sentence"] += score_news(counts, question)
        named["sentence"] += value_news(counts)
        named["sentence"] += rate_news(counts, question.thresholds.confidence)
        named["sentence"] += for_a_while(dated["onset"], counts, question)
        named["sentence"] += baseline_news(counts)
    else:
        named["sentence"] = _grew(whole, counts, question) + named["sentence"]
        if certified.detail["whole"]["smaller_than_tolerance"]:
            named["sentence"] += (
                f" The whole drop is surely smaller than {question.thresholds.tolerance:.3f} "
                "(thresholds.tolerance)."
            )
        if suspects[0].kind == "unexplained" or _nowhere(whole):
            named["sentence"] += by_chance(counts)
    if all(part.suspect.kind != "join_loss" for part in whole.material):
        named["sentence"] += outcome_news(counts, question)
    named["sentence"] += emptied_news(whole.suspects, [part.suspect for part in whole.material])
    named["sentence"] += unscored_news(counts) + beyond_news(counts)
    # Of windows that do not compare, nothing began.
    if named["onset"] is None and suspects and kind(named["kind"]).undo != "windows":
        named |= fell_since(counts, question)
    named["sentence"] += since_sentence(named, len(whole.material) > 1)
    named["sentence"] += recovered(dated["onset"], named, counts, question)
    return Finding(
        name="suspects",
        claim=named["sentence"],
        numbers=_numbers(suspects),
        table=tuple(_row(s) for s in suspects),
        caveats=(
            *_evidence(whole),
            *also_found(whole),
            *_advice(named, suspects, counts, question),
            "Points: by how much the incident's AUC rises when the explanation is undone in the "
            "counts. Explanations overlap; they do not add up.",
            "These are reweightings of what was logged, not experiments.",
            *_limits(counts, question),
        ),
        detail={
            "verdict": named,
            "suspects": [s.to_json() for s in suspects],
            "change": found.numbers["change"].to_json(),
            "certificate": certified.detail["whole"],
            "account": [
                replace(part, suspect=since(part.suspect, counts, question)).to_json()
                for part in whole.parts
            ],
        },
    )


def _group_since(certified: Finding, counts: Counts, question: Question) -> str:
    """Since when the group fell that surely did while the whole did not, as a sentence."""
    if not (fell := certified.detail["fell"]) or certified.detail["whole"]["answer"] == "fell":
        return ""
    first = fell[0]
    began = began_in(counts, question, first["system"] or "", first["cohort"])
    if began is None:
        return ""
    when = f"on {began.date}"
    if began.low != began.high:
        when = f"between {began.low} and {began.high}, most likely {when}"
    return f" In {first['by']} {first['group']} it began {when}."


def _nowhere(whole: Account) -> bool:
    """Whether all that is told of a drop is that scores lost something, in no place of its own."""
    return all(_by_scores(part.suspect) and not part.suspect.scope for part in whole.material)


def _grew(whole: Account, counts: Counts, question: Question) -> str:
    """Of the first place accused that grew many-fold, that it did: it must be heard first."""
    accused = [part.suspect for part in whole.material if kind(part.suspect.kind).broken]
    texts = [growth(counts, question, cause.cohort) for cause in accused]
    return next((text for text in texts if text), "")


def _advice(
    named: dict[str, Any], suspects: list[Suspect], counts: Counts, question: Question
) -> list[str]:
    """Other windows, where the verdict's cause surely began before or after those asked about."""
    if not suspects or not named["onset_low"]:
        return []
    began = {"date": named["onset"], "low": named["onset_low"], "high": named["onset_high"]}
    # That it began is what the verdict says, and that AUC fell by it.
    advice = windows_advice({**began, "p_value": 0.0, "before": 1, "after": 0}, counts, question)
    return [advice["sentence"]] if advice else []


def _numbers(suspects: list[Suspect]) -> dict[str, Estimate]:
    """The points of each; of a kind that is there already, with the scope."""
    numbers: dict[str, Estimate] = {}
    for suspect in suspects:
        name = suspect.kind if suspect.kind not in numbers else f"{suspect.kind} {suspect.scope}"
        numbers[name] = suspect.points
    return numbers


def _named(
    found: Finding,
    suspects: list[Suspect],
    certified: Finding,
    whole: Account,
    counts: Counts,
    question: Question,
) -> dict[str, Any]:
    change, upside_down = found.numbers["change"], counts.upside_down()
    if not suspects:
        lost = -change
        return {
            "kind": "no_drop",
            "system": None,
            "cohort": None,
            "points": lost.value,
            "low": lost.low,
            "high": lost.high,
            "onset": None,
            "onset_low": None,
            "onset_high": None,
            "sentence": _no_drop(found, certified, upside_down),
            "either": bool(upside_down) or certified.detail["whole"]["answer"] == "unknown",
        }
    first = _as_accounted(suspects[0], whole, -(change.value or 0.0))
    document = first_cause(first, whole).to_json()
    del document["stands"]
    several = len(whole.material) > 1
    within = scores_within(counts, question, first) if _by_scores(first) else ""
    document["sentence"] = (
        several_causes(whole) if several else single_cause_sentence(found, first, within)
    )
    return document


def _by_scores(cause: Suspect) -> bool:
    """Whether a cause is of scores that lost something, which a default may be."""
    return kind(cause.kind).undo in OF_SCORES


def _as_accounted(first: Suspect, whole: Account, lost: float) -> Suspect:
    """The cause with its points of the account, where alone it seems to recover something else.

    Undone alone it may recover more than was lost, with what else raised AUC; or its own evidence
    leaves out what goes with it.
    """
    part, alone = whole.parts[0], first.points
    in_account = part.points.value
    if (part.suspect.kind, part.suspect.scope) != (first.kind, first.scope):
        return first
    if in_account is None or alone.value is None or alone.low is None or alone.high is None:
        return first
    nearer = alone.value > lost and abs(in_account - lost) < abs(alone.value - lost)
    return (
        replace(first, points=part.points)
        if nearer or not alone.low <= in_account <= alone.high
        else first
    )


def first_cause(first: Suspect, whole: Account) -> Suspect:
    """The first cause; it clears no drop beside a cause that is not innocent, or marked rows."""
    others = [part for part in whole.material if not kind(part.suspect.kind).innocent]
    marked = [
        cause
        for cause in whole.suspects
        if cause.supported and kind(cause.kind).broken and kind(cause.kind).undo == "rows"
    ]
    if kind(first.kind).innocent and (others or marked):
        return replace(first, either=True)
    return first


def _no_drop(found: Finding, certified: Finding, upside_down: str | None) -> str:
    """An all-clear only where the log can give one, and of the whole only where parts allow it."""
    if upside_down:
        return f"It cannot be told whether there is a drop: {upside_down}. {found.claim}"
    if certified.detail["whole"]["answer"] == "unknown":
        return f"It cannot be told whether there is a drop: {found.claim}"
    if fell := certified.detail["fell"]:
        column, group = str(fell[0]["by"]), str(fell[0]["group"])
        pair = f"{in_yaml(column)}: {in_yaml(group)}"
        alone = "" if column == "system" else f" Ask about it alone: where: {{{pair}}}."
        return f"There is no drop in the whole, but there is one within it: {found.claim}{alone}"
    return f"There is no drop to explain: {found.claim}"


def in_yaml(name: str) -> str:
    """A name as it can be put between braces in a question: quoted where it is no plain word."""
    plain = PLAIN.fullmatch(name) and name.lower() != "null"
    return name if plain else json.dumps(name, ensure_ascii=False)


def several_causes(whole: Account) -> str:
    """The causes that carry a part of their own, with their places, and what is left."""
    texts = []
    for part in whole.material:
        known, cause = kind(part.suspect.kind), part.suspect
        where = f"in {cause.scope}, " if cause.scope else ""
        innocent = known.innocent and not cause.either and not _accused(whole, cause)
        fault = ", which is no fault" if innocent else ""
        texts.append(f"{where}{what_of(cause)}{fault} ({level(part.points)})")
    left = level(whole.parts[-1].points)
    others = [
        f"{kind(part.suspect.kind).words_for(part.suspect.either).badge}"
        f"{f' in {part.suspect.scope}' if part.suspect.scope else ''} ({level(part.points)})"
        for part in whole.causes
        if part not in whole.material
    ]
    # So that the parts that are told sum to what was lost.
    also = f" Beside these: {'; '.join(others)}." if others else ""
    return (
        f"The {whole.lost:.3f} lost have {COUNTED[len(texts)]} causes, undone one after the other: "
        f"{'; '.join(texts)}.{also} Unexplained: {left}."
    )


def _evidence(whole: Account) -> list[str]:
    """Of several causes the evidence of each, which would make the verdict too long."""
    if len(whole.material) < 2:
        return []
    found = []
    for number, part in zip(ORDINALS, whole.material, strict=False):
        cause = part.suspect
        where = f" in {cause.scope}" if cause.scope else ""
        # Of one cause beside another that is not so.
        text = cause.evidence.replace(f"; {CLEARED}", "").rstrip(".")
        found.append(f"The {number} cause{where}: {text[0].lower()}{text[1:]}.")
    return found


def also_found(whole: Account) -> list[str]:
    """What is surely found by itself in another place, and adds nothing to the account."""
    if any(kind(part.suspect.kind).undo in ("points", "windows") for part in whole.causes):
        # What these took is still in the counts: on top of them it was not looked for.
        return []
    known = {same_cause(part.suspect) for part in whole.causes}
    places = {same_cause(part.suspect)[1:] for part in whole.causes if part.suspect.scope}
    others = [
        cause
        for cause in whole.suspects
        if cause.supported
        and cause.scope
        and kind(cause.kind).broken
        and same_cause(cause) not in known
        and same_cause(cause)[1:] not in places
    ]
    return [
        f"Also found, in {cause.scope}: {what_of(cause)}. By itself that recovers "
        f"{level(cause.points)}; on top of the account no part of its own is shown: its rows, or "
        "what they lost, may be in that already."
        for cause in others[:ALSO]
    ]


def _accused(whole: Account, cause: Suspect) -> bool:
    """Whether another cause accuses the very group of a cause."""
    return any(
        kind(part.suspect.kind).broken
        and cause.scope
        and (part.suspect.system, part.suspect.cohort) == (cause.system, cause.cohort)
        for part in whole.material
    )


def what_of(cause: Suspect) -> str:
    """What a cause is, a clause for people who know the score."""
    return SHIFTED if cause.shifted else kind(cause.kind).words_for(cause.either).what


def single_cause_sentence(found: Finding, first: Suspect, within: str = "") -> str:
    """The sentence of a verdict that names one explanation of the drop that `found` holds.

    ``within``: what else its rows surely show, a sentence without its full stop.
    """
    lost = -(found.numbers["change"].value or 0.0)
    what = what_of(first) + (f". {within}" if within else "")
    where = f" in {first.scope}" if first.scope else ""
    part = _part(first, lost)
    evidence = first.evidence.rstrip(".")
    if first.kind == "unexplained":
        return f"AUC fell by {lost:.3f}. {evidence}."
    if kind(first.kind).innocent:
        clear = "Nothing is broken as far as the log tells"
        if first.either:
            # Where it may be all of the drop, no other part is known.
            all_of_it = first.points.high is not None and first.points.high >= lost
            clear = "No fault is shown" if all_of_it else "In part no fault"
            # What is left comes after the part that is known.
            what = what.removesuffix(UNCLEARED)
        return f"{clear}: {what}. That accounts for {part}. {evidence}."
    if kind(first.kind).state == "open":
        return f"It cannot be told{where}: {what}. That accounts for {part}. {evidence}."
    return f"Suspect{where}: {what}. Undoing it recovers {part}. {evidence}."


def _part(first: Suspect, lost: float) -> str:
    """The AUC points of a cause as a part of what was lost, or as all of it, or as more."""
    if first.points.low is not None and first.points.low > lost > 0:
        also = "something else raised AUC meanwhile"
        return f"{level(first.points)}, more than the {lost:.3f} lost; {also}"
    if first.points.value is not None and round(first.points.value, 3) > round(lost, 3) > 0:
        return f"{level(first.points)}, all of the {lost:.3f} lost"
    return f"{level(first.points)} of the {lost:.3f} lost"


def _row(suspect: Suspect) -> dict[str, Any]:
    return {
        "suspect": suspect.kind,
        "where": suspect.scope or "everywhere",
        "points": suspect.points.value,
        "low": suspect.points.low,
        "high": suspect.points.high,
        "stands": suspect.supported,
        "either": suspect.either,
        "since": suspect.onset,
        "evidence": suspect.evidence,
    }


def _limits(counts: Counts, question: Question) -> list[str]:
    limits = []
    if upside_down := counts.upside_down():
        limits.append(f"Whatever is said here of a drop is upside down: {upside_down}.")
    if not counts.meta["item"]:
        limits.append(
            "No item column is named: a reset that narrows scores cannot be told from innocent "
            "spread, and a broken system from changed labels only by where it struck."
        )
    if refused := replayed(counts, question).detail["refused"]:
        limits.append(f"Replay is not possible: {refused}; systems are judged by the log alone.")
    else:
        limits.append("Replay keeps rows and outcomes as they were; see the notebook on systems.")
    return limits
