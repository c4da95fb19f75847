"""A newcomer with the wheel and five logs that nobody has described: init, run, no edit."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import public_logs
import pytest
from wheels import OUTSIDE, installed

from investigate.question import params

pytestmark = pytest.mark.slow

LOGS = {
    "odd_csv": "Befunde 2024.csv",
    "zoned_parquet": "returns.parquet",
    "two_tables": "ads.duckdb",
    "epochs": "churn.csv",
    "falling": "loans.csv",
}
CASES = {
    "odd_csv": "befunde-2024",
    "zoned_parquet": "returns",
    "two_tables": "ads",
    "epochs": "churn",
    "falling": "loans",
}
COLUMNS = {
    "odd_csv": {
        "time": "Untersuchung am", "outcome": "Befund", "score": "Wahrscheinlichkeit (%)",
        "system": "Modell", "cluster": "Patienten-Nr.", "positive": ["malignant"],
        "time_format": "%d.%m.%Y %H:%M",
    },
    "zoned_parquet": {
        "time": "scoredAt", "outcome": "isReturned", "score": "pReturn", "system": "engine",
        "cluster": "customerId",
    },
    "two_tables": {
        "time": "served_at", "outcome": "clicked", "score": "pctr", "system": "ranker",
        "cluster": "user_id", "item": "ad_id", "key": "request_id",
    },
    "epochs": {
        "time": "ts", "outcome": "churned", "score": "propensity", "system": "model",
        "cluster": "subscriber",
    },
    "falling": {
        "time": "applied_on", "outcome": "defaulted", "score": "credit_score",
        "system": "scorecard_engine", "cluster": "borrower", "turned": "-score",
    },
}  # fmt: skip
DESCRIBED = {
    "odd_csv": "'Beleg' is an id of 6,000 values",
    "zoned_parquet": "'refundAmount' seems known only afterwards: its values alone reach an AUC "
    "of 1.000",
    "two_tables": "note: outcomes arrive 2",
    "epochs": "params/churn.yml: written",
    "falling": "'credit_score' falls as outcomes rise; it is turned round",
}


READ = """
import json, shutil, sys, time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
import investigate
from investigate.cli import app

def output(*arguments):
    with redirect_stdout(StringIO()) as out:
        try:
            app(list(arguments))
        except SystemExit as end:
            assert not end.code, (arguments, end.code, out.getvalue())
    return out.getvalue()

found = {}
Path("answer alone").mkdir()
kit = Path(investigate.__file__).with_name("notebooks")
shutil.copy(kit / "7_the_answer.ipynb", "answer alone")
for name, log, case in json.loads(sys.argv[1]):
    more = [] if name == sys.argv[2] else ["--without-kit", "--notebooks", "answer alone"]
    began = time.monotonic()
    described = output("init", log)
    ran = output("run", f"params/{case}.yml", *more)
    print(f"{log}: init and run took {time.monotonic() - began:.0f} s", file=sys.stderr)
    (record,) = Path("audit", case).glob("*/findings.json")
    findings = json.loads(record.read_text("utf-8"))
    found[name] = {"described": described, "ran": ran, "findings": findings}
found["checked"] = output("check", "params/loans.yml")
found["place"] = investigate.__file__
print(json.dumps(found))
"""
"""What somebody types who has installed the wheel, for all logs in one process."""
WHOLE = "two_tables"
"""The log on which all of the kit's notebooks are run; on the others, the one that answers."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with the five logs."""
    made = tmp_path_factory.mktemp("mine")
    assert {make(made) for make in public_logs.MAKERS.values()} == set(LOGS.values())
    return made


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Any:
    """What the wheel says of each log, and of its run."""
    python = installed(tmp_path_factory.mktemp("wheel"))
    logs = json.dumps([(name, LOGS[name], CASES[name]) for name in sorted(CASES)])
    done = subprocess.run(
        [python, "-c", READ, logs, WHOLE],
        cwd=folder, env=OUTSIDE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # How long it took is shown with pytest's -s, and judged by nobody.
    sys.stderr.writelines(f"{line}\n" for line in done.stderr.splitlines() if " took " in line)
    results = json.loads(done.stdout.splitlines()[-1])
    assert Path(results["place"]).is_relative_to(python.parents[1])
    return results


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_log_is_described_and_answered(folder: Path, found: Any, name: str) -> None:
    assert DESCRIBED[name] in found[name]["described"]
    question = params.load(folder / "params" / f"{CASES[name]}.yml")
    parameters = question.parameters()
    assert {key: value for key, value in parameters["columns"].items() if value} == COLUMNS[name]
    assert (parameters.get("outcomes") is not None) is (name == "two_tables")
    assert question.timezone == ("Europe/Berlin" if name == "zoned_parquet" else "UTC")
    assert len(question.cohorts) == 1
    # The fault begins with the first row of that day; its date is found within a day.
    starts = {"2024-03-03", "2024-03-04", "2024-03-05"}
    assert str(question.incident.start) in starts
    assert question.baseline.end == question.incident.start
    if str(question.incident.start) == "2024-03-04" and question.timezone == "UTC":
        for window, incident in (("baseline", False), ("incident", True)):
            expected = public_logs.auc_of(name, incident)
            # Some logs hold the score with fewer digits than it was made with.
            auc = found[name]["findings"]["auc"][window]["value"]
            assert auc == pytest.approx(expected, abs=1e-4)
    sentence = found[name]["findings"]["verdict"]["sentence"]
    assert sentence.startswith("Suspect in north: a system's values lost their meaning")
    assert re.search(rf"^answer +{re.escape(sentence)}", found[name]["ran"], re.MULTILINE)


def test_what_was_proposed_passes_check(found: Any) -> None:
    assert "the question is valid; 6,000 rows: nothing is odd" in found["checked"]
