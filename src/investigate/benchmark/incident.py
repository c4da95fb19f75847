"""One incident of the benchmark, and the folder that holds it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from investigate.platform import simulate, write


@dataclass(frozen=True, order=True)
class Incident:
    """What to simulate. A ``control`` has no fault: whatever is accused there is a false alarm."""

    scenario: str
    strength: float
    seed: int
    answers: int
    control: bool = False

    @property
    def name(self) -> str:
        """Names its folder and its line among the results."""
        kind = "control" if self.control else "incident"
        return f"{kind}-{self.scenario}-{self.strength:g}-{self.seed}-{self.answers}"

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Self:
        """The incident that a result is of: `to_json` is part of it."""
        return cls(**{field.name: result[field.name] for field in fields(cls)})

    def to_json(self) -> dict[str, Any]:
        """Its arguments by name."""
        return asdict(self)

    def folder(self, parent: Path) -> Path:
        """Its folder in `parent`, with log, history, events, question and truth.

        One that is there already is taken as it is.
        """
        folder = parent / self.name
        if not folder.exists():
            made = simulate(self.scenario, self.seed, self.strength, self.answers)
            write(made, folder, case="benchmark")
        return folder
