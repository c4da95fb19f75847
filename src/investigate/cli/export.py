"""``investigate export``: a record as a zip that verifies where the kit is not."""

from pathlib import Path

from rich.console import Console

from investigate.records.export import export


def export_at(record: Path, out: Path | None, console: Console, anyway: bool = False) -> Path:
    """Export `record` as `out` and print where that is; raises what `export` raises."""
    path, size = export(record, out, anyway)
    message = f"{path}: {size:,} bytes; its README.md says how to verify it"
    console.print(message, soft_wrap=True, markup=False, highlight=False)
    return path
