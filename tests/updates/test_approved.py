"""Drafts are the approved ones, and every number in them is in the findings."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from updates.cases import (
    ALERTED,
    APPROVED,
    AT,
    AUDIENCES,
    CASES,
    FIRST,
    SECOND,
    SITUATIONS,
    SOME_TIME,
    approved,
    record,
    stored,
)

from investigate.updates.account import CaseAccount, account
from investigate.updates.evidence import evidence
from investigate.updates.parts import Cited, Statement
from investigate.updates.rhythm import Rhythm

pytestmark = pytest.mark.quick_cases(1)

SPAN = re.compile(r"`[^`\n]*`")
DAY = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d UTC)?")
NUMBER = re.compile(r"[+−]?\d+(?:,\d{3})*(?:\.\d+)?%?")
CLAIMS = ("caused", "because", "due to", "will be fixed", "root cause", "certain", "proves")
WORDS_FOR_EXECUTIVES = 200
BOTH = (*CASES, *SITUATIONS)


def tokens(text: str) -> list[str]:
    """Every date and number that is printed, but for those within names."""
    text = SPAN.sub("", text)
    return DAY.findall(text) + NUMBER.findall(DAY.sub("", text))


def at(document: Any, path: str) -> Any:
    for key in path.split("."):
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def supported(token: str, found: Any) -> bool:
    """Whether what was found is what was printed, rounded as printed."""
    if isinstance(found, str):
        return token == found
    digits = len(token.rstrip("%").partition(".")[2])
    value = found * 100 if token.endswith("%") else found
    printed = float(token.rstrip("%").replace("−", "-").replace(",", ""))
    signed = token[0] in "+−"
    # A sign is one of the number; without one it may be told as a loss.
    return abs(printed - (value if signed else abs(value))) <= 0.5000001 * 10.0**-digits


def check(token: str, cited: Cited, which: str, folder: Path) -> bool:
    case = folder / "checkout-score"
    if cited.path == "next update":
        every = Rhythm().every(severity(which))
        return token == f"{AT + every:%Y-%m-%d %H:%M} UTC"
    if cited.path == "--since":
        return token == "2024-02-10"
    if cited.path.startswith("ledger.jsonl entry "):
        lines = (case / "ledger.jsonl").read_text("utf-8").splitlines()
        n, _, key = cited.path.split()[-1].partition(".")
        entry = json.loads(lines[int(n) - 1])
        if key:
            return supported(token, entry["body"][key])
        return token == f"{entry['time'][:10]} {entry['time'][11:16]} UTC"
    name = SECOND if cited.path.startswith("resolved:") else FIRST
    document = json.loads((case / name / "findings.json").read_text("utf-8"))
    return supported(token, at(document, cited.path.removeprefix("resolved:")))


def severity(which: str) -> Any:
    """By the bounds that the documentation tells, from the numbers alone."""
    if which not in CASES and not which.endswith("resolved"):
        # 0.129 of AUC, or nothing measured.
        return "high"
    found = stored(which if which in CASES else "system_fault")
    lost = -found["auc"]["change"]["value"]
    if found["verdict"]["kind"] == "no_drop" or lost < 0.02:
        return "low"
    return "high" if lost >= 0.05 else "medium"


def test_there_are_ten_and_more_kinds() -> None:
    kinds = {stored(case)["verdict"]["kind"] for case in CASES}
    assert len(kinds) >= 10
    assert {"no_drop", "population_mix", "score_spread", "unexplained"} <= kinds


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("which", BOTH)
def test_the_draft_is_the_approved_one(which: str, audience: str, tmp_path: Path) -> None:
    draft = approved(tmp_path, which, audience)
    text = ALERTED.sub(SOME_TIME, draft.text)
    # To approve another text, read it and run `python -m updates.cases` in tests/.
    assert text == (APPROVED / f"{which}.{audience}.md").read_text("utf-8")
    for token in tokens(draft.text):
        cites = [c for c in draft.cites if c.text == token.rstrip("%")]
        assert any(check(token, cited, which, tmp_path) for cited in cites), token
    assert not [word for word in CLAIMS if word in text.lower()]
    if audience == "executives":
        assert len(text.split()) <= WORDS_FOR_EXECUTIVES


@pytest.mark.parametrize("which", CASES)
def test_every_statement_cites_each_of_its_numbers(which: str, tmp_path: Path) -> None:
    case = tmp_path / "c"
    record(case, FIRST, stored(which))
    found = account(evidence(case), "", AT + timedelta(hours=4), None)
    for statement in statements(found):
        printed = sorted(token.rstrip("%") for token in tokens(statement.text))
        assert printed == sorted(cited.text for cited in statement.cites), statement.text


def statements(found: CaseAccount) -> list[Statement]:
    values = [v for v in vars(found).values() if isinstance(v, Statement | tuple)]
    return [s for v in values for s in (v if isinstance(v, tuple) else (v,))]


@pytest.mark.parametrize("which", CASES)
def test_names_are_those_of_the_finding(which: str, tmp_path: Path) -> None:
    found = stored(which)
    known = {"checkout-score", FIRST}
    for one in (found["verdict"], *found["suspects"]):
        known |= {one["system"] or "", *(one["cohort"] or {}), *(one["cohort"] or {}).values()}
    text = approved(tmp_path, which, "engineers").text
    assert {span.strip("`") for span in SPAN.findall(text)} <= known


@pytest.mark.parametrize("which", CASES)
def test_a_cause_is_named_only_where_it_stands(which: str, tmp_path: Path) -> None:
    found = stored(which)
    text = approved(tmp_path, which, "executives").text
    kind = found["verdict"]["kind"]
    changed = kind in ("population_mix", "score_spread")
    innocent = changed and not found["verdict"]["either"]
    assert ("The evidence points to" in text) == (
        kind not in ("no_drop", "unexplained") and not changed
    )
    assert ("Nothing is broken as far as the log tells" in text) == innocent
    assert ("It is not known whether anything is broken" in text) == (changed and not innocent)
    assert ("cause is unknown" in text) == (kind == "unexplained")
    assert ("did not measurably fall" in text) == (kind == "no_drop")
