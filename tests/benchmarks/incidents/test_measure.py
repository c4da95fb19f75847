"""One incident asked about; the whole way is in test_command.py."""

from pathlib import Path

import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.incidents.incident import Incident
from benchmarks.incidents.measure import measure
from investigate.simulator import simulate

pytestmark = pytest.mark.slow


def test_beside_a_harmless_change_the_reference_has_that_change(tmp_path: Path) -> None:
    incident = Incident("spread+stale", 0.8, 1, 5_000)
    beside = simulate("spread", 1, 0.2, 5_000)
    rows = beside.log[beside.log["time"] >= beside.incident[0]]
    found = measure(incident, tmp_path)
    assert "error" not in found, found["error"]
    assert found["reference"] == pytest.approx(roc_auc_score(rows["outcome"], rows["score"]))
    assert Incident.of(found) == incident


def test_what_is_raised_is_the_result(tmp_path: Path) -> None:
    incident = Incident("nothing", 1.0, 1, 5_000)
    found = measure(incident, tmp_path)
    assert found.pop("error").startswith("InputError: scenario: there is no 'nothing'")
    assert found == incident.to_json()
