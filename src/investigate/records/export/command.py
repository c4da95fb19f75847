"""``investigate export``: a record as a zip that verifies where the kit is not."""

from pathlib import Path

from rich.console import Console

from investigate.errors import InputError, RunError
from investigate.ledger.chain import read
from investigate.ledger.place import record_at
from investigate.ledger.verify import altered, entered, refuse, verify
from investigate.records.export.archive import keep, packed
from investigate.records.export.package import Evidence, package
from investigate.rendering import one_line


def export_at(record: Path, out: Path | None, console: Console, anyway: bool = False) -> Path:
    """Write the record in the folder `record` as the zip `out` and print where that is.

    Without `out` it is ``<case>-<record>.zip`` in the current folder. Raises `InputError`
    where there is no such record, it is altered (unless `anyway`), or another file stands
    at `out`, and `RunError` where it cannot be read or written.
    """
    place = record_at(record)
    if place is None:
        raise InputError(f"{record}: there is no record here; name the folder of one")
    case, name = place
    try:
        report, chain = verify(case, name), read(case)
        run = entered(chain).get(name)
        if run is None:
            raise InputError(f"{record}: it is not in the ledger, so nothing vouches for it")
        if not anyway:
            refuse(report, "exported; --even-if-altered does so and says what is altered")
        data = packed(package(Evidence(case, name, chain.entries, run, altered(report))))
    except OSError as error:
        raise RunError(f"{record}: it cannot be exported: {one_line(error)}") from error
    path = out or Path(f"{case.resolve().name}-{name}.zip")
    keep(path, data)
    said = f"{path}: {len(data):,} bytes; its README.md says how to verify it"
    console.print(said, soft_wrap=True, markup=False, highlight=False)
    return path
