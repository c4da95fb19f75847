"""Where incidents come from: the simulated platform, an ordinary score, real logs."""

from benchmarks.incidents.made import Made
from benchmarks.incidents.ordinary import causes
from benchmarks.incidents.ordinary import made as ordinary
from benchmarks.incidents.real import made as real
from investigate.errors import InputError
from investigate.simulator import SCENARIOS

PLATFORM, ORDINARY, REAL = "platform", "ordinary", ("oulad", "nfl")
PLATFORM_CONTROLS = ("none", "growth", "seasonal", "loop_refresh_only", "loop_restart_only")
PLATFORM_COMBINED = ("mix+wrong_exercise", "spread+default_scrambled", "mix+labels_flipped")
"""A harmless change beside a real fault."""
SHAPED = (
    "shuffled_cohort",
    "feature_lost",
    "default_half",
    "shuffled_system",
    "labels_flipped_cohort",
)
"""Causes that are also made in every shape of time."""

FAULTS: dict[str, tuple[str, ...]] = {
    PLATFORM: (*(n for n in SCENARIOS if n not in PLATFORM_CONTROLS), *PLATFORM_COMBINED),
    ORDINARY: (
        *(f"ordinary:{name}" for name in (*causes.CAUSES, *ordinary.INNOCENT)),
        *(f"ordinary:{n}~{shape}" for n in SHAPED for shape in ordinary.SHAPES if shape != "step"),
        "ordinary:takeover~ramp",
        *(f"ordinary:{pair}@{share}" for pair in ordinary.PAIRS for share in (50, 80)),
    ),
    **{
        name: (
            *(f"{name}:{cause}" for cause in (*real.KNOWN, *real.INNOCENT, *real.SHAPED)),
            *(f"{name}:{pair}@{share}" for pair in real.PAIRS for share in (50, 80)),
        )
        for name in REAL
    },
}  # fmt: skip
"""By family: all that changes AUC."""
CONTROLS: dict[str, tuple[str, ...]] = {
    PLATFORM: PLATFORM_CONTROLS,
    ORDINARY: tuple(f"ordinary:{name}" for name in ordinary.CONTROLS),
    **{name: tuple(f"{name}:{control}" for control in real.CONTROLS) for name in REAL},
}
"""By family: what leaves AUC where it was."""


def family(scenario: str) -> str:
    """The family that a scenario names before its colon; the platform's name none."""
    name, colon, _ = scenario.partition(":")
    return name if colon else PLATFORM


def made(scenario: str, seed: int, strength: float, rows: int) -> Made:
    """An incident of a family other than the platform. Raises `InputError` if it is none."""
    found, _, rest = scenario.partition(":")
    if found == ORDINARY:
        return ordinary.made(rest, seed, strength, rows)
    if found in REAL:
        return real.made(found, rest, seed, strength)
    raise InputError(f"scenario: there is no family {found!r}; known are {', '.join(FAULTS)}")


def known(scenario: str) -> bool:
    """Whether a scenario breaks something. Raises `InputError` for one that cannot be made."""
    found, _, rest = scenario.partition(":")
    if family(scenario) == PLATFORM:
        return scenario not in (*PLATFORM_CONTROLS, "mix", "spread")
    if found == ORDINARY:
        return ordinary.Spelt.read(rest).names[0] in causes.CAUSES
    if found in REAL:
        return real.spelt(found, rest).names[0] in real.KNOWN
    raise InputError(f"scenario: there is no family {found!r}; known are {', '.join(FAULTS)}")
