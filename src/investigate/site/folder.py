"""The folder of a site: files whole or not there, and nothing of anyone else's touched."""

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from investigate.errors import InputError
from investigate.ledger.files import write
from investigate.site.memory import NAME, Memory, PageGroup, remembered

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def slug(name: str) -> str:
    """`name` itself where it is safe in a link and a path, else one made of its hash."""
    if PLAIN.fullmatch(name):
        return name
    return "~" + hashlib.sha256(os.fsencode(name)).hexdigest()[:20]


class Folder:
    """Pages by group; a group whose key and files are as they were is kept as it is."""

    def __init__(self, out: Path, memory: Memory) -> None:
        self.out = out
        self.memory = memory
        self.written = self.kept = self.removed = 0
        self._before = dict(memory.groups)
        self._groups: dict[str, PageGroup] = {}
        self._stats: dict[str, tuple[int, int] | None] = {}

    @classmethod
    def opened(cls, out: Path, audit: Path, maker: str) -> "Folder":
        """The site in the folder `out`, which is made where it is not there.

        Raises `InputError` where it is no folder, or one that holds anything and was not
        made by this command, or lies in `audit` or around it.
        """
        inner, outer = out.resolve(), audit.resolve()
        if inner.is_relative_to(outer) or outer.is_relative_to(inner):
            raise InputError(f"{out}: a site lies beside {audit}, not in it or around it")
        try:
            out.mkdir(parents=True, exist_ok=True)
            marker = out / NAME
            if marker.is_file() and not marker.is_symlink():
                return cls(out, remembered(marker.read_text("utf-8", "replace"), maker))
            if any(out.iterdir()):
                raise InputError(
                    f"{out}: it holds files and is no site; name an empty folder with --out"
                )
            folder = cls(out, Memory(made_by=maker))
            folder._save({})
            return folder
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"{out}: cannot write a site there: {reason.lower()}") from error

    def fresh(self, group: str, key: str) -> bool:
        """Whether the group's files are there, made of the same; if so they are kept."""
        known = self._before.get(group)
        if known is None or known.key != key:
            return False
        if any(self._stat(path) != stat for path, stat in known.files.items()):
            return False
        self._groups[group] = known
        self.kept += len(known.files)
        return True

    def put(self, group: str, key: str, pages: Mapping[str, str]) -> None:
        """Write the group's `pages`, text by path below the folder."""
        known = self._before.get(group)
        for path, text in pages.items():
            if known is None or not self._same(path, text, known.files.get(path)):
                target = self._target(path)
                write(target, text)
                self._stats[path] = _stat(target)
                self.written += 1
            else:
                self.kept += 1
        stats = {path: stat for path in pages if (stat := self._stat(path))}
        self._groups[group] = PageGroup(key=key, files=stats)

    def close(self, memory: Memory, *, complete: bool) -> None:
        """Remember what was made; where it is `complete`, remove pages of what is gone."""
        if not complete:
            # Whatever was there before may be there still.
            self._save({**self._before, **self._groups})
            return
        wanted = {path for group in self._groups.values() for path in group.files}
        for path in sorted({p for g in self._before.values() for p in g.files} - wanted):
            self._remove(path)
        self.memory = memory
        self._save(self._groups)

    def _same(self, path: str, text: str, stat: tuple[int, int] | None) -> bool:
        if stat is None or self._stat(path) != stat:
            return False
        return (self.out / path).read_bytes() == text.encode()

    def _target(self, path: str) -> Path:
        folder = self.out
        for part in PurePosixPath(path).parts[:-1]:
            folder = folder / part
            if folder.is_symlink():
                raise InputError(f"{folder}: it is a link; a site writes into its own folders")
            folder.mkdir(exist_ok=True)
        return self.out / path

    def _remove(self, path: str) -> None:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or "\0" in path:
            return
        folders = [self.out / parent for parent in list(pure.parents)[:-1]]
        if any(folder.is_symlink() for folder in folders):
            return
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (self.out / path).unlink()
            self.removed += 1
        for folder in folders:
            with suppress(OSError):
                folder.rmdir()

    def _stat(self, path: str) -> tuple[int, int] | None:
        if path not in self._stats:
            self._stats[path] = _stat(self.out / path)
        return self._stats[path]

    def _save(self, groups: Mapping[str, PageGroup]) -> None:
        memory = self.memory.model_copy(update={"groups": dict(sorted(groups.items()))})
        write(self.out / NAME, memory.model_dump_json())


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns
