"""A small benchmark from end to end, by the command."""

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from benchmarks.incidents.command import app
from investigate.simulator import simulate

pytestmark = pytest.mark.slow

RUNNER = CliRunner()
ASKED = ["--scenarios", "inverted", "--seeds", "1", "--strengths", "1"]
SMALL = ["--answers", "20000", "--workers", "1"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run leaves behind: results, incidents, and a document with the tables."""
    folder = tmp_path_factory.mktemp("benchmark")
    (folder / "kept.md").write_text("<!-- incidents -->\n<!-- /incidents -->\n", "utf-8")
    done = RUNNER.invoke(app, _command(folder))
    assert done.exit_code == 0, done.output
    (folder / "printed").write_text(done.stdout, "utf-8")
    return folder


def _command(folder: Path, *more: str) -> list[str]:
    files = ["--out", f"{folder}/results.jsonl", "--write", f"{folder}/kept.md"]
    return ["run", *ASKED, *SMALL, *files, "--keep", f"{folder}/incidents", *more]


def _results(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_text("utf-8").splitlines()]


def test_every_incident_is_asked_about_in_both_ways(place: Path) -> None:
    results = _results(place)
    assert [(r["scenario"], r["control"]) for r in results] == [
        ("inverted", False), ("none", True),
    ]  # fmt: skip
    for result in results:
        assert set(result["said"]) == {"with", "without"}
        assert result["truth"]["scenario"] == result["scenario"]


def test_auc_is_that_of_the_log_and_the_reference_that_of_a_log_without_the_fault(
    place: Path,
) -> None:
    # The log is counted in bins, whose AUC is that of the scores but for ties within a bin.
    ties, healthy = 5e-4, simulate("none", 1, 1.0, 20_000)

    def auc(rows: pd.DataFrame) -> float:
        return float(roc_auc_score(rows["outcome"], rows["score"]))

    result = _results(place)[0]
    made = simulate(result["scenario"], 1, 1.0, 20_000)
    now = made.log["time"] >= made.incident[0]
    for answer in result["said"].values():
        assert answer["baseline"] == pytest.approx(auc(made.log[~now]), abs=ties)
        assert answer["incident"] == pytest.approx(auc(made.log[now]), abs=ties)
    late = healthy.log["time"] >= healthy.incident[0]
    assert result["reference"] == pytest.approx(auc(healthy.log[late]), abs=1e-9)


def test_the_withheld_history_is_withheld(place: Path) -> None:
    # Only replay, which needs the history, speaks of writes that are undone.
    sentences = [_results(place)[0]["said"][way]["sentence"] for way in ("with", "without")]
    assert ["ndoing the writes of" in sentence for sentence in sentences] == [True, False]


def test_the_tables_are_printed_and_kept_with_their_command(place: Path) -> None:
    kept = (place / "kept.md").read_text("utf-8")
    assert "    python -m benchmarks.incidents run --seeds 1 --scenarios inverted" in kept
    printed = (place / "printed").read_text("utf-8")
    assert printed.rstrip() in kept
    assert "| **all** | 1 of 1 |" in printed


def test_what_is_there_is_not_run_again(place: Path) -> None:
    before = (place / "results.jsonl").read_bytes()
    printed = (place / "printed").read_text("utf-8")
    done = RUNNER.invoke(app, _command(place))
    assert (done.exit_code, done.stdout) == (0, printed)
    assert (place / "results.jsonl").read_bytes() == before


def test_an_interrupted_run_goes_on(place: Path, tmp_path: Path) -> None:
    lines = (place / "results.jsonl").read_text("utf-8").splitlines(keepends=True)
    # The last line was being written.
    (tmp_path / "results.jsonl").write_text(lines[0] + lines[1][:50], "utf-8")
    (tmp_path / "kept.md").write_text("<!-- incidents -->\n<!-- /incidents -->\n", "utf-8")
    done = RUNNER.invoke(app, _command(tmp_path))
    assert done.exit_code == 0, done.output
    assert done.stdout == (place / "printed").read_text("utf-8")
    assert (tmp_path / "results.jsonl").read_text("utf-8") == "".join(lines)


@pytest.mark.parametrize(
    "wrong",
    [["--scenarios", "nothing"], ["--write", "nowhere.md"], ["--out", __file__], ["--seeds", "x"]],
)
def test_a_wrong_option_is_told_before_anything_is_written(
    tmp_path: Path, wrong: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = RUNNER.invoke(app, ["run", *ASKED, *SMALL, *wrong])
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_an_incident_is_made_and_asked_about_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "constant"
    command = ["make", "ordinary:constant", "--seed", "3", "--out", str(folder)]
    done = RUNNER.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} == {
        "log.parquet", "question.yml", "truth.json",
    }  # fmt: skip
    again = RUNNER.invoke(app, command)
    assert (again.exit_code, len(again.stderr.splitlines())) == (2, 1)
    asked = RUNNER.invoke(app, ["ask", str(folder)])
    assert asked.exit_code == 0, asked.output
    assert json.loads(asked.stdout)["incident"] == pytest.approx(0.5, abs=1e-9)
