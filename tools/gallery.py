"""Put what the kit answers today into README and docs/: blocks and figures: `make gallery`.

``ARGS`` may name cases, or figures of docs/figures.md: then only these are made.

A page marks a block as <!-- answer: CASE --> … <!-- /answer -->, CASE being a file of params/,
`checkout` or `digits`.
"""

import io
import re
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

import investigate
from investigate import figures
from investigate.cli.answer import summarise
from investigate.finding import drawings
from investigate.records.run import Answer
from investigate.simulator import checkout_log
from tools import digits

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"<!-- answer: (\S+) -->\n.*?<!-- /answer -->", re.S)
DOTS = 80
"""Dots an inch: a page shows a figure about as wide as its text."""
WIDTH = 96
"""Characters of a line of an answer."""
LOST, BROKE = 0.04, "2024-02-02"
"""The share of outcomes that are always lost, and the day on which a join broke."""
SHOWN = {
    "checkout": ("account",),
    "oulad-october": ("onset", "account"),
    "oulad-year": ("onset", "account"),
    "nfl-1955": ("onset", "signal"),
    "nfl-1980": ("onset", "signal"),
    "car-loan": ("account", "suspects"),
    "employment": ("scorecard",),
    "digits": ("scorecard", "suspects"),
}
"""The analyses whose figures are shown of each case."""
MADE: dict[str, tuple[Callable[[], pd.DataFrame], dict[str, Any]]] = {
    "checkout": (
        checkout_log,
        {
            "time": "ordered_at",
            "outcome": "chargeback",
            "score": "p_chargeback",
            "cohorts": ["country", "platform", "release"],
            "baseline": ("2024-03-01", "2024-04-12"),
            "incident": ("2024-04-12", "2024-04-26"),
        },
    ),
    "digits": (
        digits.log,
        {"time": "time", "outcome": "outcome", "score": "score", "cohorts": ["scanner"]},
    ),
}
"""Logs that no file holds, and the question of each."""


def opened(case: str) -> investigate.Investigation:
    """The question of a file of params/, or that of a log in `MADE`."""
    if case not in MADE:
        return investigate.open(ROOT / "params" / f"{case}.yml")
    rows, asked = made(case)
    return investigate.open(rows, case=case, **asked)


def made(case: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows of a case in `MADE`, and what is asked of them."""
    make, asked = MADE[case]
    rows = make()
    if "baseline" not in asked:
        return rows, asked | dict(zip(("baseline", "incident"), digits.windows(rows), strict=True))
    return rows, asked


def answered(found: investigate.Investigation) -> str:
    """What a run of the question prints, without its record and its times."""
    document = found.answer().detail["findings"]
    printed = io.StringIO()
    summarise(Answer(document, Path(), {}), Console(file=printed, width=10_000))
    lines = [x for x in printed.getvalue().splitlines() if not re.match(r"(record|open|time)\b", x)]
    return "\n".join(part for line in lines for part in _wrapped(line.rstrip()))


def _wrapped(line: str) -> list[str]:
    """A long line over several, under its text."""
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=" " * 9, break_on_hyphens=False, drop_whitespace=True
    )


def pages(case: str) -> list[Path]:
    """The pages that have a block of `case`."""
    places = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return [path for path in places if case in BLOCK.findall(path.read_text("utf-8"))]


def with_block(page: str, case: str, answer: str) -> str:
    """The text `page` with the block of `case` saying `answer`."""
    block = f"<!-- answer: {case} -->\n```text\n{answer}\n```\n<!-- /answer -->"
    return BLOCK.sub(lambda match: block if match[1] == case else match[0], page)


def joined() -> investigate.Investigation:
    """Answers and their outcomes in two tables, of which those of one country are lost."""
    answers = investigate.example_log(6_000).assign(key=range(6_000))
    rest = np.random.default_rng(1).random(len(answers)) < LOST
    gone = (answers["country"] == "FR") & (answers["time"] >= BROKE) | rest
    asked: dict[str, Any] = {
        "case": "joined",
        "columns": {"time": "time", "score": "score", "key": "key", "cluster": "student"},
        "cohorts": ["country"],
        "outcomes": {"columns": {"key": "key", "outcome": "outcome"}},
        "baseline": {"start": "2024-01-01", "end": "2024-01-29"},
        "incident": {"start": "2024-01-29", "end": "2024-02-12"},
    }
    with tempfile.TemporaryDirectory() as folder:
        log, table = Path(folder, "log.parquet"), Path(folder, "outcomes.parquet")
        answers.drop(columns="outcome").to_parquet(log)
        answers.loc[~gone, ["key", "outcome"]].to_parquet(table)
        asked |= {"log": str(log), "outcomes": {**asked["outcomes"], "log": str(table)}}
        return investigate.open(asked)


def every_figure(found: investigate.Investigation) -> dict[str, Any]:
    """Each figure by its name, drawn of the demo: docs/figures.md explains them."""
    drawn: dict[str, Any] = {}
    for analysis, known in drawings().items():
        if analysis == "by":
            finding = found.contributions("system")
        elif analysis == "join":
            finding = joined().join_loss()
        else:
            finding = getattr(found, analysis)()
        drawn |= {name: finding.plot(name) for name in known if name in figures.__all__}
    cohorts = [found.contributions(by) for by in found.question.cohorts]
    return {**drawn, "cohorts": figures.cohorts(cohorts)}


def main() -> int:
    """Rewrite the blocks and figures of the cases named, or of all; or the figures named."""
    named = sys.argv[1:] or ["demo", *SHOWN]
    if chosen := [name for name in named if name in figures.__all__]:
        drawn = every_figure(opened("demo"))
        _save({name: drawn[name] for name in chosen}, DOCS / "figures", "")
    for case in [name for name in named if name not in chosen]:
        found = opened(case)
        answer = answered(found)
        for page in pages(case):
            page.write_text(with_block(page.read_text("utf-8"), case, answer), encoding="utf-8")
        if case == "demo":
            drawn, folder, head = every_figure(found), DOCS / "figures", ""
        else:
            drawn = {name: getattr(found, name)().plot() for name in SHOWN[case]}
            folder, head = DOCS / "gallery", f"{case}-"
        _save(drawn, folder, head)
        print(f"{case}: {len(drawn)} figures, {len(pages(case))} pages")
    return 0


def _save(drawn: dict[str, Any], folder: Path, head: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, figure in drawn.items():
        path = folder / f"{head}{name}.png"
        figure.savefig(path, dpi=DOTS, bbox_inches="tight", metadata={"Software": None})


if __name__ == "__main__":
    raise SystemExit(main())
