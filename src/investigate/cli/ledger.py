"""``investigate verify``: every case at a path, a line for each trouble and each record."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from investigate.errors import InputError, RunError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.entry import VERIFICATION
from investigate.ledger.place import cases_at
from investigate.ledger.review import Review
from investigate.ledger.verify import Report, top, verify
from investigate.rendering import counted, one_line, plain


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
                outcome = _review_text(review, record in altered)
                _print(console, "signed", f"{report.case / record}: {outcome}")
            if not reviews:
                _print(console, "unsigned", str(report.case / record))


def summary(reports: Sequence[Report]) -> str:
    """How much is wrong, and what was looked at, in one line."""
    troubles = sum(len(report.troubles) for report in reports)
    parts = [
        counted(len(reports), "case"),
        counted(sum(len(report.records) for report in reports), "record"),
        counted(sum(report.files for report in reports), "file"),
        counted(sum(report.entries for report in reports), "entry", "entries"),
    ]
    what = f"{counted(troubles, 'thing is', 'things are')} wrong" if troubles else "whole"
    return f"{what}: {', '.join(parts)} looked at"


def _review_text(review: Review, altered: bool) -> str:
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


def verify_at(path: Path, console: Console, allowed: Path | None, record: bool) -> None:
    """Verify the record, case or cases at `path` and print what is wrong.

    With `record`, what was found is entered in each ledger. Raises `RunError` where
    anything is wrong, and `InputError` where nothing can be verified.
    """
    if allowed is not None and not allowed.is_file():
        raise InputError(f"{allowed}: there is no such file of allowed signers")
    reports, unentered = [], ""
    for case, name in cases_at(path):
        try:
            reports.append(verify(case, name, allowed))
        except OSError as error:
            raise RunError(f"{case}: it cannot be verified: {one_line(error)}") from error
        if record:
            unentered = _enter(reports[-1], name) or unentered
    show(reports, console)
    if unentered or any(report.troubles for report in reports):
        raise RunError(summary(reports) + unentered)
    console.print(summary(reports), soft_wrap=True, markup=False, highlight=False)


def _enter(report: Report, name: str | None) -> str:
    body = {
        "records": len(report.records),
        "files": report.files,
        "entries": report.entries,
        "troubles": [[trouble.where, trouble.what] for trouble in report.troubles],
    }
    try:
        # It speaks of what earlier entries tell, which the hash of the one before covers.
        append(report.case, EntryDraft(VERIFICATION, name, {}, body))
    except OSError as error:
        return f"; this could not be entered in the ledger: {one_line(error)}"
    return ""
