"""One incident of the benchmark, and the folder that holds it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from benchmarks.incidents import families
from investigate.simulator import simulate, write


@dataclass(frozen=True, order=True)
class Incident:
    """What to make: a scenario, as in ``loop`` of the platform, or ``ordinary:constant``.

    ``answers`` are rows; 0 leaves them to the seed, where a family does. A ``control`` has no
    fault: whatever is accused there is a false alarm.
    """

    scenario: str
    strength: float
    seed: int
    answers: int
    control: bool = False

    @property
    def name(self) -> str:
        """Names its folder and its line among the results."""
        kind = "control" if self.control else "incident"
        scenario = self.scenario.replace(":", "-")
        return f"{kind}-{scenario}-{self.strength:g}-{self.seed}-{self.answers}"

    @property
    def family(self) -> str:
        """Which maker it comes from."""
        return families.family(self.scenario)

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Self:
        """The incident that a result is of: `to_json` is part of it."""
        return cls(**{field.name: result[field.name] for field in fields(cls)})

    def to_json(self) -> dict[str, Any]:
        """Its arguments by name."""
        return asdict(self)

    def command(self) -> str:
        """The command that makes its folder."""
        words = f"python -m benchmarks.incidents make {self.scenario} --seed {self.seed}"
        words += f" --strength {self.strength:g}" if self.strength != 1 else ""
        words += f" --answers {self.answers}" if self.answers else ""
        return f"{words} --out DIR"

    def folder(self, parent: Path) -> Path:
        """Its folder in `parent`, with log, history, events, question and truth.

        One that is there already is taken as it is.
        """
        folder = parent / self.name
        if not folder.exists():
            self.write(folder)
        return folder

    def write(self, folder: Path) -> None:
        """Makes `folder`. Raises `InputError` for a scenario that is none."""
        if self.family == families.PLATFORM:
            made = simulate(self.scenario, self.seed, self.strength, self.answers)
            write(made, folder, case="benchmark")
        else:
            families.made(self.scenario, self.seed, self.strength, self.answers).write(folder)
