"""The whole way, as users go it: the README's commands, on the demo and on the real case.

A record is signed, run again, handed on and validated, as those who review it do.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import yaml
from crates import validate
from ledgers import allow, make_key
from typer.testing import CliRunner

from investigate import cli
from investigate.finding import MIME
from investigate.question import params

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
QUESTION = "params/oulad-october.yml"
RUNNER = CliRunner()


def investigate(*arguments: object) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", "from investigate.cli import main; main()"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        [*program, *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True
    )


@dataclass(frozen=True)
class Reviewed:
    """A run of the README's question: its record, who may sign it, and a second run of it."""

    record: Path
    allowed: Path
    again: Path
    printed: str


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    """A record that alice signed off, and what a rerun left and printed."""
    folder = tmp_path_factory.mktemp("trail")
    done = investigate("run", QUESTION, "--audit", folder / "audit")
    assert done.returncode == 0, done.stderr
    (record,) = records(folder / "audit")
    key = make_key(folder)
    signing = ["--verdict", "approve", "--note", "Seen.", "--key", key, "--as", "alice"]
    done = investigate("sign", record, *signing)
    assert done.returncode == 0, done.stderr
    done = investigate("rerun", record)
    assert done.returncode == 0, done.stderr
    first, again = records(folder / "audit")
    assert first == record
    return Reviewed(record, allow(folder / "allowed", alice=key), again, done.stdout)


def records(audit: Path) -> list[Path]:
    return sorted(path for path in audit.glob("*/*") if path.is_dir())


def findings_in(notebook: Path) -> list[dict[str, object]]:
    return [
        output["data"][MIME]
        for cell in nbformat.read(notebook, as_version=4).cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]


def answer_lines(text: str) -> list[str]:
    """What a run says, without what differs between two runs."""
    return [
        line.rstrip() for line in text.splitlines() if not re.match(r"(record|open|time) ", line)
    ]


def test_two_runs_give_the_same_bytes(reviewed: Reviewed) -> None:
    first, second = reviewed.record, reviewed.again
    same = ["findings.json", "question.yml"]
    same += [
        str(p.relative_to(first)) for p in sorted(first.glob("*/*")) if p.parent.name != "logs"
    ]
    assert len([name for name in same if name.endswith(".ipynb")]) == 8
    for name in same:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_every_output_is_hashed(reviewed: Reviewed) -> None:
    import hashlib

    record = json.loads((reviewed.record / "record.json").read_text("utf-8"))
    assert (record["status"], record["exit_status"]) == ("succeeded", 0)
    hashed = {entry["path"]: entry["sha256"] for entry in record["outputs"]}
    there = {
        str(path.relative_to(reviewed.record)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in reviewed.record.rglob("*")
        if path.is_file() and path.name != "record.json"
    }
    assert hashed == there


def test_a_notebook_by_hand_gives_the_same_numbers(reviewed: Reviewed, tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    subprocess.run(
        [
            *(sys.executable, "-m", "papermill", "notebooks/3_which_systems.ipynb", str(out)),
            *("-f", QUESTION, "-k", "python3", "--no-progress-bar"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
        capture_output=True,
    )
    by_hand = {str(f["name"]): f for f in findings_in(out)}
    by_run = {
        str(f["name"]): f
        for f in findings_in(reviewed.record / "notebooks" / "3_which_systems.ipynb")
    }
    assert by_hand == by_run
    assert len(by_hand) > 1


def test_the_notebooks_agree_with_each_other(reviewed: Reviewed) -> None:
    findings = json.loads((reviewed.record / "findings.json").read_text("utf-8"))
    seen: dict[str, dict[str, object]] = {}
    for notebook in sorted((reviewed.record / "notebooks").glob("*.ipynb")):
        for finding in findings_in(notebook):
            name = str(finding["name"])
            assert seen.setdefault(name, finding) == finding, name
    numbers = seen["drop"]["numbers"]
    assert isinstance(numbers, dict)
    assert numbers["change"] == findings["auc"]["change"]


def test_the_verdict_clears_what_it_has_evidence_for_and_no_more(reviewed: Reviewed) -> None:
    findings = json.loads((reviewed.record / "findings.json").read_text("utf-8"))
    log = pd.read_parquet(ROOT / "data" / "oulad" / "log.parquet")
    asked = params.load(ROOT / QUESTION)
    before, now = (
        log[log["submitted_on"].between(*edges, inclusive="left")]
        for edges in (
            [pd.Timestamp(str(edge), tz="UTC") for edge in (window.start, window.end)]
            for window in (asked.baseline, asked.incident)
        )
    )
    verdict = findings["verdict"]
    assert verdict["kind"] in ("score_spread", "population_mix")
    # New students: most answers come from people with fewer than five before.
    assert verdict["cohort"] == {"earlier_answers": "00-04"}
    share, was = ((rows["earlier_answers"] == "00-04").mean() for rows in (now, before))
    assert share > 0.9 > 0.5 > was
    assert f"{share:.0%} of the incident's rows" in verdict["sentence"]
    # Assessments are alike, which clears the spread; what students know is not all known.
    assert verdict["either"]
    assert "by items the rows became more alike" in verdict["sentence"]
    assert "Nothing is broken" not in verdict["sentence"]
    assert alike(now, "id_assessment") < alike(before, "id_assessment") / 2
    lost = -findings["mechanism"]["validity"]
    assert f"{lost:.3f}" in verdict["sentence"]
    assert lost > 0.01


def alike(rows: pd.DataFrame, by: str) -> float:
    """The covariance of two outcomes of one group, over all pairs of its rows."""
    centred = rows["outcome"] - rows["outcome"].mean()
    sums = centred.groupby(rows[by]).agg(["sum", "size"])
    squares = (centred**2).groupby(rows[by]).sum()
    pairs = (sums["size"] * (sums["size"] - 1)).sum()
    return float((sums["sum"] ** 2 - squares).sum() / pairs)


def test_pages_open_offline(reviewed: Reviewed) -> None:
    pages = sorted((reviewed.record / "html").glob("*.html"))
    assert len(pages) == 8
    for page in pages:
        text = page.read_text("utf-8")
        assert "<script" not in text
        outside = [
            match
            for match in re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"'\s>)]+)""", text)
            if not match.startswith(("data:", "#")) and not match.endswith(".html")
        ]
        assert outside == []


def test_it_is_a_crate(reviewed: Reviewed, tmp_path: Path) -> None:
    status, issues, output = validate(reviewed.record, tmp_path / "scratch")
    assert (status, issues) == (0, []), output


def test_the_exported_zip_verifies_by_what_is_written_in_it(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    done = investigate("export", reviewed.record, "--out", tmp_path / "out.zip")
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


def test_a_rerun_says_that_all_is_equal_and_verifies(reviewed: Reviewed) -> None:
    assert " are equal, 0 within tolerance, 0 different" in reviewed.printed
    assert "8 are equal byte by byte" in reviewed.printed
    case = reviewed.record.parent
    done = investigate("verify", case, "--allowed-signers", reviewed.allowed)
    assert done.returncode == 0, done.stderr
    assert "approve by alice" in done.stdout
    done = investigate("compare", reviewed.record, reviewed.again)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What a run of the demo printed, and its record.

    One notebook answers; all of them run on the demo in tests/monitor/test_cases.py.
    """
    audit, answers = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("answers")
    shutil.copy(ROOT / "notebooks" / "7_the_answer.ipynb", answers)
    alone = ["--without-kit", "--notebooks", answers]
    done = investigate("run", "params/demo.yml", "--audit", audit, *alone)
    assert done.returncode == 0, done.stderr
    (record,) = (path for path in (audit / "demo").iterdir() if path.is_dir())
    return done.stdout, record


def test_the_demo_names_the_interaction(demo: tuple[str, Path]) -> None:
    findings = json.loads((demo[1] / "findings.json").read_text("utf-8"))
    assert abs(findings["auc"]["incident"]["value"] - 0.5) < 0.03
    assert findings["auc"]["baseline"]["value"] > 0.7
    assert findings["verdict"]["kind"] == "system_interaction"
    assert findings["onset"]["date"] == "2024-02-08"
    recovered = findings["replay"]["numbers"]["recovered"]["value"]
    shares = [n["value"] for name, n in findings["replay"]["numbers"].items() if "share" in name]
    assert sum(shares) == pytest.approx(recovered, abs=1e-9)
    assert recovered > 0.15


def test_the_readme_tells_what_the_demo_prints(demo: tuple[str, Path]) -> None:
    block = re.search(r"<!-- answer: demo -->\n```text\n(.*?)```\n<!-- /answer -->", README, re.S)
    assert block, "the README has no answer block"
    number = re.compile(r"\d+(?:\.\d+)?%|[+−]?\d\.\d+")
    # The README's lines are wrapped.
    ours, theirs = (" ".join(" ".join(answer_lines(text)).split()) for text in (block[1], demo[0]))
    assert number.sub("N", ours) == number.sub("N", theirs)
    # Another processor rounds otherwise, and in a loop that grows.
    for one, other in zip(number.findall(ours), number.findall(theirs), strict=True):
        assert _value(one) == pytest.approx(_value(other), abs=0.03)


def test_the_glossary_explains_every_key_of_its_findings(demo: tuple[str, Path]) -> None:
    """At any depth, but for what the log and the question name."""
    findings = json.loads((demo[1] / "findings.json").read_text("utf-8"))
    asked = yaml.safe_load((demo[1] / "question.yml").read_text("utf-8"))
    named = {*asked["cohorts"], *findings["replay"]["systems"]}
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    explained = set(re.findall(r"`([^`\n]+)`", glossary))

    def keys(value: Any) -> Iterator[str]:
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(value, dict):
            yield from value
        if isinstance(value, dict | list):
            for one in inner:
                yield from keys(one)

    shown = {re.sub(r"^share of .*", "share of …", key) for key in keys(findings)}
    shown = {key for key in shown if not named & set(re.split(r"[*×]| × ", key))}
    shown = {re.sub(r"^auc_(baseline|incident)_(low|high)$", r"auc_\1", key) for key in shown}
    assert {key for key in shown if key not in explained and " × " not in key} == set()
    assert len(shown) > 60


def test_no_country_stands_out_as_the_tutorial_says(demo: tuple[str, Path]) -> None:
    assert "No country stands out" in (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    findings = json.loads((demo[1] / "findings.json").read_text("utf-8"))
    assert [row["stands_out"] for row in findings["by"]["country"]] == [False] * 4


def _value(text: str) -> float:
    part = float(text.rstrip("%").replace("−", "-"))
    return part / 100 if text.endswith("%") else part


def test_the_readmes_question_is_valid(tmp_path: Path) -> None:
    snippet = re.search(r"```yaml\n(.*?)```", README, re.S)
    assert snippet
    file = tmp_path / "checkout.yml"
    file.write_text(snippet[1], encoding="utf-8")
    assert params.load(file).case == yaml.safe_load(snippet[1])["case"]


def test_the_readmes_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^(?:`| *)make (\w+)", README, re.M)) | set(
        re.findall(r"`make (\w+)`", README)
    )
    assert {"demo", "test", "lab"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target
    for command in set(re.findall(r"bin/investigate (\w+)", README)):
        assert RUNNER.invoke(cli.app, [command, "--help"]).exit_code == 0, command
    for path in re.findall(r"\]\(([^)#:]+)\)|(?:notebooks|params)/oulad[\w-]*\.yml", README):
        assert not path or (ROOT / path).exists(), path
