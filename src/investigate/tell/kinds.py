"""What each verdict says, and what people do next; of causes no more than the finding does."""

from investigate.tell.parts import Part, joined, name

BROKEN = {
    "system_fault": "the values of a system lost their meaning",
    "system_interaction": "systems harm the score together, and none explains the drop alone",
    "system_misalignment": "systems rank well alone and not together",
    "outcome_fault": "the recorded outcomes changed, not the scores",
    "missing_input": "scores were made from a default value",
    "duplicate_rows": "rows were counted more than once",
    "late_outcomes": "the newest outcomes are not all in",
}
EITHER = (
    "scores and recorded outcomes no longer belong together; which of them changed is not known"
)
INNOCENT = {
    "population_mix": "other rows are scored now",
    "score_spread": "scores lie closer together and mean what they meant",
}
NO_DROP, UNEXPLAINED = "no_drop", "unexplained"

NEXT = {
    "system_fault": "the owners of that system check what it wrote since then",
    "system_interaction": "the owners of these systems check together what each wrote over",
    "system_misalignment": "the owners of these systems check whether their scales still agree",
    "outcome_fault": "the owners of the outcome data check how outcomes are recorded",
    "missing_input": "the owners of the input check where it went missing",
    "duplicate_rows": "the owners of the log check why rows are there more than once",
    "late_outcomes": "the same question is asked again when the outcomes are in",
    "population_mix": "people check whether these other rows are meant to be scored",
    "score_spread": "people check whether a narrower spread of scores is meant",
    NO_DROP: "the score stays watched",
    UNEXPLAINED: "engineers look beyond the log: at changes that it does not show",
}
NEXT_EITHER = "the owners of the score and of the outcome data check what each of them changed"
UNFINISHED = "engineers complete the investigation"


def phrase(kind: str, either: bool = False) -> str:
    """A kind in a few words that name nothing; ``either``: the outcomes or the scores changed."""
    if either and kind == "outcome_fault":
        return EITHER
    return BROKEN.get(kind) or INNOCENT.get(kind) or plain_kind(kind)


def plain_kind(kind: str) -> str:
    """A kind such as ``system_fault`` as words."""
    return "".join(c if c.isalpha() else " " for c in kind)


def where(system: str, cohort: tuple[tuple[str, str], ...]) -> Part | None:
    """A scope in words; none where it is everything."""
    parts = [Part(f"system {name(system).text}")] if system else []
    parts += [Part(f"{name(column).text} {name(value).text}") for column, value in cohort]
    return joined(parts) if parts else None
