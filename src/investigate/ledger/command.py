"""``investigate verify``: every case at a path, told on a terminal."""

from pathlib import Path

from rich.console import Console

from investigate.errors import InputError, RunError
from investigate.ledger.append import Draft, append
from investigate.ledger.kinds import VERIFICATION
from investigate.ledger.outcome import one_line
from investigate.ledger.place import cases_at
from investigate.ledger.show import show, summary
from investigate.ledger.verify import Report, verify


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
    said = {
        "records": len(report.records),
        "files": report.files,
        "entries": report.entries,
        "troubles": [[trouble.where, trouble.what] for trouble in report.troubles],
    }
    try:
        # It speaks of what earlier entries tell, which the hash of the one before covers.
        append(report.case, Draft(VERIFICATION, name, {}, said))
    except OSError as error:
        return f"; this could not be entered in the ledger: {one_line(error)}"
    return ""
