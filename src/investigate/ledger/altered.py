"""Evidence that is no longer what its ledger says: nothing is done with it."""

from investigate.errors import InputError
from investigate.ledger.chain import Trouble
from investigate.ledger.verify import Report


def altered(report: Report) -> list[Trouble]:
    """What is wrong in `report` that the next append does not mend."""
    return [trouble for trouble in report.troubles if not trouble.mends]


def refuse(report: Report, refused: str) -> None:
    """Raise `InputError` where anything is `altered`; ``refused``: what is not done then."""
    wrong = altered(report)
    if not wrong:
        return
    more = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
    raise InputError(
        f"{report.case / wrong[0].where}: {wrong[0].what}{more}; altered evidence is not {refused}"
    )
