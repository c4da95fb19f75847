"""What a run answered, in a few lines, and what ``investigate check`` finds in a log."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate import log
from investigate.counts.auc import auc
from investigate.counts.table import Counts
from investigate.kinds import kind, listed
from investigate.question import params
from investigate.records.run import Answer
from investigate.rendering import plain

TOP = 5


def summarise(answer: Answer, console: Console) -> None:
    """Print `answer`: verdict, AUC, onset, systems, where the record is, times."""
    for label, text in _lines(answer):
        line = Text(f"{label:<9}", style="dim")
        line.append(plain(text), style="bold" if label == "answer" else "")
        # A path that is broken over lines cannot be copied.
        console.print(line, soft_wrap=True)


def _lines(answer: Answer) -> Iterator[tuple[str, str]]:
    findings = answer.findings
    if verdict := findings.get("verdict"):
        yield "answer", str(verdict.get("sentence"))
    if auc := findings.get("auc"):
        baseline, incident = (_number(auc[window], ".3f") for window in ("baseline", "incident"))
        yield "AUC", f"{baseline} → {incident}, change {_number(auc['change'], '+.3f')}"
    if onset := findings.get("onset"):
        yield "since", f"{onset['date']} [{onset['low']}, {onset['high']}]"
    yield from _account(findings.get("account", []))
    label = "system"
    for row in _top(findings.get("by", {}).get("system", [])):
        yield label, _group(row)
        label = ""
    if left_out := findings.get("excluded_rows"):
        yield "left out", ", ".join(f"{rows:,} rows: {why}" for why, rows in left_out.items())
    for reason, rows in findings.get("noted", {}).items():
        yield "noted", f"{reason} ({rows:,} rows)" if rows else reason
    yield "record", str(answer.record)
    yield "time", ", ".join(f"{part} {spent:.1f} s" for part, spent in answer.seconds.items())


def _account(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The parts of the drop, where there is more than one; the rest in the last line."""
    label = "account"
    for row in rows if sum(kind(listed(row)).cause for row in rows) else []:
        where = [row["system"]] if row.get("system") else []
        where += [f"{column} {value}" for column, value in (row.get("cohort") or {}).items()]
        what = kind(listed(row)).told(row.get("either") is True).badge
        points = _number({**row, "value": row.get("points")}, ".3f")
        yield label, f"{points}  {what}{': ' if where else ''}{', '.join(where)}"
        label = ""


def _top(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = [row for row in rows if row.get("contribution") is not None]
    return sorted(known, key=lambda row: -abs(row["contribution"]))[:TOP]


def _group(row: dict[str, Any]) -> str:
    ends = [row.get(f"auc_{window}") for window in ("baseline", "incident")]
    before, after = ("none" if end is None else f"{end:.3f}" for end in ends)
    share = _number({**row, "value": row["contribution"]}, "+.3f")
    return f"{share}  {row['group']}: AUC {before} → {after}"


def _number(numbers: dict[str, Any], form: str) -> str:
    ends = [numbers.get(end) for end in ("value", "low", "high")]
    value, low, high = (
        "none" if end is None else f"{end:{form}}".replace("-", "−") for end in ends
    )
    return value if "none" in (low, high) else f"{value} [{low}, {high}]"


EXAMPLES = 3


def check(params_file: Path, overrides: Sequence[str], console: Console) -> None:
    """Print the breaches of the log that `params_file` names, with counts and examples.

    Raises `InputError` where the question is wrong or its log cannot be investigated.
    """
    question = params.load(params_file, overrides)
    counts = log.count(question, examples=True)
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
