"""Documents of records, and the validator that checks crates, which lives on its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

VALIDATE = Path(__file__).parents[1] / "tools" / "validator" / "validate.py"
VALIDATOR = Path(sys.prefix) / "validator" / "bin" / "python"
DEAD = "http://127.0.0.1:9"
NO_NETWORK = """\
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise SystemExit(f"the network was used: {event} {arguments}")

sys.addaudithook(refuse)
"""


def document(**changes: Any) -> dict[str, Any]:
    """What ``record.json`` says of a run that ended well, but for its outputs."""
    return {
        "id": "20240301T120000Z-abcdef",
        "case": "small",
        "status": "succeeded",
        "error": None,
        "parameters": {"case": "small", "log": "log.csv", "columns": {"time": "at", "item": None},
                       "cohorts": ["b", "a"], "thresholds": {"confidence": 0.95}},
        "code": {"commit": "c" * 40, "dirty": False},
        "environment": {"investigate": "0.1.0", "python": "3.11.7", "implementation": "CPython"},
        "inputs": [{"role": "data", "path": "log.csv", "sha256": "a" * 64, "bytes": 12}],
        "started": "2024-03-01T12:00:00.000Z",
        "finished": "2024-03-01T12:00:09.500Z",
        **changes,
    }  # fmt: skip


def validate(
    folder: Path, scratch: Path, *options: str, program: Path = VALIDATE
) -> tuple[int, list[str], str]:
    """Exit status of the validator for the crate in `folder`, what it finds, what it prints.

    Whatever would use the network ends it with a status of its own.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    report = scratch / "report.json"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [VALIDATOR, program, folder, "--output-format", "json", "--output-file", report, *options],
        env={**os.environ, "PYTHONPATH": str(scratch), "HOME": str(scratch),
             "XDG_CACHE_HOME": str(scratch), "http_proxy": DEAD, "https_proxy": DEAD},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    output = done.stdout + done.stderr
    if not report.is_file():
        return done.returncode, [], output
    found = json.loads(report.read_text("utf-8"))
    assert found["statistics"]["total_passed_checks"] > 0 if found["passed"] else found["issues"]
    return done.returncode, [issue["check"]["identifier"] for issue in found["issues"]], output
