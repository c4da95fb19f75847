"""Put what registries hold into the tables of README and docs/watch.md: `make tables`."""

import re
from pathlib import Path

from investigate import kinds, measures

ROOT = Path(__file__).resolve().parents[1]
TABLES = {"README.md": kinds.table, "docs/watch.md": measures.table}


def with_table(page: str, table: str) -> str:
    """`page` with `table` in place of the one that has the same first line."""
    head = re.escape(table.partition("\n")[0])
    return re.sub(rf"^{head}\n(?:\|.*\n)*", lambda _: f"{table}\n", page, count=1, flags=re.M)


if __name__ == "__main__":
    for name, table in TABLES.items():
        path = ROOT / name
        path.write_text(with_table(path.read_text("utf-8"), table()), encoding="utf-8")
