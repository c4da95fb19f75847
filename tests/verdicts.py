"""Results as the benchmark writes them, made by hand."""

from typing import Any


def result(
    truth: tuple[Any, ...] = ("system_fault", "a", None),
    answered: tuple[Any, ...] = ("system_fault", "a", None),
    without: tuple[Any, ...] | None = None,
    *,
    moved: float = 0.1,
    onset: str | None = "2024-02-08",
    points: float | None = 0.1,
    reference: float | None = 0.76,
    **incident: Any,
) -> dict[str, Any]:
    """Truth and answers as (kind, system, cohort); the fault began on 2024-02-08."""

    def answer(cause: tuple[Any, ...]) -> dict[str, Any]:
        kind, system, cohort = cause
        return {
            "kind": kind, "system": system, "cohort": cohort, "points": points, "onset": onset,
            "baseline": 0.75, "incident": 0.75 - moved, "fell": kind != "no_drop",
        }  # fmt: skip

    kind, system, cohort = truth
    return {
        **{"scenario": "s", "strength": 1.0, "seed": 1, "answers": 1_000, "control": False},
        **incident,
        "truth": {
            "kind": kind, "system": system, "cohort": cohort,
            "onset": None if kind == "no_drop" else "2024-02-08",
        },
        "reference": reference,
        "said": {"with": answer(answered), "without": answer(without or answered)},
    }  # fmt: skip
