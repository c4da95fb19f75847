"""A small log of known content, a question about it, and notebooks made on the spot."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from investigate.log.cache import Cache
from investigate.records.run import Answer, run
from investigate.records.workers import Settings

DOCUMENT = {
    "schema": 1,
    "case": "small",
    "auc": {
        "baseline": {"value": 0.8, "low": 0.7, "high": 0.9, "rows": 200},
        "incident": {"value": 0.7, "low": 0.6, "high": 0.8, "rows": 200},
        "change": {"value": -0.1, "low": -0.2, "high": 0.0},
    },
    "verdict": {"kind": "unexplained", "sentence": "Nothing known explains it: – ∆ 系."},
}
ANSWER = f"""\
from investigate.finding import Finding
from investigate.notebook import show
show(Finding("answer", "Nothing known explains it.", detail={{"findings": {DOCUMENT!r}}}))"""

PARAMS = """\
case: small
log: log.csv
columns: {time: time, outcome: outcome, score: score, system: system, cluster: student}
baseline: {start: 2024-01-01, end: 2024-01-11}
incident: {start: 2024-01-11, end: 2024-01-21}
"""


def notebook(*sources: str) -> nbformat.NotebookNode:
    """A notebook with these code cells, after a heading and a cell of parameters."""
    cells = [
        new_markdown_cell("# Is it so?", id="question"),
        new_code_cell('case = "none"', id="parameters", metadata={"tags": ["parameters"]}),
    ]
    cells += [new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    # A kernel of this name exists nowhere: the runner's own is used, whatever is here.
    kernel = {"name": "of-another-machine", "display_name": "other", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@dataclass(frozen=True)
class Place:
    """A folder with ``log.csv`` and ``params.yml`` that is the current one."""

    folder: Path

    def notebooks(self, **sources: Sequence[str]) -> Path:
        """Notebooks by name: ``_1_first=[…]`` makes ``1_first.ipynb``."""
        folder = self.folder / "notebooks"
        folder.mkdir(exist_ok=True)
        for name, cells in sources.items():
            nbformat.write(notebook(*cells), folder / f"{name.removeprefix('_')}.ipynb")
        return folder

    def run(self, *overrides: str, timeout: float = 60.0, **settings: Any) -> Answer:
        """Run the notebooks that were made last; it counts unless the module keeps counts."""
        return run(
            self.folder / "params.yml",
            overrides,
            audit=settings.pop("audit", self.folder / "audit"),
            notebooks=self.folder / "notebooks",
            settings=Settings(timeout=timeout, **{"jobs": 2, **settings}),
            cache=Cache.usual(),
        )

    def records(self) -> list[Path]:
        """The folders of all records, oldest first."""
        return sorted(path for path in self.folder.glob("audit/small/*") if path.is_dir())

    def files(self) -> dict[str, str]:
        """The hash of every file but those of records."""
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and (self.folder / "audit") not in path.parents
        }


def make_log() -> pd.DataFrame:
    """400 rows, 20 a day, of 40 students and two systems."""
    rng = np.random.default_rng(7)
    score = rng.random(400)
    return pd.DataFrame(
        {
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(400) * 72, "min"),
            "outcome": (rng.random(400) < score).astype(int),
            "score": score,
            "system": rng.choice(["new", "old"], 400),
            "student": rng.integers(0, 40, 400),
        }
    )


def make_place(folder: Path) -> Place:
    """A place in `folder`, which becomes nobody's current folder yet."""
    make_log().to_csv(folder / "log.csv", index=False)
    (folder / "params.yml").write_text(PARAMS, encoding="utf-8")
    return Place(folder)
