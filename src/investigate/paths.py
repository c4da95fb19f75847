"""Where things lie: the notebooks that run, and the files of a record."""

from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parents[1]
"""The checkout that an editable install runs from; for a wheel, a folder of no meaning."""

AUDIT = Path("audit")
"""Where records go unless another folder is named, under the current one."""

COUNTS_VARIABLE = "INVESTIGATE_COUNTS"
"""The environment variable that shows a running notebook the counts of its record."""


def notebooks_folder() -> Path:
    """The notebooks that a wheel carries, or those of the checkout."""
    packaged = PACKAGE / "notebooks"
    return packaged if packaged.is_dir() else PROJECT / "notebooks"


@dataclass(frozen=True)
class RecordPaths:
    """The files of the record in `folder`."""

    folder: Path

    @property
    def record(self) -> Path:
        """Status, hashes, parameters, environment, times: written by the runner alone."""
        return self.folder / "record.json"

    @property
    def crate(self) -> Path:
        """The record described as an RO-Crate."""
        return self.folder / "ro-crate-metadata.json"

    @property
    def findings(self) -> Path:
        """The answer, for programs."""
        return self.folder / "findings.json"

    @property
    def question(self) -> Path:
        """The question as run, a params file again."""
        return self.folder / "question.yml"

    @property
    def counts(self) -> Path:
        """The counts that every notebook read."""
        return self.folder / "counts"

    @property
    def traceback(self) -> Path:
        """What was raised, where the runner itself failed."""
        return self.folder / "traceback.txt"

    @property
    def notebooks(self) -> Path:
        """The executed notebooks."""
        return self.folder / "notebooks"

    @property
    def pages(self) -> Path:
        """Their offline pages."""
        return self.folder / "html"

    @property
    def logs(self) -> Path:
        """What their processes wrote to the terminal, where they wrote anything."""
        return self.folder / "logs"

    def notebook(self, name: str) -> Path:
        """The executed notebook called `name` (a stem)."""
        return _within(self.notebooks, f"{name}.ipynb")

    def page(self, name: str) -> Path:
        """The page of that notebook."""
        return _within(self.pages, f"{name}.html")

    def log(self, name: str) -> Path:
        """What that notebook's processes wrote to the terminal."""
        return _within(self.logs, f"{name}.txt")


def _within(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if path.parent != folder.resolve():
        raise ValueError(f"{name!r} leaves {folder}")
    return path
