"""Put the answer and the figures of a record into README.md: `make readme`."""

import base64
import io
import json
import re
import sys
from pathlib import Path

import nbformat
from rich.console import Console

from investigate.cli.answer import summarise
from investigate.records.run import Answer

ROOT = Path(__file__).parents[1]
FIGURES = {
    "auc_over_time": "2_when_did_it_start",
    "replay": "4_which_system_or_both",
}
BLOCK = re.compile(r"(<!-- answer -->\n).*?(<!-- /answer -->)", re.S)


def main(record: Path) -> None:
    """Rewrite the README's answer block and its figures from `record`."""
    findings = json.loads((record / "findings.json").read_text("utf-8"))
    printed = io.StringIO()
    summarise(Answer(findings, record, {}), Console(file=printed, width=10_000))
    lines = [x for x in printed.getvalue().splitlines() if not re.match(r"(record|time) ", x)]
    answer = "\n".join(line.rstrip() for line in lines)
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    readme.write_text(BLOCK.sub(rf"\1```text\n{answer}\n```\n\2", text), encoding="utf-8")
    for name, notebook in FIGURES.items():
        picture = _first_picture(record / "notebooks" / f"{notebook}.ipynb")
        (ROOT / "docs" / f"{name}.png").write_bytes(picture)


def _first_picture(notebook: Path) -> bytes:
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/png"):
                return base64.b64decode(picture)
    raise SystemExit(f"{notebook} shows no picture")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
