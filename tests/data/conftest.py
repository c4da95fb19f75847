"""What both files about the OULAD data share: the program, its input and its output."""

import sys
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "data" / "oulad"

# The preparation is a program beside its data and no part of the package.
sys.path.insert(0, str(FOLDER))


@pytest.fixture(scope="session")
def folder() -> Path:
    return FOLDER


@pytest.fixture(scope="session")
def submissions() -> pd.DataFrame:
    return pd.read_parquet(FOLDER / "submissions.parquet")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a run on the real submissions wrote."""
    import prepare

    out = tmp_path_factory.mktemp("oulad")
    assert prepare.main(["--out", str(out)]) == 0
    return out


@pytest.fixture(scope="session")
def log(made: Path) -> pd.DataFrame:
    return pd.read_parquet(made / "log.parquet")


@pytest.fixture(scope="session")
def history(made: Path) -> pd.DataFrame:
    return pd.read_parquet(made / "history.parquet")
