import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.ledger.entry import GENESIS, Entry, canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
WHOLE: dict[str, Any] = {
    "n": 1,
    "kind": "run",
    "time": "2024-03-01T12:00:00.000Z",
    "of": "r",
    "files": {"r/record.json": "a" * 64},
    "prev": GENESIS,
    "body": {"status": "succeeded"},
}


def test_the_canonical_form_is_sorted_dense_utf8() -> None:
    line = Entry(**{**WHOLE, "body": {"ü": "ä\n", "a": 1.5}}).line()
    assert (
        line
        == (
            '{"body":{"a":1.5,"ü":"ä\\n"},"files":{"r/record.json":"' + "a" * 64 + '"},'
            '"kind":"run","n":1,"of":"r","prev":"' + "0" * 64 + '",'
            '"time":"2024-03-01T12:00:00.000Z"}\n'
        ).encode()
    )


@given(body=st.dictionaries(TEXT, JSON, max_size=4))
def test_every_body_survives_in_one_line(body: dict[str, Any]) -> None:
    entry = Entry(**{**WHOLE, "body": body})
    assert entry.line().count(b"\n") == 1
    assert json.loads(entry.line())["body"] == body
    assert Entry.parse(entry.line()).line() == entry.line()
    assert entry.sha256() == hashlib.sha256(entry.line()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"n": 0}, {"n": "1"}, {"n": 1.0}, {"n": True}, {"kind": "Run!"}, {"kind": None},
        {"of": "../r"}, {"of": "/r"}, {"files": {"../r": "a" * 64}}, {"files": {"/r": "a" * 64}},
        {"files": {"a//b": "a" * 64}}, {"files": {"a/../b": "a" * 64}}, {"files": {".": "a" * 64}},
        {"files": {"a\0": "a" * 64}}, {"files": {"a": "A" * 64}}, {"files": {"a": "a" * 63}},
        {"files": {"a": "a" * 64 + "\n"}}, {"prev": ""}, {"body": []}, {"more": 1},
    ],
)  # fmt: skip
def test_what_is_no_entry(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not hold what an entry holds"):
        Entry.parse(canonical({**WHOLE, **change}))


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_nothing_may_lack(name: str) -> None:
    with pytest.raises(ValueError, match="does not hold what an entry holds"):
        Entry.parse(canonical({key: value for key, value in WHOLE.items() if key != name}))


def test_another_form_of_the_same_is_refused() -> None:
    line = canonical(WHOLE)
    assert Entry.parse(line).n == 1
    spaced = json.dumps(WHOLE, sort_keys=True).encode() + b"\n"
    backwards = dict(sorted(WHOLE.items(), reverse=True))
    turned = json.dumps(backwards, separators=(",", ":")).encode()
    twice = line.replace(b'"n":1,', b'"n":2,"n":1,')
    for other in (spaced, turned + b"\n", twice, line[:-1], line[:-1] + b"\r\n", b" " + line):
        with pytest.raises(ValueError, match="canonical form"):
            Entry.parse(other)


def test_cut_anywhere_it_is_no_entry() -> None:
    line = canonical(WHOLE)
    for end in range(len(line)):
        with pytest.raises(ValueError, match=r"cut short|canonical"):
            Entry.parse(line[:end])


@pytest.mark.parametrize("line", [b"\xff\n", b"[" * 100_000 + b"\n", b"1" * 5000 + b"\n", b"\n"])
def test_hostile_lines_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="cut short or no JSON"):
        Entry.parse(line)


@pytest.mark.parametrize("value", [r'"\ud800"', "NaN", "-Infinity"])
def test_values_that_have_no_canonical_form(value: str) -> None:
    line = canonical({**WHOLE, "body": {"a": "HERE"}}).replace(b'"HERE"', value.encode())
    with pytest.raises(ValueError, match="no canonical form"):
        Entry.parse(line)


@pytest.mark.parametrize("depth", [10, 500, 900, 2000, 50_000])
def test_however_deep_it_is_read_or_refused(depth: int) -> None:
    line = canonical({**WHOLE, "body": {"a": "HERE"}})
    line = line.replace(b'"HERE"', b"[" * depth + b"]" * depth)
    try:
        assert Entry.parse(line).line() == line
    except ValueError:
        assert depth > 100


def test_a_signature_signs_all_but_itself() -> None:
    entry = Entry(**WHOLE)
    signed = entry.signed("of mine")
    assert signed.statement() == entry.statement() == entry.line()
    assert signed.body == {"status": "succeeded", "signature": "of mine"}
    for change in ({"n": 2}, {"prev": "1" * 64}, {"of": "s"}, {"body": {}}, {"time": ""}):
        assert Entry(**{**WHOLE, **change}).statement() != entry.statement()
