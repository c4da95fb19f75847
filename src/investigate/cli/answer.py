"""What a run answered, in a few lines, and what ``investigate check`` finds in a log."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate import log
from investigate.analyses.replay.refusal import NO_HISTORY
from investigate.analyses.replay.replay import doubts, replay
from investigate.counts.auc import auc
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.paths import notebooks_folder
from investigate.question import params
from investigate.records.findings_file import StoredNumber, StoredSuspect, findings_of, groups_of
from investigate.records.run import Answer
from investigate.records.sources import all_of
from investigate.rendering import counted, interval, plain, points

TOP = 5
LONGEST = 4_000
"""Characters of a line: a verdict of several causes is printed to its end."""


def summarise(answer: Answer, console: Console) -> None:
    """Print `answer`: verdict, AUC, onset, systems, where the record is, times."""
    for label, text in _lines(answer):
        line = Text(f"{label:<9}", style="dim")
        line.append(plain(text, LONGEST), style="bold" if label == "answer" else "")
        # A path that is broken over lines cannot be copied.
        console.print(line, soft_wrap=True)


def _lines(answer: Answer) -> Iterator[tuple[str, str]]:
    document = answer.findings
    found = findings_of(document, StoredNumber)
    if found.verdict.kind or found.sentence:
        yield "answer", found.sentence
    if "auc" in document:
        before, after = (_number(number) for number in (found.baseline, found.incident))
        yield "AUC", f"{before} → {after}, change {_number(found.change, signed=True)}"
    if began := found.began:
        yield "since", "{} [{}, {}]".format(*began)
        onset = document.get("onset") or {}
        if onset.get("advice") and onset.get("date") == began[0]:
            yield "", str(onset["advice"]["sentence"])
    yield from _account(found.account)
    label = "system"
    known = [group for group in groups_of(document, "system") if group.part.value is not None]
    # One group is the whole log, whose line is above.
    for group in known[:TOP] if len(known) > 1 else []:
        ends = f"AUC {points(group.baseline)} → {points(group.incident)}"
        yield label, f"{_number(group.part, signed=True)}  {group.name}: {ends}"
        label = ""
    if left_out := document.get("excluded_rows"):
        yield "left out", ", ".join(f"{rows:,} rows: {why}" for why, rows in left_out.items())
    for reason, rows in document.get("noted", {}).items():
        yield "noted", f"{reason} ({rows:,} rows)" if rows else reason
    yield from _history(document)
    yield "record", str(answer.record)
    if (page := answer.record / "html" / "7_the_answer.html").exists():
        yield "open", f"{page} in a browser"
    yield "time", ", ".join(f"{part} {spent:.1f} s" for part, spent in answer.seconds.items())


def _history(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Why the history that the question names is not replayed."""
    refused = (document.get("replay") or {}).get("refused")
    if refused and not refused.startswith(NO_HISTORY):
        yield "history", f"replay is not possible: {refused}"


def _account(parts: Sequence[StoredSuspect[StoredNumber]]) -> Iterator[tuple[str, str]]:
    """The parts of the drop, where there is more than one; the rest in the last line."""
    label = "account"
    for part in parts if sum(part.is_cause for part in parts) else []:
        where = f": {part.where}" if part.where else ""
        yield label, f"{_number(part.points)}  {part.badge}{where}"
        label = ""


def _number(number: StoredNumber, signed: bool = False) -> str:
    ends = interval(number.low, number.high, signed)
    return " ".join(part for part in (points(number.value, signed), ends) if part)


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
        lines = (*error.others, *log.problems(question))
        error.others = tuple(line for line in dict.fromkeys(lines) if line != str(error))
        raise
    all_of(notebooks_folder(), question.notebooks)
    meta = counts.meta
    breaches = meta["breaches"]
    if breaches:
        console.print(_table(breaches))
    odd = f"not as expected in {counted(len(breaches), 'way')}" if breaches else "nothing is odd"
    console.print(
        f"{params_file}: the question is valid; {meta['rows']:,} rows: {odd}",
        soft_wrap=True, markup=False, highlight=False,
    )  # fmt: skip
    console.print(_windows(counts), soft_wrap=True, markup=False, highlight=False)
    if counts.meta["replay"]:
        found = replay(counts, question)
        for line in [found.claim] if found.detail["refused"] else doubts(counts):
            console.print(f"history: {line}", soft_wrap=True, markup=False, highlight=False)


def _windows(counts: Counts) -> str:
    own = counts.slices[counts.slices["by"] == "all"]
    rows = counts.facts[counts.facts["by"] == "all"].set_index("window")["rows"]
    texts = []
    for w, name in enumerate(("baseline", "incident")):
        sides = own[own["window"] == w].groupby("bin")[["positives", "negatives"]].sum()
        area = float(auc(sides["positives"].to_numpy(), sides["negatives"].to_numpy()))
        weighed = ""
        if counts.weighted:
            weighed = f" (as {int(counts.meta['weights']['effective'][w]):,} of equal weight)"
        texts.append(f"{name} {int(rows[w]):,} rows{weighed}, AUC {area:.4f}")
    return "; ".join(texts)


def _table(breaches: Sequence[dict[str, Any]]) -> Table:
    table = Table("what is odd", "rows", "left out", "examples")
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
