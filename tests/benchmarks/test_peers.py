"""How a peer's table is read as an answer; the peers themselves run in other environments."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.incidents.incident import Incident

PEERS = Path(__file__).parents[2] / "benchmarks" / "peers"


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(PEERS)
    import windows

    yield windows
    del sys.modules["windows"]


@pytest.mark.parametrize(
    ("falls", "named"),
    [
        ({"school": {"1": 0.01, "2": 0.3, "3": 0.02}}, ("school", "2")),
        ({"school": {"1": 0.2, "2": 0.3}}, (None, None)),
        ({"school": {"1": -0.2, "2": -0.3}}, (None, None)),
        ({"school": {"1": 0.3}}, (None, None)),
        (
            {"school": {"1": 0.01, "2": 0.3}, "system": {"a": 0.4, "b": 0.15}},
            ("school", "2"),
        ),
        ({}, (None, None)),
    ],
)
def test_the_group_that_stands_out(windows: ModuleType, falls: dict, named: tuple) -> None:
    assert windows.outstanding(falls) == named


@pytest.mark.slow
def test_the_mean_place_of_positives_is_the_auc(
    windows: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(PEERS)
    import dowhy_attribution

    folder = Incident("ordinary:cut_ten", 1.0, 2, 6_000).folder(tmp_path)
    log = windows.Windows.read(folder)
    for rows in (log.baseline, log.incident):
        places = dowhy_attribution.placed(rows, log)["place"]
        auc = roc_auc_score(rows[log.outcome], rows[log.score])
        assert places.mean() == pytest.approx(auc, abs=1e-12)


@pytest.mark.slow
def test_a_table_by_group_finds_the_school_whose_labels_were_flipped(tmp_path: Path) -> None:
    incident = Incident("labels_flipped", 1.0, 1, 20_000)
    done = subprocess.run(
        [sys.executable, PEERS / "pandas_table.py", incident.folder(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == (
        f'{{"name": "{incident.name}", "alert": true, "system": null, '
        '"cohort": {"school": "school 2"}, "onset": "2024-02-08"}\n'
    )


@pytest.mark.slow
def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PEERS / "pandas_table.py", tmp_path / "nothing"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith('{"name": "nothing", "error": "FileNotFoundError')
