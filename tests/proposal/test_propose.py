"""What is asked of a person, and what is taken where nobody can be asked."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.log import looking
from investigate.log.looking import look
from investigate.log.looking_beside import beside
from investigate.proposal import parts
from investigate.proposal.options import case_of
from investigate.proposal.propose import propose
from investigate.proposal.sources import sources
from investigate.proposal.written import write
from investigate.question import params

N = 600


def made(folder: Path) -> str:
    """A log whose outcomes are words without a meaning, and whose score is not called one."""
    rng = np.random.default_rng(8)
    value = rng.random(N).round(3)
    pd.DataFrame(
        {
            "when": pd.date_range("2024-01-01", periods=N, freq="72min"),
            "result": np.where(rng.random(N) < value, "blue", "green"),
            "level": value,
            "other": rng.random(N).round(3),
        }
    ).to_csv(folder / "a log.csv", index=False)
    return str(folder / "a log.csv")


@pytest.mark.slow
def test_what_cannot_be_known_is_asked_and_the_answer_stands(tmp_path: Path) -> None:
    path = made(tmp_path)
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    def ask(key: str, proposed: str, others: Sequence[str]) -> str | None:
        asked.append((key, proposed, tuple(others)))
        return "green" if key == "positive" else None

    found = propose(path, case="mine", ask=ask)
    # The score ranks blue above green, so that blue is proposed; nothing else was open.
    assert asked == [("positive", "blue", ("green",))]
    assert found.question.columns.positive == ("green",)
    assert found.question.columns.turned == "1 - score"
    (assumption,) = [one for one in found.assumed if one.key == "positive"]
    assert (assumption.sure, assumption.why) == ("sure", "as you say")


def test_of_many_tables_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "all.duckdb"
    with duckdb.connect(str(path)) as connection:
        for number in range(21):
            connection.execute(f"CREATE TABLE t{number:02} (a INTEGER)")
    with pytest.raises(InputError, match="holds 21 tables; name one by --table, such as t00"):
        sources(str(path), None, None)
    with pytest.raises(InputError, match=r"--table: .*a log\.csv' is no database; leave --table"):
        sources(made(tmp_path), None, "t00")


@pytest.mark.slow
def test_a_file_as_windows_writes_it_is_read_and_said_to_be(tmp_path: Path) -> None:
    path = Path(made(tmp_path))
    frame = pd.read_csv(path).rename(columns={"other": "Âge"}).assign(Résilié="où")
    frame.to_csv(path, index=False, encoding="cp1252")
    found = propose(str(path))
    assert found.question.columns.encoding == "cp1252"
    (assumption,) = [one for one in found.assumed if one.key == "encoding"]
    assert (assumption.value, assumption.sure) == ("cp1252", "likely")
    write(found, tmp_path / "a.yml")
    assert params.load(tmp_path / "a.yml") == found.question
    assert look(str(path)).names == list(frame)
    assert look(str(path)).column("Résilié").values == ["où"]
    keys = pd.DataFrame({"key": range(100, 160), "bought": ["oui", "non"] * 30})
    keys.drop(columns="bought").to_csv(tmp_path / "log.csv", index=False)
    later = tmp_path / "outcomes.csv"
    keys.rename(columns={"bought": "acheté"}).to_csv(later, index=False, encoding="cp1252")
    assert beside(str(tmp_path / "log.csv"), str(later)).encoding == "cp1252"
    path.write_bytes(b"a,b\n1,\x81\xe9\n")
    assert look(str(path)).encoding == "latin-1"


@pytest.mark.slow
def test_where_nobody_can_be_asked_the_guess_is_told(tmp_path: Path) -> None:
    found = propose(made(tmp_path))
    assert found.question.case == "a-log"
    assert (found.question.columns.positive, found.question.columns.turned) == (("blue",), None)
    (assumption,) = [one for one in found.assumed if one.key == "positive"]
    assert (assumption.sure, assumption.why) == ("a guess", "higher scores go with it")
    (window,) = [one for one in found.assumed if one.key == "incident"]
    assert window.sure == "a guess"
    assert window.why.startswith("no sure fall was found")
    assert any(line.startswith("no column says whom rows depend on") for line in found.warnings)
    assert any(line.startswith("incident: only ") for line in found.warnings)


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("a/Befunde 2024.csv.gz", "befunde-2024"),
        ("x.DUCKDB", "x"),
        ("My loans/log.parquet", "my-loans"),
        ("log.csv", "log"),
        ("é.csv", "e"),
        ("Rückfälle – Straße.csv", "rueckfaelle-strasse"),
        ("?.csv", "case"),
    ],
)
def test_a_case_is_called_as_its_file(name: str, case: str) -> None:
    assert case_of(name) == case


@pytest.mark.slow
def test_a_score_that_no_one_could_have_is_not_taken_for_the_score(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    truths = rng.integers(0, 2, N)
    pd.DataFrame(
        {
            "at": pd.date_range("2024-01-01", periods=N, freq="1h"),
            "churned": truths,
            "days_since_exit": np.where(truths == 1, rng.random(N), -1).round(4),
            "value": (rng.random(N) + 0.3 * truths).round(4),
        }
    ).to_parquet(tmp_path / "log.parquet")
    found = parts.outcome_and_score(look(str(tmp_path / "log.parquet")), "at", {})
    assert found is not None
    assert [part.column for part in found] == ["churned", "value"]


@pytest.mark.slow
def test_two_tables_are_joined_by_the_key_that_matches_most(tmp_path: Path) -> None:
    rng = np.random.default_rng(10)
    log = pd.DataFrame(
        {
            "at": pd.date_range("2024-01-01", periods=N, freq="1h"),
            "user": rng.integers(0, 100, N),
            "request": np.arange(N) + 10_000,
            "score": rng.random(N),
        }
    )
    outcomes = pd.DataFrame(
        {"id": log["request"].astype(float), "user": log["user"], "paid": rng.integers(0, 2, N)}
    )
    outcomes = outcomes.sample(frac=0.8, random_state=1)
    log.to_csv(tmp_path / "log.csv", index=False)
    outcomes.to_parquet(tmp_path / "outcomes.parquet")
    paths = str(tmp_path / "log.csv"), str(tmp_path / "outcomes.parquet")
    found = beside(*paths)
    assert (found.own, found.key) == ("request", "id")
    assert found.matched == pytest.approx(log["request"].isin(outcomes["id"]).mean())
    joined = log.merge(outcomes[["id", "paid"]], left_on="request", right_on="id", how="left")
    assert list(found.look.column("paid").labels.isna()) == list(joined["paid"].isna())
    assert sources(*paths, None).keys == ("request",)
    strange = outcomes.assign(id=outcomes["id"] + 10**6).drop(columns="user")
    strange.to_parquet(tmp_path / "strange.parquet", index=False)
    with pytest.raises(InputError, match="outcomes: no column joins them to the log"):
        sources(paths[0], str(tmp_path / "strange.parquet"), None)
    assert looking.tables(paths[0]) == []
