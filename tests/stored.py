"""Counts that are counted once and read from then on, in this run and the next ones.

They lie in pytest's cache folder, under the hash of all code that counts and of all that the
tests share, so that a change to either counts anew. `make clean` removes them.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from investigate.counts.table import Counts

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".pytest_cache" / "counts"
KIT = ROOT / "src" / "investigate"
COUNTING = [KIT / "log", KIT / "counts", *sorted(KIT.glob("*.py"))]
SHARED = sorted(Path(__file__).parent.glob("*.py"))


def counts(count: Callable[[], Counts], *key: object) -> Counts:
    """What `count` gives; `key` says all that its log and question are made of."""
    place = _folder()
    folder = place / hashlib.sha256(repr(key).encode()).hexdigest()[:20]
    if not folder.exists():
        part = Path(tempfile.mkdtemp(dir=place))
        try:
            count().save(part / "counts")
            (part / "counts").rename(folder)
        except OSError:
            # Another worker may have been faster, with the same counts.
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(part)
    return Counts.load(folder)


@cache
def _folder() -> Path:
    digest = hashlib.sha256()
    for place in (*COUNTING, *SHARED):
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    folder = FOLDER / digest.hexdigest()[:20]
    folder.mkdir(parents=True, exist_ok=True)
    for other in FOLDER.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder
