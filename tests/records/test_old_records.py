"""Records, a ledger, a sign-off and an export that an earlier version made are as good as before.

``records/made_at_1d0b50d.tar.xz`` was made by the commit in its name: two logs, one without
items and one with a history, each asked by two of the kit's notebooks; one record signed, both
pruned of pages and pictures, verified and compared, and one exported.
"""

import hashlib
import io
import json
import re
import subprocess
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from investigate import cli
from investigate.cli.export import export_at
from investigate.cli.rerun import rerun_at
from investigate.counts.table import Counts
from investigate.errors import RunError
from investigate.ledger.verify import verify
from investigate.question import params
from investigate.site.build import build
from investigate.updates.evidence import evidence

MADE = Path(__file__).parents[1] / "records" / "made_at_1d0b50d.tar.xz"
RUNNER = CliRunner()


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with what the archive holds."""
    with tarfile.open(MADE) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def records() -> list[Path]:
    """The record without items and the one with a history."""
    return [next(Path("audit", case).glob("2*")) for case in ("plain", "with-items")]


def found(record: Path) -> dict[str, Any]:
    return json.loads((record / "findings.json").read_text("utf-8"))


def test_they_verify_as_before(old: Path) -> None:
    done = RUNNER.invoke(cli.app, ["verify", "audit", "--allowed-signers", "allowed"])
    assert done.exit_code == 0
    assert done.stdout == (old / "verify.txt").read_text("utf-8")
    (records()[1] / "findings.json").write_text("{}")
    assert RUNNER.invoke(cli.app, ["verify", "audit"]).exit_code == 1


def test_they_compare_as_before(old: Path) -> None:
    done = RUNNER.invoke(cli.app, ["compare", *map(str, records())])
    before = (old / "compare.txt").read_text("utf-8")
    assert done.exit_code == 0
    for line in (r"question +\d+ differences", r"numbers +.* equal, .* not", r"notebooks .* not"):
        (stored,) = re.findall(line, before)
        assert stored in done.stdout
    auc = [line.split() for line in before.splitlines() if line.startswith("AUC ")]
    assert len(auc) == 3
    assert [line.split() for line in done.stdout.splitlines() if line.startswith("AUC ")] == auc


def test_their_questions_and_counts_load(old: Path) -> None:
    for record in records():
        document = json.loads((record / "record.json").read_text("utf-8"))
        question = params.load(record / "question.yml")
        assert question.parameters() == document["parameters"]
        assert question.fingerprint() == document["fingerprint"]
        rows = found(record)["auc"]["baseline"]["rows"] + found(record)["auc"]["incident"]["rows"]
        slices = Counts.load(record / "counts").slices.query("by == 'all'")
        assert slices[["positives", "negatives"]].sum().sum() == rows


@pytest.mark.slow
def test_they_are_on_the_site_as_before(old: Path) -> None:
    build(Path("audit"), old / "site")
    for record in records():
        page = old / "site" / "cases" / record.parent.name / record.name / "index.html"
        text = page.read_text("utf-8")
        findings = found(record)
        for which in ("baseline", "incident"):
            assert f"{findings['auc'][which]['value']:.3f}" in text
        assert findings["onset"]["date"] in text
        assert "Every file has the hash that entry 1 of the ledger tells" in text
        assert (page.parent / "notebooks" / "7_the_answer.html").is_file()
    signed = (old / "site" / "cases" / "plain" / "index.html").read_text("utf-8")
    assert "As it should be." in signed


def test_updates_read_them(old: Path) -> None:
    for record in records():
        run = evidence(record.parent).run
        assert run is not None
        assert run.facts is not None
        assert run.facts.verdict.kind == found(record)["verdict"]["kind"]
        assert run.facts.change.value == found(record)["auc"]["change"]["value"]


@pytest.mark.slow
def test_the_export_of_then_and_of_now_verify(old: Path) -> None:
    again = export_at(records()[0], old / "again.zip", Console(file=io.StringIO()))
    for archive in (old / "plain.zip", again):
        folder = old / f"un{archive.stem}"
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)
        sums = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
        assert len(sums) > 10
        for line in sums:
            sha256, name = line.split("  ", 1)
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
        # Pages and pictures went before, which the sums of the ledger show.
        done = subprocess.run(
            ["sha256sum", "--check", "--quiet", "--ignore-missing", "ledger-SHA256SUMS"],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        failed = [line for line in done.stdout.splitlines() if line.endswith("FAILED")]
        assert all("/notebooks/" in line for line in failed)


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1])
def test_they_are_rerun_with_the_same_numbers(old: Path, which: int) -> None:
    record = records()[which]
    # A verdict may be another one by now, which a rerun tells; what was measured may not.
    with suppress(RunError):
        rerun_at(record, Console(file=io.StringIO()))
    (again,) = set(record.parent.glob("2*")) - {record}
    before, after = found(record), found(again)
    for part in ("auc", "mechanism", "by", "pairs"):
        close(before.get(part), after.get(part))
    assert verify(record.parent).troubles == ()


def close(before: Any, after: Any) -> None:
    """Every number of `before` is in `after`."""
    if isinstance(before, dict):
        for name, value in before.items():
            close(value, after[name])
    elif isinstance(before, list):
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            close(one, other)
    elif isinstance(before, float):
        assert after == pytest.approx(before, rel=1e-6, abs=1e-9)
    else:
        assert after == before
