"""A folder in which a log is watched by the command line."""

from pathlib import Path
from typing import Any

import alerted
import yaml
from alerted import day
from click.testing import Result
from typer.testing import CliRunner

from investigate import cli
from investigate.ledger.chain import read
from investigate.monitor.alerts import Alert
from investigate.monitor.state import kept, opened

RUNNER = CliRunner()


class Place:
    """A folder with a log, a watch of it and all that a monitor makes."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.folder = folder
        self.more = more
        self.write(**more)

    def write(self, **more: Any) -> None:
        text = yaml.safe_dump(alerted.asked(self.folder, **more))
        (self.folder / "watch.yml").write_text(text)

    def run(self, until: int | str, *more: str) -> Result:
        at = until if isinstance(until, str) else f"{day(until):%Y-%m-%dT%H:%M}"
        where = ["--audit", str(self.folder / "audit"), "--outbox", str(self.folder / "outbox")]
        return RUNNER.invoke(
            cli.app, ["monitor", str(self.folder / "watch.yml"), "--at", at, *where, *more]
        )

    def day(self, n: int, **how: Any) -> Result:
        """The log of one more day, and a run at its end."""
        alerted.save(self.folder, n, **how)
        return self.run(n + 1)

    def cases(self) -> list[Path]:
        audit = self.folder / "audit"
        return sorted(audit.iterdir()) if audit.is_dir() else []

    def kinds(self) -> list[str]:
        return [entry.kind for case in self.cases() for entry in read(case).entries]

    def alerts(self) -> list[Alert]:
        asked = alerted.watch(self.folder, **self.more)
        with opened(self.folder / "state.duckdb", asked) as state:
            return kept.alerts(state)

    def left(self) -> list[str]:
        """What is there besides log and watch."""
        return sorted({path.name for path in self.folder.iterdir()} - {"log", "watch.yml"})
