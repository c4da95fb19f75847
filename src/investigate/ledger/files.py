"""Files that are either whole or not there, and what they hash to."""

import hashlib
import os
from pathlib import Path


def write(path: Path, text: str, *, durable: bool = False) -> None:
    """Write `text`, whole or not at all; ``durable``: on the disk when this returns.

    Raises `OSError`, for example where the disk is full; what stood there stays.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def digest(path: Path) -> dict[str, str | int]:
    """SHA-256 and size of a file, as a record lists them."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return {"sha256": sha256, "bytes": file.tell()}
