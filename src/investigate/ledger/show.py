"""What a verification found, a line for each trouble and each record."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from investigate.ledger.differences import top
from investigate.ledger.outcome import plain
from investigate.ledger.review import Review
from investigate.ledger.verify import Report


def show(reports: Sequence[Report], console: Console) -> None:
    """Print the troubles of `reports`, runs that have not ended, and who signed records off."""
    for report in reports:
        for trouble in report.troubles:
            _print(console, "wrong", f"{report.case / trouble.where}: {trouble.what}", "bold red")
        for one in report.unfinished:
            if one.goes_on:
                _print(console, "running", f"{report.case / one.record}: its run goes on")
            else:
                what = f"its run was killed: entry {one.n} tells that it began, none how it ended"
                _print(console, "killed", f"{report.case / one.record}: {what}")
        altered = {top(trouble.where) for trouble in report.troubles}
        for record in report.records:
            reviews = [review for review in report.reviews if review.record == record]
            for review in reviews:
                said = _said(review, record in altered)
                _print(console, "signed", f"{report.case / record}: {said}")
            if not reviews:
                _print(console, "unsigned", str(report.case / record))


def summary(reports: Sequence[Report]) -> str:
    """How much is wrong, and what was looked at, in one line."""
    troubles = sum(len(report.troubles) for report in reports)
    parts = [
        _count(len(reports), "case"),
        _count(sum(len(report.records) for report in reports), "record"),
        _count(sum(report.files for report in reports), "file"),
        _count(sum(report.entries for report in reports), "entry", "entries"),
    ]
    what = f"{_count(troubles, 'thing is', 'things are')} wrong" if troubles else "whole"
    return f"{what}: {', '.join(parts)} looked at"


def _said(review: Review, altered: bool) -> str:
    claimed = "" if review.claimed is None else f", who calls themselves {review.claimed}"
    who = review.who or f"a key that nobody checked{claimed}"
    since = ", altered since" if altered else ""
    # In one line, so that none of it can be hidden below the first.
    note = f": {' '.join(review.note.split())}" if review.note else ""
    return f"{review.verdict} by {who} ({review.key}), entry {review.n}{since}{note}"


def _print(console: Console, label: str, text: str, style: str = "") -> None:
    # Text, not markup: a note is what anyone wrote.
    line = Text(f"{label:<9}", style="dim")
    line.append(plain(text, 2000), style=style)
    console.print(line, soft_wrap=True)


def _count(number: int, one: str, more: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
