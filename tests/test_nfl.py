"""The NFL answers: AUC against scikit-learn, and no forecast cleared without evidence."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate import analyses
from investigate.counts.table import Counts
from investigate.kinds import kind
from investigate.log import count
from investigate.question import params
from investigate.question.question import Question

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("ratings", ROOT / "data" / "nfl" / "ratings.py")
SEASONS = {"nfl-1955": ((1933, 1954), (1955, 1959)), "nfl-1980": ((1961, 1979), (1980, 1984))}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nfl")
    assert SPEC
    assert SPEC.loader
    ratings = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(ratings)
    assert ratings.main(["--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module", params=SEASONS)
def case(request: pytest.FixtureRequest, made: Path) -> tuple[str, Counts, Question]:
    files = [f"log={made}/log.parquet", f"history.log={made}/history.parquet"]
    question = params.load(ROOT / "params" / f"{request.param}.yml", files)
    return request.param, count(question), question


def test_auc_of_both_windows(case: tuple[str, Counts, Question], made: Path) -> None:
    name, counts, question = case
    log = pd.read_parquet(made / "log.parquet")
    dropped = analyses.drop(counts, question)
    for window, (first, last) in zip(("baseline", "incident"), SEASONS[name], strict=True):
        rows = log[log["season"].between(first, last)]
        auc = dropped.numbers[window].value
        assert auc == pytest.approx(roc_auc_score(rows["home_won"], rows["forecast"]), abs=1e-9)
    assert dropped.numbers["change"].high < 0


def test_replay_covers_the_games(case: tuple[str, Counts, Question]) -> None:
    _, counts, question = case
    replayed = analyses.replay(counts, question)
    assert replayed.detail["refused"] is None


def test_nothing_clears_the_forecasts_and_the_account_is_of_the_whole_fall(
    case: tuple[str, Counts, Question],
) -> None:
    # More than half of the fall of 1955 is lost validity, and nobody knows of a cause.
    _, counts, question = case
    detail = analyses.verdict(counts, question).detail
    assert kind(detail["verdict"]["kind"]).state != "innocent"
    assert detail["verdict"]["system"] is None
    lost = sum(part["points"] for part in detail["account"])
    assert lost == pytest.approx(-analyses.drop(counts, question).numbers["change"].value, abs=1e-9)
