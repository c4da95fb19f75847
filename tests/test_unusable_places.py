"""A place that cannot be read or written is told in one line: one case for each function that
reads or writes there, and no error but the kit's."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import investigate.figures.control_chart
from investigate import log
from investigate.batch import plan
from investigate.errors import InputError
from investigate.explorer.exploring import Explorer
from investigate.log.servers import opening
from investigate.measures import AUC
from investigate.monitor import drawing
from investigate.monitor.charts.panel import EVERYTHING
from investigate.monitor.state.file import locked
from investigate.paths import notebooks_folder
from investigate.proposal import options, sources, written
from investigate.records import environment, run_record
from investigate.records import sources as notebooks
from investigate.records.record import RecordFolder
from investigate.site import cases
from investigate.site.folder import Folder
from investigate.updates import evidence, trail
from investigate.workplace import own_notebooks

Case = Callable[[Path], Any]
FILES: Any = SimpleNamespace(part="log", address="postgresql://host/db", kind="PostgreSQL")
BACKEND: Any = None


class _ServerError(Exception):
    """As psycopg's error, with the code that a server gives."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("what the server says")
        self.sqlstate = sqlstate


class _Lost(_ServerError):
    pass


def _explorer(folder: Path) -> Any:
    page = Explorer.__new__(Explorer)
    page._page_data = {"case": "a"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Explorer, "html", "a page")
        return page.save(folder / "none" / "page.html")


def _chart(folder: Path) -> Any:
    day = pd.Timestamp("2024-01-01", tz="UTC")
    bounds = {"value": [0.5], "lowest": [0.4], "highest": [0.6]}
    shown = pd.DataFrame({"by": [EVERYTHING], "measure": [AUC.name], "start": [day], **bounds})
    watch: Any = SimpleNamespace(
        watch="a", timezone="UTC", baseline=SimpleNamespace(bounds=lambda zone: (day, day)),
        limits=SimpleNamespace(auc=0.5), step=pd.Timedelta("1D"), every="day",
    )  # fmt: skip
    judged: Any = SimpleNamespace(shown=shown)

    def savefig(path: Path, **_kind: Any) -> None:
        path.open("wb")

    figure = SimpleNamespace(savefig=savefig, dpi=100)
    with pytest.MonkeyPatch.context() as patch:
        chart = investigate.figures.control_chart
        patch.setattr(chart, "control_chart", lambda *_all, **_kind: figure)
        return drawing.draw(folder / "none" / "chart.png", watch, judged, [])


def _hashed(folder: Path) -> Any:
    question: Any = SimpleNamespace(notebooks=())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "all_of", lambda *_all: [])
        patch.setattr(log, "inputs", lambda _question: [folder])
        return plan.key(question, (folder, ()), {})


def _written(folder: Path) -> Any:
    (folder / "file").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "text", lambda _proposal: "case: a\n")
        return written.write(SimpleNamespace(), folder / "file" / "q.yml")  # type: ignore[arg-type]


def _forced(folder: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "text", lambda _proposal: "case: a\n")
        return written.write(SimpleNamespace(), folder, force=True)  # type: ignore[arg-type]


def _copied(folder: Path) -> Any:
    # A name that is taken by a link to nothing can be neither seen nor written.
    (folder / "mine").mkdir()
    source = next(notebooks_folder().glob("*.ipynb"))
    (folder / "mine" / source.name).symlink_to(folder / "none" / "gone")
    return own_notebooks.copy(folder / "mine")


def _many_notebooks(folder: Path) -> Any:
    (folder / "notebooks").mkdir()
    for number in range(3):
        (folder / "notebooks" / f"{number}.ipynb").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_record, "MOST_NOTEBOOKS", 2)
        return run_record._notebooks(run_record.RecordPaths(folder))


def _failing(name: str, of: Any, act: Case) -> Case:
    """`act`, where the method `name` of the class `of` fails as on a broken disk."""

    def broken(*_all: Any, **_kind: Any) -> Any:
        raise OSError(5, "Input/output error")

    def tried(folder: Path) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(of, name, broken)
            return act(folder)

    return tried


def _linked_site(folder: Path) -> Any:
    (folder / "runs").symlink_to(folder)
    site: Any = SimpleNamespace(out=folder)
    return Folder._target(site, "runs/a.html")


def _refused_by(folder: Path) -> Any:
    class Postgres:
        @staticmethod
        def at(_place: str) -> Any:
            raise _ServerError("28P01")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "database", lambda *_all: "a place")
        patch.setitem(sys.modules, "psycopg", SimpleNamespace(Error=_ServerError))
        servers = SimpleNamespace(Postgres=Postgres)
        patch.setitem(sys.modules, "investigate.log.servers.postgres", servers)
        return opening.connected(FILES)


def _held(folder: Path) -> Any:
    with locked(folder, 0.0):
        raise AssertionError


CASES: dict[str, tuple[Case, str]] = {
    "explorer": (_explorer, "page.html: cannot write it: No such file"),
    "chart": (_chart, "--chart: cannot write '.*chart.png': .*No such file"),
    "input of a batch": (_hashed, "cannot read it: Is a directory"),
    "input of a run": (lambda f: environment._entry("log", f), "cannot read it: Is a directory"),
    "params beside a file": (_written, "q.yml: cannot write it: Not a directory"),
    "params over a folder": (_forced, "cannot write it: Is a directory"),
    "copies of notebooks": (_copied, "mine: cannot write it: No such file"),
    "a new notebook": (
        lambda f: own_notebooks.scaffold(f / ("n" * 300)), "cannot write it: File name too long",
    ),
    "notebooks of a record": (
        _failing("iterdir", Path, lambda f: run_record._notebooks(run_record.RecordPaths(f))),
        "notebooks: cannot read it: Input/output error",
    ),
    "too many notebooks": (_many_notebooks, "notebooks: it holds more than 2 notebooks"),
    "a folder of notebooks": (
        _failing("glob", Path, lambda f: notebooks._named(str(f))),
        "notebooks: .*: cannot read it: Input/output error",
    ),
    "no notebook": (lambda f: notebooks._named(str(f)), "there is no notebook (.ipynb) here"),
    "cases of a site": (
        lambda f: cases.cases(f / "none", None, {}, {}),  # type: ignore[arg-type]
        "none: No such file or directory: cannot be read",
    ),
    "records of a case": (
        lambda f: evidence._records(f / "none"), "none: it cannot be read: .*No such file",
    ),
    "state of a watch": (_held, "state: cannot write '.*': Is a directory"),
    "a site's folder": (_linked_site, "runs: it is a link; a site writes into its own folders"),
    "a record": (
        _failing("mkdir", Path, lambda f: RecordFolder.create(f / "audit", {"case": "a"})),
        "audit: cannot write a record there: input/output error",
    ),
    "an update": (
        _failing("mkdir", Path, lambda f: trail._claim(f, "team")),
        "cannot keep an update there: .*Input/output error",
    ),
    "a server": (_refused_by, "log: postgresql://host/db .*check its name|cannot be reached"),
    "a case's name": (lambda _f: options.required("case", "A B"), "^--case: "),
    "a password": (
        lambda _f: sources.sources("postgresql://me:secret@host/db", None, None),
        "^log: .*password",
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", CASES)
def test_a_place_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, place: str) -> None:
    act, message = CASES[place]
    with pytest.raises(InputError) as raised:
        act(tmp_path)
    text = str(raised.value)
    assert re.search(message.replace("(.ipynb)", r"\(\.ipynb\)"), text), text
    assert os.linesep not in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (_Lost(None), "the connection was lost while it was read; run it again"),
        (_ServerError("42501"), "this user may not read that table"),
        (_ServerError("53100"), "it has no memory, disk or connections left"),
        (_ServerError("22012"), "it could not answer (SQLSTATE 22012)"),
    ],
)
def test_what_a_server_says_is_told_without_its_words(
    monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    driver = SimpleNamespace(Error=_ServerError, OperationalError=_Lost)
    monkeypatch.setitem(sys.modules, "psycopg", driver)
    failure = opening.failed(error, FILES)
    assert failure is not None
    assert str(failure).startswith(f"log: postgresql://host/db: {message}")
    assert str(error) not in str(failure)
    assert opening.failed(KeyError("x"), FILES) is None


def test_a_session_of_spark_that_is_lost_is_told_without_its_words() -> None:
    lost = type("Py4JError", (Exception,), {"__module__": "py4j.protocol"})("what it says")
    files: Any = SimpleNamespace(part="log", address="spark://host", kind="Spark")
    message = str(opening.failed(lost, files))
    assert message.startswith("log: spark://host: the session could not answer, or was lost; see")
    assert opening.failed(KeyError("x"), files) is None


def test_a_server_without_a_table_is_told_to_name_one() -> None:
    with pytest.raises(InputError, match="PostgreSQL reads tables and no paths"):
        opening._of_path(BACKEND, FILES)
