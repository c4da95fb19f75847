"""Put what the kit answers today into docs/: the blocks of pages, and figures: `make gallery`.

A page marks a block as <!-- answer: CASE --> … <!-- /answer -->, CASE being a file of params/, or
`digits`.
"""

import io
import re
import sys
import textwrap
from pathlib import Path

from rich.console import Console

import investigate
from investigate import figures
from investigate.cli.answer import summarise
from investigate.records.run import Answer
from tools import digits

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"<!-- answer: (\S+) -->\n.*?<!-- /answer -->", re.S)
DOTS = 80
"""Dots an inch: a page shows a figure about as wide as its text."""
WIDTH = 96
"""Characters of a line of an answer."""
SHOWN = {
    "oulad-october": ("onset", "account"),
    "oulad-year": ("onset", "account"),
    "nfl-1955": ("onset", "signal"),
    "nfl-1980": ("onset", "signal"),
    "digits": ("scorecard", "suspects"),
}
"""The analyses whose figures the gallery shows."""


def opened(case: str) -> investigate.Investigation:
    """The question of a file of params/, or that of `tools.digits`."""
    if case != "digits":
        return investigate.open(ROOT / "params" / f"{case}.yml")
    rows = digits.log()
    baseline, incident = digits.windows(rows)
    return investigate.open(
        rows,
        time="time",
        outcome="outcome",
        score="score",
        cohorts=["scanner"],
        baseline=baseline,
        incident=incident,
        case="digits",
    )


def answered(found: investigate.Investigation) -> str:
    """What a run of the question prints, without its record and its times."""
    document = found.answer().detail["findings"]
    printed = io.StringIO()
    summarise(Answer(document, Path(), {}), Console(file=printed, width=10_000))
    lines = [x for x in printed.getvalue().splitlines() if not re.match(r"(record|time)\b", x)]
    return "\n".join(part for line in lines for part in _wrapped(line.rstrip()))


def _wrapped(line: str) -> list[str]:
    """A long line over several, under its text."""
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=" " * 9, break_on_hyphens=False, drop_whitespace=True
    )


def pages(case: str) -> list[Path]:
    """The pages that have a block of `case`."""
    return [p for p in sorted(DOCS.rglob("*.md")) if case in BLOCK.findall(p.read_text("utf-8"))]


def told(page: str, case: str, answer: str) -> str:
    """The text `page` with the block of `case` saying `answer`."""
    block = f"<!-- answer: {case} -->\n```text\n{answer}\n```\n<!-- /answer -->"
    return BLOCK.sub(lambda match: block if match[1] == case else match[0], page)


def every_figure(found: investigate.Investigation) -> dict[str, object]:
    """Each figure by its name, drawn of the demo: docs/figures.md explains them."""
    drop, cohorts = found.drop(), [found.contributions(by) for by in found.question.cohorts]
    return {
        "account": found.account().plot(),
        "auc_over_time": found.onset().plot(),
        "cohorts": figures.cohorts(cohorts),
        "contributions": found.contributions("system").plot(),
        "item_drift": found.item_drift().plot(),
        "item_contributions": found.items().plot(),
        "mechanism_bars": found.mechanism().plot(),
        "pair_matrix": found.pairs().plot(),
        "reliability_diagram": found.scorecard().plot(),
        "replay": found.replay().plot(),
        "roc": drop.plot("roc"),
        "score_distributions": drop.plot("score_distributions"),
        "signal_audit": found.signal().plot(),
        "suspects": found.suspects().plot(),
    }


def main() -> int:
    """Rewrite the blocks and figures of the cases named, or of all."""
    for case in sys.argv[1:] or ["demo", *SHOWN]:
        found = opened(case)
        answer = answered(found)
        for page in pages(case):
            page.write_text(told(page.read_text("utf-8"), case, answer), encoding="utf-8")
        if case == "demo":
            drawn, folder, head = every_figure(found), DOCS / "figures", ""
        else:
            drawn = {name: getattr(found, name)().plot() for name in SHOWN[case]}
            folder, head = DOCS / "gallery", f"{case}-"
        folder.mkdir(exist_ok=True)
        for name, figure in drawn.items():
            figure.savefig(  # type: ignore[attr-defined]
                folder / f"{head}{name}.png",
                dpi=DOTS,
                bbox_inches="tight",
                metadata={"Software": None},
            )
        print(f"{case}: {len(drawn)} figures, {len(pages(case))} pages")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
