from io import StringIO
from pathlib import Path

from rich.console import Console

from investigate.ledger.chain import Trouble
from investigate.ledger.review import Review
from investigate.ledger.show import show, summary
from investigate.ledger.verify import Report

REVIEW = Review(4, "r1", "approve", "[red]good[/]\n\x1b[2Jso far", "RSA key SHA256:x", "al", None)
GOOD = Report(Path("a"), 4, ("r1", "r2"), 1234, (), (REVIEW,))
BAD = Report(Path("b"), 1, ("r3",), 1, (Trouble("r3/x", "altered"), Trouble("r4", "removed")), ())


def shown(*reports: Report) -> list[str]:
    out = StringIO()
    show(reports, Console(file=out, width=30, color_system=None))
    return out.getvalue().splitlines()


def test_a_line_each_however_narrow_and_hostile() -> None:
    said = "a key that nobody checked, who calls themselves al (RSA key SHA256:x), entry 4"
    assert shown(GOOD, BAD) == [
        f"signed   a/r1: approve by {said}: [red]good[/] \N{REPLACEMENT CHARACTER}[2Jso far",
        "unsigned a/r2",
        "wrong    b/r3/x: altered",
        "wrong    b/r4: removed",
        "unsigned b/r3",
    ]


def test_a_sign_off_of_what_was_altered_says_so() -> None:
    altered = Report(Path("a"), 4, ("r1",), 1, (Trouble("r1/x", "altered"),), (REVIEW,))
    assert "entry 4, altered since: [red]good" in shown(altered)[1]


def test_the_summary_counts_what_is_wrong() -> None:
    assert summary([GOOD]) == "whole: 1 case, 2 records, 1,234 files, 4 entries looked at"
    assert summary([GOOD, BAD]) == (
        "2 things are wrong: 2 cases, 3 records, 1,235 files, 5 entries looked at"
    )
    one = Report(Path("b"), 1, ("r3",), 1, BAD.troubles[:1], ())
    assert summary([one]) == "1 thing is wrong: 1 case, 1 record, 1 file, 1 entry looked at"
