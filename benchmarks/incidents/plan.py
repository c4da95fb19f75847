"""Which incidents a benchmark consists of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from benchmarks.incidents.families import CONTROLS, FAULTS, PLATFORM, family, known
from benchmarks.incidents.incident import Incident
from investigate.errors import InputError
from investigate.simulator.scenarios import faults
from investigate.simulator.simulate import FEWEST_ANSWERS

SEEDS = "5000..5003"
"""For reporting; 0 to 999 are for development, and what lies between is used up."""
STRENGTHS = "0.5,1"
ANSWERS = 60_000
"""Of the platform; the other families leave the size to the seed."""
CONTROLLED = 4
"""How many times as many controls as there are of other seeds."""
QUICK_SEEDS, QUICK_STRENGTHS, QUICK_ANSWERS = "1", "1", 20_000
QUICK = (
    "loop", "labels_flipped", "late", "ordinary:constant", "ordinary:default_half",
    "ordinary:default_cohort", "ordinary:mean_filled", "ordinary:cut_two", "ordinary:feature_lost",
    "ordinary:feature_lost_cohort", "ordinary:feature_as_cohort", "ordinary:shuffled",
    "ordinary:shuffled_system", "ordinary:scale_system", "ordinary:new_release",
    "ordinary:takeover", "ordinary:labels_zeroed", "ordinary:labels_flipped_cohort",
    "ordinary:labels_redefined_cohort", "ordinary:late", "ordinary:duplicates",
    "ordinary:mix_known", "ordinary:alike", "ordinary:close_calls", "ordinary:shuffled_cohort~ramp",
    "ordinary:default_half~early", "ordinary:shuffled_system+labels_flipped_cohort@50",
    "ordinary:default_half+labels_flipped_cohort@80", "oulad:default_half",
    "oulad:written_scrambled", "oulad:labels_zeroed_cohort", "oulad:cut_two",
    "nfl:shuffled_system", "nfl:default_half",
)  # fmt: skip

SEEDS_EXPECTED = "1..3 or 1,5"

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """Every scenario at every strength with every seed, and controls of their families.

    The platform gets as many controls as incidents, of later seeds; the other families each of
    theirs with each seed, since a fault and its control share all but the fault, and with later
    ones, until there are `controls` times as many.

    With `spread` no two share a log: the controls of all families and then the scenarios, each
    once for each of the seeds, take one seed after the other, from the first on. Without
    `controls` the scenarios keep their seeds.
    """

    scenarios: tuple[str, ...]
    strengths: tuple[float, ...] = (1.0,)
    seeds: tuple[int, ...] = (1,)
    answers: int = ANSWERS
    controls: int = CONTROLLED
    spread: bool = False

    @classmethod
    def read(cls, scenarios: str, strengths: str, seeds: str, answers: int) -> "Plan":
        """The plan that the command line spells: ``a,b``, ``0.5,1`` and ``1..3`` or ``1,5``.

        A family's name stands for all that it has, and no scenarios for all families. Raises
        `InputError` for what cannot be made.
        """
        if answers < FEWEST_ANSWERS:
            raise InputError(f"--answers: {answers} are too few; ask for {FEWEST_ANSWERS} at least")
        asked = [
            name
            for part in _parts(scenarios) or tuple(FAULTS)
            for name in FAULTS.get(part, (part,))
        ]
        plan = cls(
            scenarios=tuple(dict.fromkeys(asked)),
            strengths=_numbers("--strengths", strengths, float, "0.5,1"),
            seeds=_seeds(seeds),
            answers=answers,
        )
        for scenario in plan.scenarios:
            if scenario in CONTROLS.get(family(scenario), ()):
                raise InputError(
                    f"--scenarios: {scenario!r} has no fault; controls come by themselves"
                )
            for strength in plan.strengths:
                if family(scenario) == PLATFORM:
                    faults(scenario, strength)
            known(scenario)
        return plan

    @classmethod
    def quick(cls, scenarios: str, seeds: str) -> "Plan":
        """A few minutes' worth: one scenario of every sort, or those asked for."""
        plan = cls.read(scenarios or ",".join(QUICK), QUICK_STRENGTHS, seeds, QUICK_ANSWERS)
        return replace(plan, controls=1)

    def incidents(self) -> list[Incident]:
        """The incidents with a fault, then the controls."""
        if self.spread:
            return self._spread()
        found = [
            Incident(scenario, strength, seed, self._answers(scenario))
            for seed in self.seeds
            for scenario in self.scenarios
            for strength in self._strengths(scenario)
        ]
        if not self.controls:
            return found
        simulated = [incident for incident in found if incident.family == PLATFORM]
        families = dict.fromkeys(family(scenario) for scenario in self.scenarios)
        return [
            *found,
            *(self._control(i) for i in range(len(simulated))),
            *(
                Incident(scenario, 1.0, seed, 0, control=True)
                for name in families
                if name != PLATFORM
                for seed in self._control_seeds()
                for scenario in CONTROLS[name]
            ),
        ]

    def command(self) -> str:
        """The command that asks for this plan."""
        words = ["python -m benchmarks.incidents run", f"--seeds {_spelt(self.seeds)}"]
        asked = list(self.scenarios)
        for name, whole in FAULTS.items():
            if set(whole) <= set(asked):
                asked = [name, *(scenario for scenario in asked if scenario not in whole)]
        if set(asked) != set(FAULTS):
            words.append(f"--scenarios {','.join(asked)}")
        words.append(f"--strengths {','.join(f'{s:g}' for s in self.strengths)}")
        words += ["--spread"] if self.spread else []
        words += [] if self.controls == CONTROLLED else [f"--controls {self.controls}"]
        return " ".join([*words, f"--answers {self.answers}"])

    def _spread(self) -> list[Incident]:
        families = {family(scenario) for scenario in self.scenarios}
        asked = [
            *((name, None) for one, controls in CONTROLS.items() for name in controls),
            *((name, strength) for name in self.scenarios for strength in self._strengths(name)),
        ]
        found = [
            Incident(
                name, strength or 1.0, self.seeds[0] + turn * len(asked) + i, self._answers(name),
                control=strength is None,
            )
            for turn in range(len(self.seeds))
            for i, (name, strength) in enumerate(asked)
            if strength or (self.controls and family(name) in families)
        ]  # fmt: skip
        return sorted(found, key=lambda incident: incident.control)

    def _answers(self, scenario: str) -> int:
        return self.answers if family(scenario) == PLATFORM else 0

    def _strengths(self, scenario: str) -> tuple[float, ...]:
        """Innocent changes and pairs have one strength."""
        _, _, name = scenario.rpartition(":")
        if family(scenario) != PLATFORM and ("+" in name or not known(scenario)):
            return (1.0,)
        return self.strengths

    def _control_seeds(self) -> tuple[int, ...]:
        later = max(self.seeds) + 1
        return (*self.seeds, *range(later, later + (self.controls - 1) * len(self.seeds)))

    def _control(self, i: int) -> Incident:
        turn, which = divmod(i, len(CONTROLS[PLATFORM]))
        strength = self.strengths[turn % len(self.strengths)]
        seed = max(self.seeds) + 1 + turn
        return Incident(CONTROLS[PLATFORM][which], strength, seed, self.answers, control=True)


def _seeds(text: str) -> tuple[int, ...]:
    first, dots, last = text.partition("..")
    if not dots:
        return _numbers("--seeds", text, _seed, SEEDS_EXPECTED)
    ends = [_numbers("--seeds", end, _seed, SEEDS_EXPECTED)[0] for end in (first, last)]
    if ends[0] > ends[1]:
        raise InputError(f"--seeds: {text!r} holds no seed; write the smaller one first")
    return tuple(range(ends[0], ends[1] + 1))


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise ValueError
    return int(text)


def _numbers(option: str, text: str, of: Callable[[str], T], expected: str) -> tuple[T, ...]:
    try:
        found = tuple(dict.fromkeys(of(part) for part in _parts(text)))
    except ValueError:
        found = ()
    if not found:
        raise InputError(f"{option}: {text!r} cannot be read; write {expected}")
    return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _spelt(seeds: Sequence[int]) -> str:
    first, last = seeds[0], seeds[-1]
    if len(seeds) > 1 and list(seeds) == list(range(first, last + 1)):
        return f"{first}..{last}"
    return ",".join(map(str, seeds))
