import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.records import documents
from investigate.records.documents import UnreadableError, data_of, document, mapping_in, parsed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.slow
@given(JSON)
def test_json_is_read_as_it_was_written(value: object) -> None:
    assert parsed(json.dumps(value).encode(), Path("x")) == value


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", "no JSON that a run writes"),
        ("[NaN]", "holds NaN, which is no number"),
        ("[-Infinity]", "holds -Infinity, which is no number"),
        ("[1e999]", "out of range"),
        ("[1" + "0" * 5000 + "]", "out of range"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 500 + "]" * 500, "nested too deeply"),
        ('{"a":' * 65 + "1" + "}" * 65, "nested too deeply"),
    ],
)
def test_what_no_run_writes_gets_one_line(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "findings.json"
    path.write_text(text)
    with pytest.raises(InputError, match=line) as raised:
        mapping_in(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert "\n" not in str(raised.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'"\xff\x1b[2J"')
    with pytest.raises(InputError, match="no JSON that a run writes") as raised:
        mapping_in(tmp_path / "a")
    assert str(raised.value).isprintable()


def test_a_list_is_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("[]")
    with pytest.raises(InputError, match="this is no mapping"):
        mapping_in(tmp_path / "a")


def test_a_missing_file_is_none(tmp_path: Path) -> None:
    assert data_of(tmp_path / "gone") is None


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(InputError, match="cannot read it as a plain file"):
            mapping_in(tmp_path / name)


def test_a_huge_file_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text('"12345678"')
    monkeypatch.setattr(documents, "MOST_BYTES", 9)
    with pytest.raises(InputError, match="more than 9 bytes"):
        data_of(tmp_path / "a")
    monkeypatch.setattr(documents, "MOST_BYTES", 10)
    assert data_of(tmp_path / "a") == b'"12345678"'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (None, "it is missing"),
        (b"\xff", "it is no UTF-8"),
        (b"[NaN]", "it is no JSON that a run writes"),
        (b"[]", "it is no JSON object"),
    ],
)
def test_why_there_is_no_document_names_no_path(
    tmp_path: Path, data: bytes | None, why: str
) -> None:
    if data is not None:
        (tmp_path / "a").write_bytes(data)
    with pytest.raises(UnreadableError) as raised:
        document(tmp_path / "a")
    assert str(raised.value) == why


@pytest.mark.slow
def test_a_document_behind_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    assert document(tmp_path / "secret") == {}
    with pytest.raises(UnreadableError, match="it is a link or device"):
        document(tmp_path / "link")
