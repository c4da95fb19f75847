"""A record: a folder of its own per run, whose status the runner alone writes.

``record.json`` says "running" from the start and is replaced as a whole at the end, so a
run that was itself killed still says "running": it did not finish. Its case's ledger tells
that it began, and while it goes on its folder is held.
"""

import errno
import json
import os
import secrets
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from investigate.errors import InputError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.entry import RUN, STARTED
from investigate.ledger.files import contents, digest, write
from investigate.ledger.unfinished import hold
from investigate.paths import RecordPaths
from investigate.records.crate import metadata, prepare
from investigate.records.secrets import NO_SECRETS, LeakError, Secrets
from investigate.rendering import one_line

SCHEMA = 1
RESERVE_BYTES = 256 * 1024
"""Held by a file until the end, so that a full disk leaves room for the last word."""


class RecordFolder:
    """One run's folder and its ``record.json``, kept as `document`.

    What is written into it is free of `secrets`.
    """

    def __init__(self, folder: Path, document: dict[str, Any], secrets: Secrets) -> None:
        self.paths, self.secrets = RecordPaths(folder), secrets
        self.document = document
        self._reserve = folder / ".reserve"
        self.let_go: Callable[[], object] = lambda: None
        """Ends the mark that this run goes on; so does the end of the process."""

    @classmethod
    def create(
        cls, audit: Path, document: dict[str, Any], secrets: Secrets = NO_SECRETS
    ) -> "RecordFolder":
        """A new folder under ``audit/<case>``, with the status "running".

        Raises `InputError`, leaving nothing behind, where that cannot be written.
        """
        made: list[Path] = []
        try:
            folder = _new_folder(audit / str(document["case"]), made)
            begun = {"status": "running", "exit_status": None, "error": None}
            known = {"schema": SCHEMA, "id": folder.name, **begun, **document}
            record = cls(folder, known, secrets)
            with suppress(OSError):
                record.let_go = weakref.finalize(record, os.close, hold(folder))
            record._reserve.write_bytes(os.urandom(RESERVE_BYTES))
            record._save()
        except (OSError, LeakError) as error:
            with suppress(OSError):
                for path in reversed(made):
                    (path / ".reserve").unlink(missing_ok=True)
                    path.rmdir()
            if isinstance(error, LeakError):
                raise
            raise InputError(_cannot_write(audit, error)) from error
        prepare()
        return record

    def write(self, path: Path, text: str) -> None:
        """Write a file of the record, whole or not at all, without secrets.

        Raises `LeakError` where one could not be taken out.
        """
        write(path, self.secrets.clean(text, path.name))

    def finish(self, status: str, error: str | None, **results: Any) -> None:
        """Write the last word: status, `results`, the crate, and the hash of every output.

        Raises whatever keeps a crate from being written, where the run had succeeded.
        """
        self._reserve.unlink(missing_ok=True)
        begun, ended = self.document, {"status": status, "error": error, **results}
        ended["exit_status"] = 0 if status == "succeeded" else 1
        if (why := self._describe({**begun, **ended})) is not None:
            ended["error"] = f"{error}; the record is no RO-Crate: {why}"
        self.document = {**begun, **ended, "outputs": self._outputs()}
        try:
            self._save()
        except BaseException:
            self.document = begun
            raise

    def begin(self) -> None:
        """Enter in the ledger of its case that the run begins; `enter` says why it cannot be."""
        case, name = self.paths.folder.parent, self.paths.folder.name
        body = {"fingerprint": self.document.get("fingerprint")}
        with suppress(OSError):
            append(case, EntryDraft(STARTED, name, {}, body))

    def enter(self) -> str | None:
        """Enter the finished run in the ledger of its case; in one line why not, if not.

        A record that cannot be entered is a record all the same, so nothing is raised.
        """
        case, name = self.paths.folder.parent, self.paths.folder.name
        body = {key: self.document[key] for key in ("status", "exit_status")}
        try:
            append(case, EntryDraft(RUN, name, contents(case, name).files, body))
        except OSError as error:
            return f"the run is over, but could not be entered in the ledger: {one_line(error)}"
        finally:
            self.let_go()
        return None

    def _describe(self, document: dict[str, Any]) -> str | None:
        try:
            text = metadata(self.secrets.redacted(document), self.paths.folder)
            self.write(self.paths.crate, text)
        except Exception as error:
            with suppress(OSError):
                # It may be there already, saying that the run succeeded.
                self.paths.crate.unlink(missing_ok=True)
            if document["status"] == "succeeded":
                raise
            return one_line(error)
        return None

    def _outputs(self) -> list[dict[str, Any]]:
        files = (path for path in self.paths.folder.rglob("*") if path.is_file())
        named = sorted((path.relative_to(self.paths.folder).as_posix(), path) for path in files)
        own = self.paths.record.name
        return [{"path": name, **digest(path)} for name, path in named if name != own]

    def _save(self) -> None:
        document = self.secrets.redacted(self.document)
        text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        write(self.paths.record, self.secrets.clean(text, self.paths.record.name), durable=True)


def check_writable(audit: Path) -> None:
    """Raise `InputError` where records cannot be made under `audit`; writes nothing."""
    nearest = audit.absolute()
    while not os.path.lexists(nearest):
        nearest = nearest.parent
    if not nearest.is_dir():
        raise InputError(f"{audit}: cannot write a record there: {nearest} is no folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise InputError(_cannot_write(audit, OSError(errno.EACCES, "it is read-only")))


def _new_folder(parent: Path, made: list[Path]) -> Path:
    missing = [path for path in (parent, *parent.parents) if not path.exists()]
    for path in reversed(missing):
        if _mkdir(path):
            made.append(path)
    while True:
        folder = parent / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        if _mkdir(folder):
            made.append(folder)
            return folder


def _mkdir(path: Path) -> bool:
    try:
        path.mkdir()
    except FileExistsError:
        return False
    return True


def _cannot_write(audit: Path, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"{audit}: cannot write a record there: {reason}; name another folder with --audit"
