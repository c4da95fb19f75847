import hashlib
import json
import mimetypes
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from crates import document, validate
from hypothesis import example, given
from hypothesis import strategies as st

from investigate.records.crate import UNKNOWN, encoding_format, flat, metadata, moment


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("notebooks/1_did_auc_drop.ipynb", "application/x-ipynb+json"),
        ("record.json", "application/json"),
        ("question.yml", "application/yaml"),
        ("html/a.HTML", "text/html"),
        ("counts/bins.parquet", "application/vnd.apache.parquet"),
        ("traceback.txt", "text/plain"),
        ("log.csv", "text/csv"),
        ("log.duckdb", UNKNOWN),
        (".json", UNKNOWN),
        ("json/none", UNKNOWN),
    ],
)
def test_media_types(path: str, kind: str) -> None:
    assert encoding_format(path) == kind
    known, _ = mimetypes.guess_type(path.lower())
    if kind != UNKNOWN and known is not None and "yaml" not in kind:
        assert known in (kind, "application/x-ipynb+json")


def test_moments_have_an_offset() -> None:
    assert moment("2024-03-01T12:00:09.500Z") == "2024-03-01T12:00:09.500+00:00"


def test_parameters_are_flat_and_keep_their_order() -> None:
    parameters = {
        "log": {"url": "x", "table": "t"}, "precedence": ["b", "a"], "freeze": None, "n": 0,
        "on": False, "arms": [{"name": "系"}], "thresholds": {}, "deep": {"a": {"b": 1.5}},
    }  # fmt: skip
    assert list(flat(parameters)) == [
        ("log.url", "x"), ("log.table", "t"), ("precedence", '["b", "a"]'), ("n", 0),
        ("on", False), ("arms", json.dumps([{"name": "系"}], ensure_ascii=False)),
        ("deep.a.b", 1.5),
    ]  # fmt: skip


NAME = "ro-crate-metadata.json"
FILES = {
    "record.json": "{}",
    "question.yml": "case: small\n",
    "findings.json": "{}\n",
    "notebooks/1_answer.ipynb": '{"cells": []}\n',
    "html/1_answer.html": "<p>\n",
    "counts/bins.parquet": "PAR1",
    "logs/1_answer.txt": "",
}
HOSTILE = [
    "a b.csv", "/etc/passwd", "../../up.csv", "<script>alert(1)</script>", "new\nline", "back\\s",
    "Größe 系 🙂.parquet", "#input-1", "./", "%41.csv", 'quo"te', "http://example.org/x", "", " ",
    "\x1b[2J", "ro-crate-metadata.json", "?a=b", "\u2028", "C:\\log.csv", "a" * 4000,
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "20240301T120000Z-abcdef")


def make(folder: Path, files: dict[str, str] = FILES) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def describe(folder: Path, **changes: Any) -> dict[str, dict[str, Any]]:
    """The entities of the crate, by id, after it was put into `folder`."""
    text = metadata(document(**changes), folder)
    (folder / NAME).write_text(text, encoding="utf-8")
    graph = json.loads(text)["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    return entities


def ids(value: Any) -> list[str]:
    return [each["@id"] for each in (value if isinstance(value, list) else [value])]


def test_a_run_that_succeeded(folder: Path) -> None:
    entities = describe(folder)
    run, root = entities["#run"], entities["./"]
    assert run["@type"] == "CreateAction"
    assert ids(root["mentions"]) == ["#run"]
    assert ids(root["conformsTo"]) == ["https://w3id.org/ro/wfrun/process/0.5"]
    assert ids(entities[NAME]["conformsTo"]) == ["https://w3id.org/ro/crate/1.1"]
    assert root["datePublished"] == run["endTime"] == "2024-03-01T12:00:09.500+00:00"
    assert run["startTime"] == "2024-03-01T12:00:00.000+00:00"
    assert run["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert "error" not in run
    assert "agent" not in run
    assert "No licence is stated" in entities[root["license"]["@id"]]["name"]
    tool = entities[run["instrument"]["@id"]]
    assert (tool["@type"], tool["name"], tool["version"]) == (
        "SoftwareApplication", "investigate", "0.1.0",
    )  # fmt: skip
    assert entities[tool["identifier"]["@id"]]["value"] == "c" * 40
    assert entities[tool["softwareRequirements"]["@id"]]["version"] == "3.11.7"


def test_every_file_is_described_as_it_is(folder: Path) -> None:
    entities = describe(folder)
    assert sorted(ids(entities["./"]["hasPart"])) == sorted(FILES)
    for name, text in FILES.items():
        entity = entities[name]
        assert entity["@type"] == "File"
        if name != "record.json":
            assert entity["sha256"] == hashlib.sha256(text.encode()).hexdigest()
            assert entity["contentSize"] == str(len(text.encode()))
    assert "sha256" not in entities["record.json"]
    assert entities["notebooks/1_answer.ipynb"]["encodingFormat"] == "application/x-ipynb+json"
    used, made = (set(ids(entities["#run"][name])) for name in ("object", "result"))
    assert made == set(FILES) - {"question.yml"}
    assert used >= {"question.yml", "#input-1"}


def test_inputs_and_parameters_are_told_of(folder: Path) -> None:
    entities = describe(folder)
    entity = entities["#input-1"]
    assert (entity["name"], entity["additionalType"], entity["sha256"], entity["contentSize"]) == (
        "log.csv", "data", "a" * 64, "12",
    )  # fmt: skip
    values = {e["name"]: e["value"] for e in entities.values() if e["@id"].startswith("#param")}
    assert values == {
        "case": "small", "log": "log.csv", "columns.time": "at", "cohorts": '["b", "a"]',
        "thresholds.confidence": 0.95,
    }  # fmt: skip
    assert {f"#parameter-{name}" for name in values} <= set(ids(entities["#run"]["object"]))


@pytest.mark.parametrize("dirty", [True, False, None])
def test_a_checkout_that_was_changed_says_so(folder: Path, dirty: bool | None) -> None:
    tool = describe(folder, code={"commit": "d" * 40, "dirty": dirty})["#investigate"]
    assert ("files changed since" in tool["description"]) == (dirty is True)
    tool = describe(folder, code={"commit": None, "dirty": None})["#investigate"]
    assert "identifier" not in tool
    assert "description" not in tool


@pytest.mark.slow
def test_the_validator_accepts_it(folder: Path, tmp_path: Path) -> None:
    describe(folder)
    status, issues, output = validate(folder, tmp_path / "scratch")
    assert (status, issues) == (0, []), output


@pytest.mark.slow
def test_what_is_recommended_and_not_known_is_left_out(folder: Path, tmp_path: Path) -> None:
    """An address of the kit, an agent, an author and a publisher; nothing else is missing."""
    describe(folder)
    status, issues, _ = validate(folder, tmp_path, "--requirement-severity", "recommended")
    assert status == 1
    assert sorted(set(issues)) == [
        "process-run-crate-0.5_3.2", "process-run-crate-0.5_5.1", "process-run-crate-0.5_8.6",
        "ro-crate-1.1_22.2", "ro-crate-1.1_22.3",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_failed_run_is_a_crate(tmp_path: Path) -> None:
    folder = make(tmp_path / "r", {"record.json": "{}", "traceback.txt": "it broke"})
    entities = describe(folder, status="failed", error="1_look.ipynb, cell 3: <b>\x00\u2028")
    run = entities["#run"]
    assert run["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert run["error"] == "1_look.ipynb, cell 3: <b>\x00\u2028"
    assert validate(folder, tmp_path / "scratch")[:2] == (0, [])


@pytest.mark.slow
def test_a_run_that_left_nothing_is_a_crate(tmp_path: Path) -> None:
    folder = make(tmp_path / "r", {"record.json": "{}"})
    run = describe(folder, status="failed", error="x", inputs=[], parameters={})["#run"]
    assert run["result"] == {"@id": "record.json"}
    assert "object" not in run
    assert validate(folder, tmp_path / "scratch")[:2] == (0, [])


@pytest.mark.slow
def test_hostile_paths_and_names(tmp_path: Path) -> None:
    names = [n for n in HOSTILE if "/" not in n and n.strip() and len(n) < 100 and n != NAME]
    folder = make(tmp_path / "a b <script>", {"record.json": "{}", **dict.fromkeys(names, "x")})
    inputs = [
        {"role": "data", "path": path, "sha256": f"{n:064}", "bytes": n}
        for n, path in enumerate(HOSTILE)
    ]
    entities = describe(folder, inputs=inputs, case="<script> 系", parameters={"log": HOSTILE})
    assert [entities[f"#input-{n}"]["name"] for n in range(1, len(HOSTILE) + 1)] == HOSTILE
    parts = ids(entities["./"]["hasPart"])
    assert sorted(unquote(part) for part in parts) == sorted(["record.json", *names])
    assert all(re.fullmatch(r"[\w.~%/-]+", part, re.ASCII) for part in parts)
    assert validate(folder, tmp_path / "scratch")[:2] == (0, [])


@pytest.mark.slow
@given(
    files=st.sets(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
        .map(lambda name: name[:50])
        .filter(lambda name: name not in (".", "..", NAME, "record.json")),
        max_size=5,
    ),
    paths=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5),
)
@example(files={"#run", "#input-1", ";", "a:b", "~"}, paths=["#run", "./"])
def test_any_name_is_told_once_and_as_it_is(files: set[str], paths: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = make(Path(scratch), {"record.json": "{}", **dict.fromkeys(files, "x")})
        inputs = [{"role": "data", "path": p, "sha256": "a" * 64, "bytes": 1} for p in paths]
        entities = describe(folder, inputs=inputs)
    parts = ids(entities["./"]["hasPart"])
    assert sorted(unquote(part) for part in parts) == sorted(["record.json", *files])
    assert [entities[f"#input-{n}"]["name"] for n in range(1, len(paths) + 1)] == paths


@pytest.mark.slow
def test_links_and_names_that_are_no_text_are_no_part(folder: Path) -> None:
    (folder / "link").symlink_to("/etc/passwd")
    (folder / os.fsdecode(b"\xff.txt")).write_text("x")
    assert sorted(ids(describe(folder)["./"]["hasPart"])) == sorted(FILES)


AGAIN = """\
import json, sys
from pathlib import Path
from investigate.records.crate import metadata
sys.stdout.buffer.write(metadata(json.load(sys.stdin), Path(sys.argv[1])).encode())
"""


@pytest.mark.slow
def test_the_same_record_gives_the_same_bytes(folder: Path) -> None:
    texts = {metadata(document(), folder)}
    describe(folder)
    for seed in ("1", "2"):
        # Another process, another day as it sees it, with its own crate beside the files.
        done = subprocess.run(
            [sys.executable, "-c", AGAIN, folder],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"XXX{seed}2"},
            input=json.dumps(document()).encode(), capture_output=True, check=True,
        )  # fmt: skip
        texts.add(done.stdout.decode())
    (text,) = texts
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:.+]+", text)) == {
        "2024-03-01T12:00:00.000+00:00", "2024-03-01T12:00:09.500+00:00",
    }  # fmt: skip
    assert str(folder.parent) not in text
