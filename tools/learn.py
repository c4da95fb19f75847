"""Execute the teaching notebooks in docs/learn/ and keep what they print: `make learn`.

Unlike the notebooks of a run they are committed with outputs, so that they are read where the
code is hosted. Nothing is kept that differs between two equal runs.
"""

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "learn"
METADATA = {
    "kernelspec": {"display_name": "investigate", "language": "python", "name": "investigate"},
    "language_info": {"name": "python"},
}
SECONDS = 300
"""How long a cell may take on a busy machine."""


def notebooks() -> list[Path]:
    """The teaching notebooks, in the order in which they are read."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path) -> Any:
    """The notebook at `path` with the outputs of a fresh run. Raises where a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="investigate",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    return cleaned(notebook)


def cleaned(notebook: Any) -> Any:
    """`notebook` without what tells of a machine or a moment; `alt` of a figure stays."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k == "alt"})
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
    return notebook


def main() -> int:
    """Execute each notebook and write it back; those named, or all."""
    for path in [Path(name) for name in sys.argv[1:]] or notebooks():
        text = nbformat.writes(executed(path)) + "\n"
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {len(text) // 1024} KB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
