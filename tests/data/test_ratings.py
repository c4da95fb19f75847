"""The NFL log and its rating history, against the games and the published formula."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

FOLDER = Path(__file__).parents[2] / "data" / "nfl"
SPEC = importlib.util.spec_from_file_location("ratings", FOLDER / "ratings.py")
assert SPEC
assert SPEC.loader
ratings = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ratings)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nfl")
    assert ratings.main(["--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def log(made: Path) -> pd.DataFrame:
    return pd.read_parquet(made / "log.parquet")


@pytest.fixture(scope="module")
def history(made: Path) -> pd.DataFrame:
    return pd.read_parquet(made / "history.parquet")


@pytest.fixture(scope="module")
def games() -> pd.DataFrame:
    return pd.read_parquet(FOLDER / "games.parquet")


def test_a_second_run_writes_the_same_bytes(made: Path, tmp_path: Path) -> None:
    assert ratings.main(["--out", str(tmp_path)]) == 0
    for name in ("log.parquet", "history.parquet"):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_the_log_holds_every_game_with_a_winner(log: pd.DataFrame, games: pd.DataFrame) -> None:
    won = games[games["result1"] != 0.5]
    assert len(log) == len(won)
    assert log["home_won"].tolist() == (won["score1"] > won["score2"]).astype(int).tolist()
    assert log["visitors"].tolist() == won["team2"].tolist()
    days = pd.to_datetime(won["date"]).dt.tz_localize("UTC")
    assert log["date"].tolist() == days.tolist()


def test_the_rating_in_force_before_a_game_gives_its_forecast(
    log: pd.DataFrame, history: pd.DataFrame
) -> None:
    # The last value of the history before the game's day, found by pandas.
    rows = log.assign(row=range(len(log))).sort_values("date", kind="stable")
    writes = history.rename(columns={"time": "date", "team": "visitors"})
    found = pd.merge_asof(
        rows, writes.sort_values("date", kind="stable"), on="date", by="visitors",
        allow_exact_matches=False,
    ).sort_values("row")  # fmt: skip
    forecast = 1 / (1 + np.exp(found["difficulty"] - found["strength"]))
    # Two games of one day share what was known before the first.
    apart = ~log.duplicated(["visitors", "date"], keep=False).to_numpy()
    np.testing.assert_allclose(forecast[apart], log["forecast"][apart], atol=1e-9)
    assert (found["system"].to_numpy() == log["rated_by"].to_numpy())[apart].all()
    assert apart.mean() > 0.99


def test_each_rating_is_written_before_its_game_and_no_value_is_missing(
    games: pd.DataFrame, history: pd.DataFrame
) -> None:
    table = ratings.ratings(games)
    assert len(table) == 2 * len(games)
    assert (table["written"] < table["date"] + pd.Timedelta(days=1)).all()
    assert not history.isna().any().any()
    assert (table[table["system"] == "starting_value"].groupby("team").size() == 1).all()
    first = table.groupby(["team", "season"])["played"].transform("min") == table["played"]
    assert (table.loc[~first, "system"] == "online_elo").all()


def test_a_reset_is_two_thirds_of_what_online_elo_wrote_last(history: pd.DataFrame) -> None:
    rating = history["difficulty"] * 400 / np.log(10)
    ordered = history.assign(rating=rating).sort_values(["team", "time"], kind="stable")
    before = ordered.groupby("team")[["system", "rating"]].shift()
    both = (ordered["system"] == "preseason_reset") & (before["system"] == "online_elo")
    by_rule = before["rating"] * 2 / 3 + 1505 / 3
    off = (ordered["rating"] - by_rule).abs()[both]
    # What was worked back obeys the rule; a team that paused for a season has an older rating.
    assert (off < 1e-6).mean() > 0.95


def test_the_readme_tells_the_auc_of_its_seasons(log: pd.DataFrame) -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    found = re.findall(r"\| (\d{4})–(\d{4}) \| ([\d,]+) \| (0\.\d{3}) \|", text)
    assert len(found) == 4
    for first, last, rows, auc in found:
        chosen = log[log["season"].between(int(first), int(last))]
        assert len(chosen) == int(rows.replace(",", ""))
        assert round(roc_auc_score(chosen["home_won"], chosen["forecast"]), 3) == float(auc)


def test_games_that_cannot_be_read_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ratings, "FOLDER", tmp_path)
    (tmp_path / "games.parquet").write_text("no Parquet", "utf-8")
    assert ratings.main(["--out", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["games.parquet"]
