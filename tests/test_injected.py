"""Faults put in by plain pandas must be named, on seeds that no threshold was chosen on.

Every fault is asked with its difficulty history in one kind of platform (each item written by
one system alone, or by both in turn) and without it in the other, each on one of two seeds; the
benchmark of incidents asks in all combinations.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import injected
import numpy as np
import pandas as pd
import pytest

from investigate.analyses import verdict
from investigate.log import count
from investigate.question import params

pytestmark = pytest.mark.slow

ROWS = 20_000
Cause = tuple[str, str | None, dict[str, str] | None]
TRUTH: dict[str, Cause] = {
    "none": ("no_drop", None, None),
    "scrambled": ("system_fault", "elo", None),
    "inverted": ("system_fault", "elo", None),
    "reset": ("system_fault", "elo", None),
    "scrambled_cohort": ("system_fault", "elo", {"topic": "2"}),
    "both_scrambled": ("system_interaction", None, None),
    "shifted": ("system_misalignment", "rules", None),
    "labels": ("outcome_fault", None, None),
    "labels_cohort": ("outcome_fault", None, {"region": "south"}),
    "labels_crossed": ("outcome_fault", None, {"device": "web", "region": "south"}),
    "duplicates": ("duplicate_rows", None, None),
    "missing_input": ("missing_input", None, {"device": "app"}),
    "mix": ("population_mix", None, {"region": "west"}),
    "spread": ("score_spread", None, None),
}
BLURRED = {
    "both_scrambled": {"system_interaction", "system_fault"},
    "reset": {"system_fault", "lost_resolution"},
}
"""Without a history both systems' fault may be named as that of systems as such, and values
reset to a default as scores that tell rows apart less: broken all the same."""
SEEDS = {True: {True: 41, False: 42}, False: {True: 42, False: 41}}
"""By history and ownership."""


def made(fault: str, seed: int, owned: bool) -> injected.Injected:
    return injected.injected(fault, seed, ROWS, owned)


def named(
    one: injected.Injected, history: bool = True, **changes: Any
) -> tuple[str, str | None, dict[str, str] | None, str]:
    """Kind, system and cohort of the verdict, and the table of all suspects to read."""
    with TemporaryDirectory() as folder:
        injected.write(one, Path(folder))
        renamed = changes.pop("renamed", None)
        question = injected.question(Path(folder), history, **changes)
        if renamed:
            parameters = question.parameters()
            parameters["history"]["columns"] = renamed
            question = params.from_names(parameters)
        finding = verdict(count(question), question)
    found = finding.detail["verdict"]
    table = pd.DataFrame(finding.table).round(3).to_string() if finding.table else "no suspects"
    return found["kind"], found["system"], found["cohort"], f"{finding.claim}\n{table}"


def test_the_table_holds_every_fault() -> None:
    assert set(TRUTH) == set(injected.FAULTS)


@pytest.mark.parametrize(("fault", "owned"), [(f, n % 2 == 0) for n, f in enumerate(TRUTH)])
def test_the_cause_is_named_with_a_history(fault: str, owned: bool) -> None:
    kind, system, cohort, table = named(made(fault, SEEDS[True][owned], owned))
    assert (kind, system, cohort) == TRUTH[fault], table


@pytest.mark.parametrize(
    ("fault", "owned"),
    [(f, n % 2 == 1) for n, f in enumerate(TRUTH) if f != "missing_input"],
)
def test_the_cause_is_named_by_the_log_alone(fault: str, owned: bool) -> None:
    kind, system, cohort, table = named(made(fault, SEEDS[False][owned], owned), history=False)
    assert kind in BLURRED.get(fault, {TRUTH[fault][0]}), table
    if fault not in BLURRED:
        assert (system, cohort) == TRUTH[fault][1:], table


@pytest.mark.parametrize("owned", [True, False])
def test_a_missing_input_is_never_laid_on_a_system(owned: bool) -> None:
    kind, system, cohort, table = named(
        made("missing_input", SEEDS[False][owned], owned), history=False
    )
    assert system is None, table
    assert not kind.startswith("system"), table
    assert cohort in (None, {"device": "app"}), table


@pytest.mark.parametrize(
    ("fault", "scale"),
    [
        ("missing_input", "logits"),
        ("labels_cohort", "hours"),
        ("scrambled_cohort", "names"),
    ],
)
def test_the_verdict_does_not_hang_on_the_scale(fault: str, scale: str) -> None:
    one = made(fault, 41, False)
    changed, changes = {"logits": in_logits, "hours": in_hours, "names": under_names}[scale](one)
    kind, system, cohort, table = named(changed, **changes)
    if scale == "names" and cohort:
        cohort = {OTHER_NAMES_BACK[column]: value for column, value in cohort.items()}
    assert (kind, system, cohort) == TRUTH[fault], table


def in_logits(one: injected.Injected) -> tuple[injected.Injected, dict[str, Any]]:
    score = one.log["score"].clip(1e-5, 1 - 1e-5)
    log = one.log.assign(score=np.log(score / (1 - score)))
    return injected.Injected(log, one.history), {"score_formula": "ability - difficulty"}


def in_hours(one: injected.Injected) -> tuple[injected.Injected, dict[str, Any]]:
    """Every day becomes an hour."""

    def faster(times: Any) -> Any:
        return injected.START + (times - injected.START) / 24

    log = one.log.assign(when=faster(one.log["when"]))
    history = one.history.assign(at=faster(one.history["at"]))
    start, onset, end = (
        faster(moment).isoformat() for moment in (injected.START, injected.ONSET, injected.END)
    )
    windows = {"baseline": {"start": start, "end": onset}, "incident": {"start": onset, "end": end}}
    return injected.Injected(log, history), windows


OTHER_NAMES = {
    "when": "bin", "good": "window", "score": "rows", "by": "kept", "task": "stretch",
    "person": "fold", "region": "item", "device": "time", "topic": "difficulty",
}  # fmt: skip
OTHER_NAMES_BACK = {new: old for old, new in OTHER_NAMES.items()}
HISTORY = ("time", "item", "system", "difficulty")
OTHER_HISTORY = {"at": "place", "task": "n", "source": "writer", "value": "moved"}


def under_names(one: injected.Injected) -> tuple[injected.Injected, dict[str, Any]]:
    """Columns under names that the kit uses itself."""
    changed = injected.Injected(
        one.log.rename(columns=OTHER_NAMES), one.history.rename(columns=OTHER_HISTORY)
    )
    parts = {"time": "when", "outcome": "good", "score": "score", "system": "by", "item": "task",
             "cluster": "person"}  # fmt: skip
    columns = {part: OTHER_NAMES[name] for part, name in parts.items()}
    written = dict(zip(HISTORY, OTHER_HISTORY.values(), strict=True))
    return changed, {
        "columns": columns,
        "cohorts": [OTHER_NAMES[name] for name in ("region", "device", "topic")],
        "renamed": written,
    }
