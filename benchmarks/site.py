"""How long the review site takes with many runs, of which one is new.

Usage: python -m benchmarks.site RECORD [--runs 1000]
RECORD is a real record, such as one of the demo; it is the new one. The others are small:
the same findings and question, and one notebook each.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from investigate.ledger.append import EntryDraft, append
from investigate.ledger.files import contents

SMALL = ("record.json", "findings.json", "question.yml")


def entered(case: Path, name: str) -> None:
    append(case, EntryDraft("run", name, contents(case, name).files, {"status": "succeeded"}))


def small(record: Path, case: Path, number: int) -> None:
    """A record of one notebook, the smallest that `record` holds."""
    day = f"2023{number // 28 % 12 + 1:02}{number % 28 + 1:02}"
    folder = case / f"{day}T{number // 336:06}Z-{number:06x}"
    (folder / "notebooks").mkdir(parents=True)
    for name in SMALL:
        shutil.copy(record / name, folder / name)
    notebooks = sorted((record / "notebooks").iterdir(), key=lambda path: path.stat().st_size)
    shutil.copy(notebooks[0], folder / "notebooks")
    entered(case, folder.name)


def built(audit: Path, out: Path) -> float:
    program = str(Path(sys.executable).with_name("investigate"))
    began = time.perf_counter()
    subprocess.run(
        [program, "site", "--audit", audit, "--out", out], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("record", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        audit, out = Path(folder) / "audit", Path(folder) / "site"
        for number in range(asked.runs - 1):
            small(asked.record, audit / f"case-{number % 10}", number)
        print(f"first build of {asked.runs - 1} runs: {built(audit, out):.1f} s", flush=True)
        print(f"nothing new: {built(audit, out):.2f} s", flush=True)
        for again in range(3):
            new = audit / "case-0" / f"2024010{again + 1}T000000Z-aaaaaa"
            shutil.copytree(asked.record, new)
            entered(new.parent, new.name)
            print(f"one new: {built(audit, out):.2f} s", flush=True)


if __name__ == "__main__":
    main()
