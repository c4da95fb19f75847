"""What fails at a server is told in one line, without passwords, and leaves nothing behind."""

import re
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from engines.alike import messy, require_alike
from engines.postgres_server import PASSWORD, USER, Database
from engines.spark_session import Session
from pyspark import SparkContext
from pyspark.sql import SparkSession

import investigate
from investigate import log
from investigate.cli import main
from investigate.errors import InputError
from investigate.proposal.propose import propose
from investigate.question.params import from_values
from investigate.question.question import Question

# Python's side of Spark lets its sockets be collected.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def ended_with(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["investigate", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    printed = capsys.readouterr()
    status = ended.value.code
    assert isinstance(status, int)
    return status, " ".join((printed.out + printed.err).split())


def params_of(values: dict[str, Any]) -> Question:
    return from_values(values, "a test")


@pytest.fixture
def params(postgres: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # Few rows and cohorts: it is run whole.
    case = messy(1_500, 20)
    case.keys["cohorts"], case.keys["notebooks"] = ["flag"], []
    asked = case.at(postgres)
    (tmp_path / "asked.yml").write_text(yaml.safe_dump(asked.parameters()))
    return Path("asked.yml")


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ({"port": "1"}, "cannot be reached; see whether the server runs"),
        ({"user": "nobody"}, "refuses this user or password"),
        ({"database": "none"}, "has no such database"),
        ({"table": "Schema ä.lug"}, "has no table 'Schema ä.lug'; did you mean 'Schema ä.log'?"),
        ({"item": "itm"}, "columns.item: the log has no column 'itm'; did you mean 'item'?"),
        ({"variable": "TEST_UNSET"}, "the environment variable TEST_UNSET is not set"),
    ],
)
def test_a_wrong_address_is_one_line_and_exit_status_2(
    override: dict[str, str],
    line: str,
    params: Path,
    postgres: Database,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = {"user": USER, "variable": "TEST_PASSWORD", "port": str(postgres.port)}
    place |= {"database": "postgres", "table": "Schema ä.log", **override}
    url = "postgres://{user}:${{{variable}}}@127.0.0.1:{port}/{database}".format(**place)
    more = ["-p", f"columns.item={override['item']}"] if "item" in override else []
    table = ["-p", f"log={{url: '{url}', table: '{place['table']}'}}"]
    status, output = ended_with(capsys, "check", str(params), *table, *more)
    assert status == 2
    assert line in output
    assert PASSWORD not in output
    assert "Traceback" not in output


def test_a_wrong_password_is_never_shown(
    params: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "no such word")
    status, output = ended_with(capsys, "check", str(params))
    assert status == 2
    assert "refuses this user or password" in output
    assert "no such word" not in output


def test_a_connection_lost_half_way_leaves_nothing_and_a_rerun_succeeds(
    params: Path,
    postgres: Database,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from investigate.log.servers.postgres import Postgres

    made = Postgres.create_table
    steps: list[str] = []

    def lost(self: Postgres, name: str, *rest: Any, **more: Any) -> Any:
        steps.append(name)
        if len(steps) == 6:
            with postgres.connected() as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (self.con.info.backend_pid,))
        return made(self, name, *rest, **more)

    monkeypatch.setattr(Postgres, "create_table", lost)
    status, output = ended_with(capsys, "run", str(params))
    assert (status, len(steps)) == (2, 6)
    assert "the connection was lost while it was read; run it again" in output
    assert "terminat" not in output
    left = [path for path in Path("audit").rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix in (".parquet", ".ipynb", ".html")]
    with postgres.connected() as admin:
        kept = "SELECT count(*) FROM pg_class WHERE relpersistence = 't'"
        assert admin.execute(kept).fetchone() == (0,)
    status, output = ended_with(capsys, "run", str(params))
    assert status in (0, 1), output
    record = next(Path("audit").rglob("record.json")).read_text()
    assert '"rows": 1560' in record
    assert PASSWORD not in record


def test_spark_lost_half_way_leaves_nothing_and_is_started_again(
    spark: Session,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from investigate.log.servers.spark import Spark

    monkeypatch.chdir(tmp_path)
    case = messy(1_000, 20)
    case.keys["cohorts"] = ["flag"]
    asked, steps, made = case.at(spark), list[str](), Spark.create_table
    Path("asked.yml").write_text(yaml.safe_dump(asked.parameters()))

    def lost(self: Spark, name: str, *rest: Any, **more: Any) -> Any:
        steps.append(name)
        if len(steps) == 4:
            # Java itself goes, as where it takes more memory than there is.
            java = SparkContext._gateway.proc
            java.kill()
            java.wait()
        return made(self, name, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Spark, "create_table", lost)
        status, output = ended_with(capsys, "run", "asked.yml", "--no-cache")
    assert (status, len(steps)) == (2, 4)
    assert "the session could not answer, or was lost" in output
    assert "Traceback" not in output
    left = [path for path in Path("audit").rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix in (".parquet", ".ipynb", ".html")]
    # In the same process, which knew the session that is lost.
    require_alike(log.count(case.at(tmp_path)), log.count(asked))


def test_moments_without_end_are_no_time(postgres: Database, tmp_path: Path) -> None:
    case = messy(1_500, 20)
    asked, time = case.at(postgres), case.keys["columns"]["time"]
    with postgres.connected() as admin:
        for item, moment in ((3, "infinity"), (4, "-infinity"), (5, "0044-03-15 BC")):
            admin.execute(
                f'UPDATE "Schema ä".log SET "{time}" = %s WHERE item = %s', (moment, item)
            )
    # Parquet has no such moments; these are as little of any year that is read.
    items = case.tables["log"]["item"].to_pylist()
    place, times = case.tables["log"].column_names.index(time), case.tables["log"][time]
    far = pd.Timestamp("9999-01-01")
    both = zip(items, times.to_pylist(), strict=True)
    never = [far if item in (3, 4, 5) else own for item, own in both]
    case.tables["log"] = case.tables["log"].set_column(place, time, pa.array(never, times.type))
    found = log.count(asked)
    assert found.meta["excluded"]["time out of range"] > 0
    require_alike(log.count(case.at(tmp_path)), found)
    # What is proposed for such a table looks at them as well.
    assert propose(postgres.url, table="Schema ä.log").question.columns.time == time


def test_an_ibis_table_can_be_opened(postgres: Database, tmp_path: Path) -> None:
    case = messy(1_500, 20)
    case.at(postgres)
    place = {"host": "127.0.0.1", "port": postgres.port, "user": USER, "password": PASSWORD}
    connection = ibis.postgres.connect(**place, database="postgres")
    table = connection.table("log", database="Schema ä")
    keys = {name: value for name, value in case.keys.items() if name != "case"}
    found = investigate.open(table, **keys)
    require_alike(found.counts, log.count(case.at(tmp_path)))
    connection.disconnect()


def test_a_database_is_read_as_it_was_when_it_was_opened(
    postgres: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from investigate.log.servers.postgres import Postgres

    case = messy(1_500, 20)
    asked, made = case.at(postgres), Postgres.create_table

    def written(self: Postgres, *rest: Any, **more: Any) -> Any:
        with postgres.connected() as other:
            other.execute('DELETE FROM "Schema ä".log WHERE item < 150')
        monkeypatch.setattr(Postgres, "create_table", made)
        return made(self, *rest, **more)

    monkeypatch.setattr(Postgres, "create_table", written)
    require_alike(log.count(case.at(tmp_path)), log.count(asked))


def test_a_session_of_ones_own_is_used_and_left_as_it_was(spark: Session, tmp_path: Path) -> None:
    case = messy(1_000, 20)
    case.keys["cohorts"] = ["flag"]
    del case.keys["columns"]["item"], case.keys["columns"]["ability"]
    source = case.at(spark).parameters()["log"]
    log.server_tables(case.at(spark))
    session = SparkSession.getActiveSession()
    assert session is not None
    session.read.parquet(source["path"]).createOrReplaceTempView("my_view")
    session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    asked = params_of({**case.keys, "log": {"url": spark.url, "table": "my_view"}})
    assert log.check(asked) == log.check(case.at(tmp_path)) != []
    assert session.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    left = [row["tableName"] for row in session.sql("SHOW TABLES").collect()]
    assert left == ["my_view"]
    for table, line in (("my_viw", "did you mean 'my_view'?"), ("x", "has no table 'x'")):
        lost = params_of({**case.keys, "log": {"url": spark.url, "table": table}})
        with pytest.raises(InputError, match=re.escape(line)):
            log.count(lost)
    nowhere = params_of({**case.keys, "log": {"url": spark.url, "path": str(tmp_path / "no")}})
    with pytest.raises(InputError, match="Spark cannot read"):
        log.count(nowhere)
