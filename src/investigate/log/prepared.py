"""Rows as they are read, kept for other windows over the same log while a batch lasts.

What reading finds out (values and their types, codes of labels, folds of clusters, rows that
repeat, rows of clusters that are not new) depends on no window, so that a sweep of windows reads a
log once. The tables hold rows, which no record does: they lie in a private folder that ends with
the batch.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from investigate.log.cache import held
from investigate.question.question import Question

if TYPE_CHECKING:
    from investigate.log.rows import Rows
    from investigate.log.source import Engine

ELSEWHERE = ("baseline", "incident", "case", "events", "notebooks")
"""Of a question: what reading its log does not depend on."""
OF_HISTORY = ("history", "precedence", "score_formula", "replay")
FROM_LOG = ("unreadable", "max_groups")
"""Thresholds that reading heeds: by the second, cohorts of many numbers are cut into bands."""
DATABASE, ORDERED = "prepared", ".ordered"


def reading_key(question: Question) -> str | None:
    """What reading the log of `question` depends on, but for its content, as a hash.

    `None` where it is not read from files alone, or windows have a part in it.
    """
    log = question.log if isinstance(question.log, str) else getattr(question.log, "url", None)
    if question.outcomes is not None or question.columns.weight is not None:
        return None
    if not isinstance(log, str) or ("://" in log and not log.startswith("duckdb://")):
        return None
    from investigate.log.rows import DAY, bucket_seconds

    asked: dict[str, Any] = question.asked()
    for name in (*ELSEWHERE, *OF_HISTORY):
        asked.pop(name, None)
    asked["thresholds"] = {
        name: value for name, value in asked["thresholds"].items() if name in FROM_LOG
    }
    dependencies = [asked, bucket_seconds(question) == DAY]
    return hashlib.sha256(
        json.dumps(dependencies, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


@dataclass(frozen=True)
class Prepared:
    """The tables in a folder; ``data`` are the files of a question with hashes of their content."""

    folder: Path
    data: Sequence[tuple[str, str]]

    def path(self, question: Question) -> Path | None:
        """The database of the rows of `question`; `None` where they are read anew each time."""
        known = reading_key(question)
        if known is None:
            return None
        text = json.dumps([known, sorted(self.data)], ensure_ascii=False)
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.duckdb"

    def alone(self, path: Path) -> AbstractContextManager[None]:
        """Within, no other process reads the rows of `path` anew; waits for one that does."""
        return held(path.with_suffix(".lock"))


def keep(path: Path, rows: "Rows", question: Question, engine: "Engine") -> None:
    """Write `rows` to a new database at `path`, whole or not at all.

    Where there is no room nothing is kept, and the next question reads its log.
    """
    from investigate.log import outside
    from investigate.log.clusters import with_seasoned

    marked = with_seasoned(rows.table.drop("window"), question)
    tables = {"rows": marked, "left_out": rows.left_out}
    tables |= {f"labels_{name}": one.table for name, one in rows.coding.columns.items()}
    about = {
        "breaches": rows.breaches,
        "noted": engine.breaches,
        "columns": list(rows.coding.columns),
    }
    part, ordering = (path.with_suffix(ending) for ending in (".part", ".ordering"))
    try:
        engine.write(part, DATABASE, tables)
        path.with_suffix(".json").write_text(json.dumps(about), "utf-8")
        part.rename(path)
        outside.keep(ordering, rows, engine.written(path, "again")["rows"], question)
        if ordering.exists():
            ordering.rename(path.with_suffix(ORDERED))
    except Exception:
        part.unlink(missing_ok=True)


def find(path: Path, question: Question, engine: "Engine") -> "Rows | None":
    """The rows that are kept at `path`, as those of `question`; notes what was noted of files."""
    from investigate.log import ordered
    from investigate.log.coding import Coding, Column
    from investigate.log.local import UTC_TIME
    from investigate.log.rows import Rows, sizes, window_of
    from investigate.log.temporary import keep as kept

    if not path.is_file():
        return None
    about = json.loads(path.with_suffix(".json").read_text("utf-8"))
    tables = engine.written(path, DATABASE)
    rows = tables["rows"]
    # The database says of moments that they have microseconds; those of other tables do not.
    kinds = rows.schema().items()
    moments = {name: rows[name].cast(UTC_TIME) for name, kind in kinds if kind.is_timestamp()}
    rows = rows.mutate(**moments)
    table = rows.mutate(window=window_of(rows.time, question))
    # What lies in no window is looked at once or twice; to store it costs as much.
    inside = kept(table.filter(table.window >= 0))
    coding = Coding({name: Column(tables[f"labels_{name}"]) for name in about["columns"]})
    engine.breaches.extend(about["noted"])
    left_out, found = tables["left_out"], sizes(table)
    about_rows = table, inside, coding, left_out, found, about["breaches"], inside
    return Rows(*about_rows, ordered.find(path.with_suffix(ORDERED)))
