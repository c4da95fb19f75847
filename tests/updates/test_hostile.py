"""Names come from logs: in an update they are one line, no markup, and nothing else."""

import json
import string
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from updates.cases import AT, AUDIENCES, FIRST, record, stored

from investigate.updates.draft import drafted
from investigate.updates.evidence import evidence
from investigate.updates.facts import facts
from investigate.updates.parts import name
from investigate.updates.rhythm import Rhythm
from investigate.updates.story import postmortem

HOSTILE = (
    "x`\n\n# Owned\n<script>alert(1)</script> [a](http://e.vil) **b** \u202e\x1b[31m| `<!here>"
)


@given(st.text(max_size=300))
def test_a_name_is_one_code_span(text: str) -> None:
    span = name(text).text
    assert span.isprintable()
    assert not set(span) & set("<>")
    assert span == "(no name)" or (span[0] == span[-1] == "`" and "`" not in span[1:-1])
    (block,) = [t for t in MarkdownIt().parse(f"Of {span}, none.") if t.type == "inline"]
    assert {child.type for child in block.children or ()} <= {"text", "code_inline"}


KEPT = ("kind", "date", "low", "high", "onset")


def poisoned(document: object) -> object:
    """The document with every text in it hostile, but for kinds and dates."""
    if isinstance(document, dict):
        kept = {k: v for k, v in document.items() if k in KEPT and not isinstance(v, dict)}
        named = {"cohort": {HOSTILE: HOSTILE}} if document.get("cohort") else {}
        return {**{k: poisoned(v) for k, v in document.items()}, **kept, **named}
    if isinstance(document, list):
        return [poisoned(value) for value in document]
    return HOSTILE if isinstance(document, str) else document


def test_a_finding_of_hostile_names(tmp_path: Path) -> None:
    found = poisoned(stored("system_fault_in_a_cohort"))
    assert isinstance(found, dict)
    case = tmp_path / "c"
    record(case, FIRST, found)
    texts = [drafted(case, a, at=AT, rhythm=Rhythm()).text for a in AUDIENCES]
    clean = drafted_of("system_fault_in_a_cohort", tmp_path)
    for text, other in zip((*texts, postmortem(evidence(case))), clean, strict=True):
        assert all(line.isprintable() for line in text.split("\n"))
        assert "<" not in text
        # The same blocks in the same order: nothing of a name became one.
        assert shape(text) == shape(other)


def drafted_of(which: str, folder: Path) -> list[str]:
    case = folder / "clean"
    record(case, FIRST, stored(which))
    texts = [drafted(case, a, at=AT, rhythm=Rhythm()).text for a in AUDIENCES]
    return [*texts, postmortem(evidence(case))]


def shape(text: str) -> list[str]:
    blocks = MarkdownIt().parse(text)
    inner = {c.type for b in blocks for c in b.children or ()}
    assert inner <= {
        "text", "code_inline", "softbreak", "strong_open", "strong_close", "em_open", "em_close",
    }  # fmt: skip
    return [block.type for block in blocks]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(string.printable, max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "low", "high", "kind", "system", "date", "stands"]), inner
        )
    ),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["auc", "onset", "verdict", "suspects"]), JSON))
def test_whatever_stands_in_findings_json_there_is_a_draft(found: dict[str, object]) -> None:
    with TemporaryDirectory() as folder:
        case = Path(folder) / "c"
        record(case, FIRST, {"schema": 1, **found})
        text = drafted(case, "engineers", at=AT, rhythm=Rhythm()).text
        assert text.startswith("# `c`: ")
        assert "points to" not in text or json.dumps(found).count("true")


@pytest.mark.slow
def test_a_date_is_a_date_or_left_out(tmp_path: Path) -> None:
    for hostile in (HOSTILE, "2024-02-10 <b>", "٢٠٢٤-02-10", "2024-02-10\n", 20240210):
        found = stored("late_outcomes")
        found["onset"]["date"] = found["verdict"]["onset"] = hostile
        assert facts(found).onset is None
        assert facts(found).verdict.onset == ""
