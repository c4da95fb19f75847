"""An incident of a real log: a stretch of it, struck by causes as an ordinary score is."""

from benchmarks.incidents.made import Made
from benchmarks.incidents.ordinary.causes import CAUSES
from benchmarks.incidents.ordinary.made import Spelt, strike
from benchmarks.incidents.real.logs import real
from benchmarks.incidents.real.writes import WRITES

PUT_IN = (
    "constant", "default_half", "default_cohort", "mean_filled", "cut_two", "clipped",
    "feature_lost", "feature_lost_cohort", "shuffled_cohort", "shuffled_system", "sign_system",
    "scale_system", "new_release", "labels_zeroed_cohort", "labels_flipped", "duplicates",
    "labels_flipped_cohort",
)  # fmt: skip
"""Of the causes that strike an ordinary score; nothing is known of a real one's features."""
KNOWN = {**{name: CAUSES[name] for name in PUT_IN}, **WRITES}
INNOCENT, CONTROLS = ("close_calls",), ("none",)
SHAPED = ("default_half~ramp", "shuffled_system~recovers", "labels_flipped_cohort~early")
PAIRS = ("default_half+labels_flipped_cohort", "shuffled_system+labels_flipped_cohort")


def spelt(family: str, scenario: str) -> Spelt:
    """The scenario, read. Raises `InputError` for what is none."""
    return Spelt.read(scenario, KNOWN, (*INNOCENT, *CONTROLS), family)


def made(family: str, scenario: str, seed: int, strength: float) -> Made:
    """The incident with its truth, and with the log's difficulty history."""
    return strike(scenario, spelt(family, scenario), real(family, seed), seed, strength)
