"""``investigate site``: builds the site and prints one line on a terminal."""

from pathlib import Path

from rich.console import Console

from investigate.errors import InputError, RunError
from investigate.rendering import counted, one_line
from investigate.site.notebooks import Warm


def site_at(
    audit: Path, out: Path, console: Console, allowed: Path | None = None, *, full: bool = False
) -> None:
    """Build the site of `audit` in `out` and say what was done and what to open.

    Raises `InputError` where a folder is not what it should be, and `RunError` where the
    site could not be written.
    """
    if allowed is not None and not allowed.is_file():
        raise InputError(f"{allowed}: there is no such file of allowed signers")
    warm = Warm()
    try:
        # Imported only now: the process gets ready meanwhile.
        from investigate.site.build import build

        built = build(audit, out, allowed, console, full=full, warm=warm)
    except OSError as error:
        raise RunError(f"{out}: the site could not be written: {one_line(error)}") from error
    finally:
        warm.close()
    message = (
        f"{counted(built.runs, 'run')} of {counted(built.cases, 'case')}: "
        f"{counted(built.written, 'file')} written, {built.kept:,} kept, {built.removed:,} removed"
    )
    for line in (message, f"open {out / 'index.html'}"):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
