"""A record of real data, as those who review it handle it: sign, run again, hand on, validate."""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from crates import validate
from ledgers import allow, make_key

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def investigate(*arguments: object) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", "from investigate.cli import main; main()"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        [*program, *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def records(audit: Path) -> list[Path]:
    return sorted(path for path in audit.glob("*/*") if path.is_dir())


def digests(record: Path) -> dict[str, str]:
    files = [record / "findings.json", *record.glob("notebooks/*.ipynb")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A record of a case of the README, signed off by alice, and who may sign."""
    folder = tmp_path_factory.mktemp("trail")
    done = investigate("run", "params/oulad-october.yml", "--audit", folder / "audit")
    assert done.returncode == 0, done.stderr
    (record,) = records(folder / "audit")
    key = make_key(folder)
    signing = ["--verdict", "approve", "--note", "Seen.", "--key", key, "--as", "alice"]
    done = investigate("sign", record, *signing)
    assert done.returncode == 0, done.stderr
    return record, allow(folder / "allowed", alice=key)


def test_it_is_a_crate(signed: tuple[Path, Path], tmp_path: Path) -> None:
    status, issues, said = validate(signed[0], tmp_path / "scratch")
    assert (status, issues) == (0, []), said


def test_the_exported_zip_verifies_by_what_is_written_in_it(
    signed: tuple[Path, Path], tmp_path: Path
) -> None:
    done = investigate("export", signed[0], "--out", tmp_path / "out.zip")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "un zipped"
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extractall(folder)
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", (folder / "README.md").read_text(), re.S | re.M)

    def verified() -> "subprocess.CompletedProcess[str]":
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        return subprocess.run(
            ["sh", "-eu"],
            input=commands,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )

    done = verified()
    assert done.returncode == 0, done.stderr
    assert 'Good "investigate" signature' in done.stdout
    findings = next(folder.glob("*/findings.json"))
    findings.write_bytes(findings.read_bytes().replace(b"0", b"1", 1))
    assert verified().returncode != 0


def test_a_rerun_gives_equal_findings_and_equal_bytes(signed: tuple[Path, Path]) -> None:
    record, allowed = signed
    done = investigate("rerun", record)
    assert done.returncode == 0, done.stderr
    first, second = records(record.parents[1])
    assert first == record
    assert len(digests(first)) == 9
    assert digests(first) == digests(second)
    assert " are equal, 0 within tolerance, 0 different" in done.stdout
    assert "8 are equal byte by byte" in done.stdout
    done = investigate("verify", record.parents[1], "--allowed-signers", allowed)
    assert done.returncode == 0, done.stderr
    assert "approve by alice" in done.stdout
    done = investigate("compare", first, second)
    assert done.returncode == 0, done.stderr
