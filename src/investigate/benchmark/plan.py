"""Which incidents a benchmark consists of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from investigate.benchmark.incident import Incident
from investigate.errors import InputError
from investigate.platform import SCENARIOS
from investigate.platform.scenarios import faults
from investigate.platform.simulate import FEWEST_ANSWERS

CONTROLS = ("none", "growth", "seasonal", "loop_refresh_only", "loop_restart_only")
COMBINED = ("mix+wrong_exercise", "spread+default_scrambled", "mix+labels_flipped")
"""A harmless change beside a real fault."""
FAULTS = (*(name for name in SCENARIOS if name not in CONTROLS), *COMBINED)

SEEDS = "2000..2001"
"""For reporting. Seeds 1 to 99 are for development, and 1000 and 1001 are used up."""
STRENGTHS = "0.25,0.5,1"
ANSWERS = 60_000

SEEDS_SAID = "1..3 or 1,5"

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """Every scenario at every strength with every seed, and as many controls, of later seeds."""

    scenarios: tuple[str, ...] = FAULTS
    strengths: tuple[float, ...] = (1.0,)
    seeds: tuple[int, ...] = (1,)
    answers: int = ANSWERS

    @classmethod
    def read(cls, scenarios: str, strengths: str, seeds: str, answers: int) -> "Plan":
        """The plan that the command line spells: ``a,b``, ``0.5,1`` and ``1..3`` or ``1,5``.

        Raises `InputError` for what cannot be simulated. No scenarios are all.
        """
        if answers < FEWEST_ANSWERS:
            raise InputError(f"--answers: {answers} are too few; ask for {FEWEST_ANSWERS} at least")
        plan = cls(
            scenarios=_parts(scenarios) or FAULTS,
            strengths=_numbers("--strengths", strengths, float, "0.5,1"),
            seeds=_seeds(seeds),
            answers=answers,
        )
        for scenario in plan.scenarios:
            if scenario in CONTROLS:
                raise InputError(
                    f"--scenarios: {scenario!r} has no fault; controls come by themselves"
                )
            for strength in plan.strengths:
                faults(scenario, strength)
        return plan

    def incidents(self) -> list[Incident]:
        """The incidents with a fault, then the controls."""
        found = [
            Incident(scenario, strength, seed, self.answers)
            for seed in self.seeds
            for scenario in self.scenarios
            for strength in self.strengths
        ]
        return found + [self._control(i) for i in range(len(found))]

    def command(self) -> str:
        """The command that asks for this plan."""
        words = ["investigate benchmark", f"--seeds {_spelt(self.seeds)}"]
        if self.scenarios != FAULTS:
            words.append(f"--scenarios {','.join(self.scenarios)}")
        words.append(f"--strengths {','.join(f'{s:g}' for s in self.strengths)}")
        return " ".join([*words, f"--answers {self.answers}"])

    def _control(self, i: int) -> Incident:
        turn, which = divmod(i, len(CONTROLS))
        strength = self.strengths[turn % len(self.strengths)]
        seed = max(self.seeds) + 1 + turn
        return Incident(CONTROLS[which], strength, seed, self.answers, control=True)


def _seeds(text: str) -> tuple[int, ...]:
    first, dots, last = text.partition("..")
    if not dots:
        return _numbers("--seeds", text, _seed, SEEDS_SAID)
    ends = [_numbers("--seeds", end, _seed, SEEDS_SAID)[0] for end in (first, last)]
    if ends[0] > ends[1]:
        raise InputError(f"--seeds: {text!r} holds no seed; write the smaller one first")
    return tuple(range(ends[0], ends[1] + 1))


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise ValueError
    return int(text)


def _numbers(option: str, text: str, of: Callable[[str], T], said: str) -> tuple[T, ...]:
    try:
        found = tuple(dict.fromkeys(of(part) for part in _parts(text)))
    except ValueError:
        found = ()
    if not found:
        raise InputError(f"{option}: {text!r} cannot be read; write {said}")
    return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _spelt(seeds: Sequence[int]) -> str:
    first, last = seeds[0], seeds[-1]
    if len(seeds) > 1 and list(seeds) == list(range(first, last + 1)):
        return f"{first}..{last}"
    return ",".join(map(str, seeds))
