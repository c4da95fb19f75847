from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.log.files import Files, find
from investigate.question.fields import Table


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with data, seen from a folder two levels down."""
    for name in ("data/b.parquet", "data/a.parquet", "data/deep/er/c.parquet", "data/log.duckdb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "notebooks" / "drafts").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "drafts")
    return tmp_path


def refused(source: str | Table) -> str:
    with pytest.raises(InputError) as caught:
        find(source, "log")
    return str(caught.value)


def test_a_relative_path_is_looked_up_from_each_folder_above(project: Path) -> None:
    found = find("data/a.parquet", "log")
    assert found == Files("log", "data/a.parquet", "Parquet", (project / "data/a.parquet",))


def test_the_nearest_folder_wins(project: Path) -> None:
    (project / "notebooks" / "data").mkdir()
    (project / "notebooks" / "data" / "a.parquet").touch()
    assert find("data/a.parquet", "log").paths == (project / "notebooks/data/a.parquet",)
    assert find("data/*.parquet", "log").paths == (project / "notebooks/data/a.parquet",)


def test_an_absolute_path_is_looked_up_where_it_says(project: Path) -> None:
    path = project / "data" / "a.parquet"
    assert find(str(path), "log").paths == (path,)
    assert refused("/data/a.parquet").startswith("log: there is no file '/data/a.parquet'; ")


def test_a_glob_gives_its_files_in_order(project: Path) -> None:
    data = project / "data"
    assert find("data/*.parquet", "log").paths == (data / "a.parquet", data / "b.parquet")
    every = (data / "a.parquet", data / "b.parquet", data / "deep/er/c.parquet")
    assert find("data/**/*.parquet", "log").paths == every
    assert find(f"{data}/[ab].parquet", "log").paths == every[:2]


def test_a_file_may_be_called_like_a_glob(project: Path) -> None:
    (project / "data" / "log[1].csv").touch()
    (project / "data" / "log1.csv").touch()
    assert find("data/log[1].csv", "log").paths == (project / "data/log[1].csv",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.PARQUET", "Parquet"),
        ("x.pq", "Parquet"),
        ("x.csv", "CSV"),
        ("x.tsv", "CSV"),
        ("x.csv.gz", "CSV"),
        ("x.duckdb", "DuckDB"),
        ("x.db", "DuckDB"),
    ],
)
def test_the_suffix_tells_the_kind(project: Path, name: str, kind: str) -> None:
    (project / name).touch()
    assert find(name, "log").kind == kind


def test_a_database_may_be_named_by_url(project: Path) -> None:
    path = project / "data" / "log.duckdb"
    for url in ("data/log.duckdb", "duckdb://data/log.duckdb", f"duckdb://{path}"):
        assert find(Table(url=url, table="t"), "log") == Files("log", url, "DuckDB", (path,), "t")
    assert find("duckdb://data/log.duckdb", "log").paths == (path,)


@pytest.mark.usefixtures("project")
def test_what_cannot_be_found_is_said_in_one_line() -> None:
    assert refused("data/aa.parquet") == (
        "log: there is no file 'data/aa.parquet' here or in a folder above; "
        "did you mean 'data/a.parquet'?"
    )
    assert refused("nowhere/x.csv") == (
        "log: there is no file 'nowhere/x.csv' here or in a folder above; check the path"
    )
    assert refused("data/*.csv") == (
        "log: no file matches 'data/*.csv' here or in a folder above; check the path"
    )
    assert refused("data/") == (
        "log: 'data/' is a folder; name its files, such as 'data/*.parquet'"
    )
    assert refused("data/*") == (
        "log: 'data/*' matches DuckDB and Parquet files; name files of one kind"
    )
    assert refused("data/log.duckdb.bak").endswith("did you mean 'data/log.duckdb'?")


def test_kinds_that_cannot_be_read_are_refused(project: Path) -> None:
    (project / "log.xlsx").touch()
    (project / "two.duckdb").touch()
    (project / "one.duckdb").touch()
    assert refused("log.xlsx").startswith("log: 'log.xlsx' is of no kind that can be read; known")
    assert refused("*.duckdb") == "log: '*.duckdb' matches 2 databases; name one of them"
    for source in ("mysql://me:secret@host/db", Table(url="s3://bucket/x", table="t")):
        assert "is not built in yet" in refused(source)
        assert "secret" not in refused(source)


def test_a_servers_table_has_an_address_and_no_files() -> None:
    url = "postgres://me:${SECRET}@host/db"
    asked = Table(url=url, table="a.b")
    assert find(asked, "log") == Files("log", url, "PostgreSQL", (), "a.b", address=url)
    assert refused(url) == (
        f"log: PostgreSQL holds many tables; name one: log: {{url: {url}, table: …}}"
    )
