"""Whether a question stands, and its log keeps the contract."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate import log
from investigate.analyses.replay.replay import doubts, replay
from investigate.counts.auc import auc
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.question import params
from investigate.rendering import plain

EXAMPLES = 3


def check(params_file: Path, overrides: Sequence[str], console: Console) -> None:
    """Print the breaches of the log that `params_file` names, with counts and examples.

    Raises `InputError` where the question is wrong or its log cannot be investigated; its
    ``others`` tell whatever else is wrong.
    """
    try:
        question = params.load(params_file, overrides)
    except InputError as error:
        if error.rest is not None:
            error.others = (*error.others, *log.problems(error.rest))
        raise
    try:
        counts = log.count(question, examples=True)
    except InputError as error:
        told = (*error.others, *log.problems(question))
        error.others = tuple(line for line in dict.fromkeys(told) if line != str(error))
        raise
    meta = counts.meta
    breaches = meta["breaches"]
    if breaches:
        console.print(_table(breaches))
    kinds = f"{len(breaches)} kinds of breach" if breaches else "the contract holds"
    console.print(
        f"{params_file}: the question stands; {meta['rows']:,} rows: {kinds}",
        soft_wrap=True, markup=False, highlight=False,
    )  # fmt: skip
    console.print(_windows(counts), soft_wrap=True, markup=False, highlight=False)
    if counts.meta["replay"]:
        found = replay(counts, question)
        for line in [found.claim] if found.detail["refused"] else doubts(counts):
            console.print(f"history: {line}", soft_wrap=True, markup=False, highlight=False)


def _windows(counts: Counts) -> str:
    own = counts.slices[counts.slices["by"] == "all"]
    told = []
    for w, name in enumerate(("baseline", "incident")):
        sides = own[own["window"] == w].groupby("bin")[["positives", "negatives"]].sum()
        area = float(auc(sides["positives"].to_numpy(), sides["negatives"].to_numpy()))
        told.append(f"{name} {int(sides.to_numpy().sum()):,} rows, AUC {area:.4f}")
    return "; ".join(told)


def _table(breaches: Sequence[dict[str, Any]]) -> Table:
    table = Table("breach", "rows", "left out", "examples")
    for column in table.columns[1:3]:
        column.justify = "right"
    for breach in breaches:
        examples = [plain(_shown(example)) for example in breach["examples"][:EXAMPLES]]
        table.add_row(
            Text(plain(str(breach["reason"]))),
            f"{breach['rows']:,}",
            "yes" if breach["excluded"] else "no",
            Text("\n".join(examples)),
        )
    return table


def _shown(example: Any) -> str:
    if isinstance(example, dict):
        return ", ".join(f"{name}={value}" for name, value in example.items())
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
