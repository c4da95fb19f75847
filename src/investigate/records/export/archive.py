"""A zip whose bytes depend on what is in it alone."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from investigate.errors import InputError, RunError
from investigate.rendering import one_line

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can tell."""

READABLE = 0o100644


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of `files` by path: sorted, dated 1980, readable by all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = READABLE << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def keep(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all; one that has these bytes already is left.

    Raises `InputError` where another file stands there, and `RunError` where it cannot be
    written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            part.write_bytes(data)
            # Unlike a rename, a link never takes the place of a file.
            path.hardlink_to(part)
        except FileExistsError:
            if not path.is_file() or path.read_bytes() != data:
                raise InputError(
                    f"{path}: something else is there, and is not overwritten; "
                    "name another file with --out"
                ) from None
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{path}: it cannot be written: {one_line(error)}") from error
