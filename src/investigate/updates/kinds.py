"""What updates call a kind of cause, a scope, and what is left to do."""

from investigate.kinds import kind
from investigate.updates.parts import Part, joined, name

NO_DROP, UNEXPLAINED = "no_drop", "unexplained"
UNFINISHED = "engineers complete the investigation"


def phrase(named: str, either: bool = False) -> str:
    """A kind in a few words that name nothing; ``either``: one of two things, not known which."""
    return kind(named).told(either).plainly


def where(system: str, cohort: tuple[tuple[str, str], ...]) -> Part | None:
    """A scope in words; none where it is everything."""
    parts = [Part(f"system {name(system).text}")] if system else []
    parts += [Part(f"{name(column).text} {name(value).text}") for column, value in cohort]
    return joined(parts) if parts else None
