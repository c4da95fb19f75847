"""A finding: one sentence made from numbers, the numbers, their table, and what limits them."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

import numpy as np

MIME = "application/vnd.investigate.finding+json"


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; `None` where it does not exist, never NaN."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None:
                number = float(number)
                object.__setattr__(self, name, number if math.isfinite(number) else None)

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def to_json(self) -> dict[str, float | None]:
        """The three numbers at full precision."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Finding:
    """What one analysis found.

    ``claim`` is one sentence made from the numbers. ``numbers`` holds estimates by
    name; ``table`` is a list of rows, each a mapping of plain JSON values, and
    ``detail`` what else a figure or a later analysis needs. ``caveats`` say what the
    claim does not cover. ``columns`` of the table are for reading; all where empty.
    """

    name: str
    claim: str
    numbers: Mapping[str, Estimate] = field(default_factory=dict)
    table: tuple[Mapping[str, Any], ...] = ()
    caveats: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; NaN and infinities are null."""
        return {
            "name": self.name,
            "claim": self.claim,
            "numbers": {name: number.to_json() for name, number in self.numbers.items()},
            "table": [plain(row) for row in self.table],
            "caveats": list(self.caveats),
            "detail": plain(self.detail),
            "columns": list(self.columns),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The finding that `to_json` wrote."""
        return cls(
            name=document["name"],
            claim=document["claim"],
            numbers={name: Estimate(**number) for name, number in document["numbers"].items()},
            table=tuple(document["table"]),
            caveats=tuple(document["caveats"]),
            detail=document["detail"],
            columns=tuple(document["columns"]),
        )

    def dumps(self) -> str:
        """The finding as JSON text, the same text for the same finding."""
        return json.dumps(self.to_json(), ensure_ascii=False, allow_nan=False, indent=2)


def plain(value: Any) -> Any:
    """`value` as plain JSON: numpy unwrapped, dates as ISO text, NaN and infinities null."""
    if isinstance(value, Estimate):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
