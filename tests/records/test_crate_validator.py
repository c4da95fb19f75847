"""That the validator can refuse, and works without a network."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crates import VALIDATE, document, validate

from investigate.records.crate import metadata

pytestmark = pytest.mark.slow

NAME = "ro-crate-metadata.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "r"
    folder.mkdir()
    (folder / "record.json").write_text("{}")
    (folder / "findings.json").write_text("{}")
    (folder / NAME).write_text(metadata(document(), folder), encoding="utf-8")
    return folder


def alter(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    crate = json.loads((folder / NAME).read_text("utf-8"))
    change({entity["@id"]: entity for entity in crate["@graph"]})
    (folder / NAME).write_text(json.dumps(crate), encoding="utf-8")


@pytest.mark.parametrize(
    ("entity", "key", "issue"),
    [
        ("#run", "instrument", "process-run-crate-0.5_1.1"),
        ("./", "conformsTo", "process-run-crate-0.5_2.1"),
        ("./", "license", None),
        ("./", "datePublished", None),
    ],
)
def test_it_refuses_what_is_missing(
    folder: Path, tmp_path: Path, entity: str, key: str, issue: str | None
) -> None:
    alter(folder, lambda entities: entities[entity].pop(key))
    status, issues, _ = validate(folder, tmp_path / "scratch")
    assert status == 1
    assert issue in issues if issue else [i for i in issues if i.startswith("ro-crate-1.1_")]


def test_it_refuses_a_file_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    (folder / "findings.json").unlink()
    status, issues, _ = validate(folder, tmp_path / "scratch")
    assert (status, len(issues)) == (1, 1)


def test_it_reads_the_context_from_the_copy_alone(folder: Path, tmp_path: Path) -> None:
    kit = tmp_path / "kit"
    shutil.copytree(VALIDATE.parent, kit)
    assert validate(folder, tmp_path / "a", program=kit / "validate.py")[0] == 0
    copy = kit / "ro-crate-1.1-context.json"
    copy.write_text("{}")
    assert validate(folder, tmp_path / "c", program=kit / "validate.py")[0] == 1


def test_a_use_of_the_network_would_be_seen(folder: Path, tmp_path: Path) -> None:
    program = tmp_path / "online.py"
    program.write_text("import requests; requests.get('https://w3id.org/ro/crate/1.1/context')")
    status, _, output = validate(folder, tmp_path / "scratch", program=program)
    assert status == 1
    assert "the network was used" in output
