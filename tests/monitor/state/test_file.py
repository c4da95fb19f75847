"""The state: counts kept, one process at a time, whole or not at all."""

import subprocess
import sys
from pathlib import Path

import daywise
import duckdb
import pandas as pd
import pytest

from investigate.errors import InputError, RunError
from investigate.monitor.ingest import ingest
from investigate.monitor.state import opened
from investigate.monitor.watch import Watch

pytestmark = pytest.mark.slow


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    daywise.frame(1, rows=200, days=2).to_parquet(tmp_path / "log.parquet")
    return daywise.watch(tmp_path / "*.parquet")


def refused(path: Path, watch: Watch) -> str:
    with pytest.raises(InputError) as caught, opened(path, watch):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_its_folder_is_made(tmp_path: Path, watch: Watch) -> None:
    path = tmp_path / "a b" / "deep" / "watch.duckdb"
    with opened(path, watch) as state:
        assert state.daily().empty
    assert sorted(left.name for left in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_what_is_no_state_is_refused_and_left_as_it_was(tmp_path: Path, watch: Watch) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("of my own " * 1_000)
    assert "is no state of a watch; name another file under `state`, or" in refused(text, watch)
    assert text.read_text() == "of my own " * 1_000
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1 AS x")
    assert "is no state of a watch" in refused(other, watch)
    with duckdb.connect(str(other)) as connection:
        assert connection.execute("FROM duckdb_tables() SELECT table_name").fetchall() == [
            ("mine",)
        ]
    assert refused(tmp_path, watch).startswith("state: ")
    assert "cannot write" in refused(text / "below", watch)


def test_one_of_another_version_is_refused(tmp_path: Path, watch: Watch) -> None:
    with opened(tmp_path / "state", watch) as state:
        state.connection.execute("UPDATE about SET version = 99")
    assert "was made by another version of the kit" in refused(tmp_path / "state", watch)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"cohorts": []}, "(cohorts)"),
        ({"timezone": "Asia/Tokyo", "every": "hour"}, "(every, timezone)"),
        ({"most_groups": 3}, "(most_groups)"),
        ({"columns": {**daywise.COLUMNS, "score": "y"}}, "(columns)"),
    ],
)
def test_a_watch_that_counts_otherwise_is_refused(
    tmp_path: Path, watch: Watch, more: dict[str, object], message: str
) -> None:
    changed = daywise.watch(tmp_path / "*.parquet", **more)
    # As long as nothing is counted, a mistake can be mended.
    for one in (changed, watch):
        with opened(tmp_path / "state", one) as state:
            pass
    with opened(tmp_path / "state", watch) as state:
        ingest(watch, state)
    assert f"with other settings {message}; name another file" in refused(
        tmp_path / "state", changed
    )


def test_what_does_not_change_counts_may_change(tmp_path: Path, watch: Watch) -> None:
    with opened(tmp_path / "state", watch) as state:
        ingest(watch, state)
    changed = daywise.watch(
        tmp_path / "*.parquet", watch="renamed", wait_days=3, limits={"auc": 0.6}
    )
    with opened(tmp_path / "state", changed) as state:
        assert ingest(changed, state).parts == ()


def test_an_exception_undoes_all(tmp_path: Path, watch: Watch) -> None:
    def stopped() -> None:
        with opened(tmp_path / "state", watch) as state:
            ingest(watch, state)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    with opened(tmp_path / "state", watch) as state:
        assert state.parts() == {}
        assert state.daily().empty


def test_the_same_log_leaves_the_same_figures(tmp_path: Path, watch: Watch) -> None:
    found = []
    for name in ("one", "two"):
        with opened(tmp_path / name, watch) as state:
            ingest(watch, state)
            found.append(state.daily())
    pd.testing.assert_frame_equal(*found)
    assert found[0]["by"].iloc[0] == "all"
    assert found[0][["by", "label", "start"]].equals(
        pd.concat(
            [own.sort_values(["label", "start"]) for _, own in found[0].groupby("by")]
        )[["by", "label", "start"]].reset_index(drop=True)
    )  # fmt: skip


def test_a_state_that_another_program_has_open(tmp_path: Path, watch: Watch) -> None:
    with opened(tmp_path / "state", watch):
        pass
    holding = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); "
        "print('held', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(tmp_path / "state")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(RunError, match=r"another program has .* open; close it"),
            opened(tmp_path / "state", watch),
        ):
            pass
        other.communicate("\n")
